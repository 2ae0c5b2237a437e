"""A person of the twin who does one thing: reach in over a square when told to, and go away again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from host.twin.roles import PersonView

if TYPE_CHECKING:
    from host.twin.world import World

__all__ = ["Waver", "make_waver"]


def make_waver() -> Waver:
    """For the twin's configuration."""
    return Waver()


class Waver:
    """Hears {"wave": square}. See `host.twin.roles.Person`."""

    def __init__(self) -> None:
        self._squares: list[int] = []

    def hear(self, message: dict[str, Any]) -> None:
        """Told where to reach."""
        self._squares.append(int(message["wave"]))

    def says(self) -> str | None:
        """Nothing."""
        return None

    def step(self, now_us: int, view: PersonView) -> int:
        """Reach, press nothing."""
        del now_us
        hand = cast("World", view.world).hand
        if self._squares and not hand.busy:
            hand.begin_wave(self._squares.pop(0))
        return 0
