"""A position: 90 points, the side to move and the clocks. A value that never changes."""

from typing import Literal

from engine import _core
from engine.errors import FenError, IllegalMoveError
from engine.move import Move
from engine.squares import SQUARES, square_name

__all__ = ["MAX_PERFT_DEPTH", "START_FEN", "Position", "Side", "move_number", "numbered_move"]

Side = Literal["red", "black"]

START_FEN = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1"

MAX_PERFT_DEPTH = 12


def move_number(move: Move) -> int:
    """The core's number of a move: from * 90 + to."""
    return move.from_square * SQUARES + move.to_square


def numbered_move(number: int) -> Move:
    """The move of a core's number."""
    return Move(*divmod(number, SQUARES))


class Position:
    """A lawful Xiangqi position. Equal positions have the same FEN, clocks included.

    >>> Position.start().after(Move.from_uci("b2e2")).side
    'black'
    """

    __slots__ = ("_core",)

    def __init__(self, core: _core.Position) -> None:
        self._core = core

    @classmethod
    def start(cls) -> "Position":
        """The start of a game, red to move."""
        return cls.from_fen(START_FEN)

    @classmethod
    def from_fen(cls, fen: str) -> "Position":
        """Read a FEN: the placement, then optionally side, two unused fields, clock, move number.

        H and E are accepted for N and B, r for w. Raises FenError naming the man or square.
        """
        try:
            return cls(_core.parse_fen(fen))
        except ValueError as error:
            raise FenError(str(error)) from None

    @classmethod
    def from_board(cls, board: str, side: Side) -> "Position":
        """Place 90 letters (index = square, "." empty) with `side` to move. Raises FenError."""
        if side not in ("red", "black"):
            raise FenError(f"the side to move is {side!r}; it must be 'red' or 'black'")
        try:
            return cls(_core.place(board, side == "black"))
        except ValueError as error:
            raise FenError(str(error)) from None

    def fen(self) -> str:
        """The full FEN; writes N, B and w."""
        return self._core.fen()

    def placement(self) -> str:
        """The first field of the FEN."""
        return self._core.placement()

    @property
    def side(self) -> Side:
        """The side to move."""
        return "black" if self._core.black_to_move() else "red"

    @property
    def board(self) -> str:
        """90 letters, index = square, "." for an empty point."""
        return self._core.board()

    def piece_at(self, square: int) -> str:
        """The letter on a square, "." if empty. Raises SquareError."""
        square_name(square)
        return self._core.board()[square]

    def legal_moves(self) -> list[Move]:
        """All legal moves, ordered by square of origin, then of arrival."""
        return [numbered_move(number) for number in self._core.legal_moves()]

    def is_legal(self, move: Move) -> bool:
        """Whether the side to move may play the move."""
        return self._core.is_legal(move_number(move))

    def after(self, move: Move) -> "Position":
        """The position after a legal move. Raises IllegalMoveError."""
        if not self.is_legal(move):
            raise IllegalMoveError(f"{move} is not legal for {self.side} in {self.fen()}")
        return Position(self._core.after(move_number(move)))

    @property
    def mates_at_once(self) -> bool:
        """Whether the side to move has a move that checkmates."""
        return self._core.mates_at_once()

    def exchange_gains(self, move: Move, threshold_cp: int) -> bool:
        """Whether a move and the best exchanges on its target gain the mover at least `threshold_cp`.

        Static: pins and everything off that point are left aside. Raises ValueError for an impossible move.
        """
        return self._core.exchange_gains(move_number(move), threshold_cp)

    def passed(self) -> "Position":
        """The same board with the other side to move, as if a move were left out.

        .. warning:: When the side to move is in check the result is no lawful position: ask it about
            exchanges only.
        """
        return Position(self._core.passed())

    @property
    def best_exchange(self) -> int:
        """The most the side to move wins by a legal capture and the exchanges after it, centipawns; or 0."""
        return self._core.best_exchange()

    @property
    def is_check(self) -> bool:
        """Whether the general of the side to move is attacked."""
        return self._core.is_check()

    @property
    def halfmove_clock(self) -> int:
        """Plies since the last capture."""
        return self._core.halfmove()

    @property
    def fullmove(self) -> int:
        """Number of the round, from 1."""
        return self._core.fullmove()

    def perft(self, depth: int) -> int:
        """Number of leaves of the tree of legal moves, `depth` plies deep (0 to 12)."""
        if not 0 <= depth <= MAX_PERFT_DEPTH:
            raise ValueError(f"perft depth {depth} is outside 0 to {MAX_PERFT_DEPTH}")
        return self._core.perft(depth)

    def __eq__(self, that: object) -> bool:
        return isinstance(that, Position) and self.fen() == that.fen()

    def __hash__(self) -> int:
        return hash(self.fen())

    def __repr__(self) -> str:
        return f"Position({self.fen()!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (Position.from_fen, (self.fen(),))
