"""What an ending of few men is in theory, proven by going backward from every lost position."""

from dataclasses import dataclass

from engine import _core
from engine.errors import LimitsError
from engine.position import Position, Side

__all__ = ["MOST_STATES", "EndingTheory", "Proof", "points_of"]

MOST_STATES = 200_000_000
"""Two bytes each while an ending is worked out, one afterwards."""


def points_of(letter: str) -> tuple[int, ...]:
    """Square indices where a game can bring a man, by its letter (`KABNRCP`, red in capitals)."""
    return tuple(_core.reach(0 if letter.isupper() else 1, "KABNRCP".index(letter.upper())))


@dataclass(frozen=True, slots=True)
class Proof:
    """`winner` forces mate or stalemate in `plies`, against every defence; None: nobody can.

    Repetition and the natural limit are left aside: a won ending is won under them too when `plies` is
    below the limit, since the shortest way never comes back; a drawn one may still be lost by who must check
    for ever.
    """

    winner: Side | None
    plies: int


class EndingTheory:
    """Endings worked out so far; each is worked out once, with all that captures lead to.

    >>> EndingTheory().prove(Position.from_fen("4k4/9/9/9/9/9/9/9/C8/5K3 w - - 0 1")).winner is None
    True
    """

    def __init__(self, most_states: int = MOST_STATES) -> None:
        if not 1 <= most_states <= MOST_STATES:
            raise LimitsError(f"most_states {most_states} is outside 1 to {MOST_STATES}")
        self._tables = _core.EndingTables(most_states)
        self.states = 0
        """Positions looked at so far."""

    def prove(self, position: Position) -> Proof:
        """The theory of this position; the GIL is released. Raises LimitsError for too large an ending."""
        try:
            outcome, plies, self.states = self._tables.value(position._core)
        except ValueError as error:
            raise LimitsError(str(error)) from None
        if outcome == 0:
            return Proof(None, 0)
        other: Side = "black" if position.side == "red" else "red"
        return Proof(position.side if outcome > 0 else other, plies)
