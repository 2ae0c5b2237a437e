"""Switches and constants of the search as words of a command line."""

from collections.abc import Sequence

from tools.errors import BadInputError

__all__ = ["read_tuning"]

_MOST_DIGITS = 9


def read_tuning(words: Sequence[str]) -> dict[str, int]:
    """`["null_move=0"]` as `{"null_move": 0}`; names are judged by the core. Raises BadInputError."""
    tuning = {}
    for word in words:
        name, _, value = word.partition("=")
        if not name or not value.isdecimal() or len(value) > _MOST_DIGITS:
            raise BadInputError(f"{word!r} is no setting; one such as null_move=0 would be right")
        tuning[name] = int(value)
    return tuning
