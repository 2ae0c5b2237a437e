"""A move: from one square to another."""

from dataclasses import dataclass

from engine.errors import NotationError, SquareError
from engine.squares import SQUARES, parse_square, square_name

__all__ = ["Move"]


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """A move by its two squares.

    .. warning:: Nothing says that it is legal; ask `Position.is_legal`.
    """

    from_square: int
    to_square: int

    def __post_init__(self) -> None:
        for square in (self.from_square, self.to_square):
            if not 0 <= square < SQUARES:
                raise SquareError(f"{square} is no square; squares are numbered 0 to 89")

    @classmethod
    def from_uci(cls, text: str) -> "Move":
        """Read "b2e2". Raises NotationError.

        >>> Move.from_uci("b2e2").to_square
        22
        """
        try:
            if len(text) == 4:
                return cls(parse_square(text[:2]), parse_square(text[2:]))
        except SquareError:
            pass
        raise NotationError(f"{text[:20]!r} is no move; two squares such as 'b2e2' would be right")

    def uci(self) -> str:
        """The move as two square names, ranks 0-9."""
        return square_name(self.from_square) + square_name(self.to_square)

    def __str__(self) -> str:
        return self.uci()
