"""What a person was last asked: said again when nobody seems to have heard, never twice in one breath."""

__all__ = ["Question"]

_REMIND_US = 20_000_000
"""The same thing is said again after this long."""
_BREATH_US = 5_000_000
"""Something else is not said sooner: a reading that flickers must not talk a person out of acting."""


class Question:
    """One thing asked at a time; `about` tells questions apart, times are in microseconds."""

    def __init__(self) -> None:
        self._about: object = None
        self._since_us = 0

    def is_due(self, about: object, now_us: int) -> bool:
        """Whether to ask about this now; if so, the caller asks and it counts as asked."""
        if self._about is not None:
            waited_us = now_us - self._since_us
            if waited_us < (_REMIND_US if about == self._about else _BREATH_US):
                return False
        self._about, self._since_us = about, now_us
        return True

    def forget(self) -> None:
        """It was answered: the next question is new."""
        self._about = None
