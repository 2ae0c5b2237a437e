"""Handicaps (让子, 让先): a stronger player begins without some men, or lets the other move first.

The list is data (`handicaps.toml`). In a game with fewer men the giver plays red, stands without them and
moves first. When moves are given, the receiver makes them before the giver's first; they may not capture,
check or cross the river.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import HandicapError, SquareError
from engine.move import Move
from engine.position import Position, Side
from engine.squares import FILES, RANKS, SQUARES, parse_square, square_name

__all__ = ["Handicap", "handicap", "handicaps", "load_handicaps"]

HANDICAPS_FILE = Path(__file__).parent / "handicaps.toml"
MOST_MOVES = 3


def _other(side: Side) -> Side:
    return "black" if side == "red" else "red"


@dataclass(frozen=True, slots=True)
class Handicap:
    """One handicap; `without` are squares as seen when the giver plays red."""

    name: str
    chinese: str
    without: tuple[int, ...]
    moves: int

    def start(self, giver: Side = "red", given: Sequence[Move] = ()) -> Position:
        """The first position for the giver, who is to move.

        `given` are the receiver's moves before it, as many as the handicap says. Raises HandicapError.
        """
        board = list(Position.start().board)
        for square in self.without:
            # Turning the board round puts black's men where red's were.
            board[square if giver == "red" else SQUARES - 1 - square] = "."
        if len(given) != self.moves:
            raise HandicapError(f"{self.name} gives {self.moves} moves, not {len(given)}")
        receiver = _other(giver)
        position = Position.from_board("".join(board), receiver if given else giver)
        for number, move in enumerate(given, start=1):
            position = self._after(position, move, number, receiver)
        return position

    def given_moves(self, position: Position) -> list[Move]:
        """The moves that the receiver, who is to move, may make for nothing."""
        half = RANKS // 2
        own = range(half) if position.side == "red" else range(half, RANKS)
        return [
            move
            for move in position.legal_moves()
            if position.board[move.to_square] == "."
            and move.to_square // FILES in own
            and not position.after(move).is_check
        ]

    def _after(self, position: Position, move: Move, number: int, receiver: Side) -> Position:
        if move not in self.given_moves(position):
            raise HandicapError(
                f"{self.name}: {move} cannot be given move {number}; a legal move on {receiver}'s own half "
                "that neither captures nor checks would be right"
            )
        after = position.after(move)
        return after if number == self.moves else Position.from_board(after.board, receiver)


def load_handicaps(path: Path = HANDICAPS_FILE) -> tuple[Handicap, ...]:
    """Read the handicaps. Raises HandicapError naming file, handicap and key, or OSError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HandicapError(f"{path} is not TOML: {error}") from None
    found = tables.get("handicap")
    if set(tables) != {"handicap"} or not isinstance(found, list):
        raise HandicapError(f"{path}: tables [[handicap]] and nothing else would be right")
    read = []
    for number, table in enumerate(found, start=1):
        where = f"{path}, handicap {number}"
        if not isinstance(table, dict) or set(table) != {"name", "chinese", "without", "moves"}:
            raise HandicapError(f"{where}: the keys name, chinese, without and moves would be right")
        name, chinese, moves = table["name"], table["chinese"], table["moves"]
        without = table["without"]
        if not isinstance(name, str) or not isinstance(chinese, str) or not isinstance(without, list):
            raise HandicapError(f"{where}: name and chinese are texts, without is a list of squares")
        if type(moves) is not int or not 0 <= moves <= MOST_MOVES:
            raise HandicapError(f"{where}: moves is {moves!r}; 0 to {MOST_MOVES} would be right")
        read.append(Handicap(name, chinese, tuple(_man(where, text) for text in without), moves))
    if len({one.name for one in read}) != len(read):
        raise HandicapError(f"{path}: two handicaps have one name")
    return tuple(read)


def _man(where: str, text: object) -> int:
    try:
        square = parse_square(str(text))
    except SquareError as error:
        raise HandicapError(f"{where}: {error}") from None
    letter = Position.start().piece_at(square)
    if not letter.isupper() or letter == "K":
        raise HandicapError(f"{where}: no man of red that could be given stands on {square_name(square)}")
    return square


@cache
def handicaps() -> tuple[Handicap, ...]:
    """The handicaps that come with the engine, from small to great."""
    return load_handicaps()


def handicap(name: str) -> Handicap:
    """A handicap by its English or Chinese name. Raises HandicapError."""
    for one in handicaps():
        if name in (one.name, one.chinese):
            return one
    there_are = ", ".join(one.name for one in handicaps())
    raise HandicapError(f"there is no handicap {name[:40]!r}; {there_are} are")
