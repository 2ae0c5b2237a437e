"""What probably happened on a board that shows no legal move: the words for waiting and for asking."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine import FenError, Position
from engine.position import Side
from vision.differences import differences_between, name_of_piece
from vision.reading import SQUARES, board_to_fen_order

__all__ = ["Anomaly", "Seen", "explain"]

_TAKEBACKS = 4  # plies looked back


@dataclass(frozen=True)
class Anomaly:
    """A state that is no legal move: a fixed word while waiting, a reason and a message for asking."""

    while_waiting: str
    reason: str
    squares: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Seen:
    """What was read and what the game expects (90 labels each, FEN order), and the squares that differ."""

    labels: str
    expected: str
    squares: tuple[str, ...]


def explain(position: Position, history: Sequence[Position], seen: Seen) -> Anomaly:
    """Name the most harmless story that leads from `position` to what was seen."""
    points = [SQUARES.index(square) for square in seen.squares]
    unknown = tuple(SQUARES[p] for p in points if seen.labels[p] == "?")
    if unknown:
        where = _and(unknown)
        message = f"I cannot make out {where}, so I did nothing. Please clear it, or centre the piece there."
        return Anomaly("covered", "unknown-object", unknown, message)
    if not points:
        message = "Several points are hard to read, so I did nothing. Please centre the pieces."
        return Anomaly("unsure", "unsure", (), message)
    for earlier in reversed(history[-_TAKEBACKS:]):
        if board_to_fen_order(earlier.board) == seen.labels:
            message = "The board shows an earlier position. Do you want to take back? If not, restore it."
            return Anomaly("takeback", "takeback", seen.squares, message)
    gone = [p for p in points if seen.labels[p] == "."]
    came = [p for p in points if seen.labels[p] != "."]
    if not came:
        return _lifted(position, seen, gone)
    if len(gone) == 1 and len(came) == 1 and seen.labels[came[0]] == seen.expected[gone[0]]:
        return _not_allowed(position, seen, gone[0], came[0])
    if _two_moves(position, seen):
        message = "I see two moves where one was due. I did nothing; please leave only your move."
        return Anomaly("two-moves", "two-moves", seen.squares, message)
    listed = "; ".join(d.message for d in differences_between(seen.labels, seen.expected)[:3])
    message = f"The board is not what I expect: {listed}. I did nothing; please put it right."
    return Anomaly("changed", "board-differs", seen.squares, message)


def _lifted(position: Position, seen: Seen, gone: list[int]) -> Anomaly:
    """Only empty points where men were: a move under way, if at most one man of each side is gone."""
    own = [p for p in gone if _side_of(seen.expected[p]) == position.side]
    names = _and(tuple(f"the {name_of_piece(seen.expected[p])} of {SQUARES[p]}" for p in gone))
    if len(own) <= 1 and len(gone) - len(own) <= 1:
        message = f"I miss {names}. I am waiting; please finish the move or put it back."
        return Anomaly("half-done", "half-done", seen.squares, message)
    message = f"I miss {names}. I did nothing; please put back what does not belong to your move."
    return Anomaly("changed", "pieces-missing", seen.squares, message)


def _not_allowed(position: Position, seen: Seen, source: int, target: int) -> Anomaly:
    label = seen.expected[source]
    name, squares = name_of_piece(label), (SQUARES[source], SQUARES[target])
    way = f"The {name} went from {squares[0]} to {squares[1]}"
    if _side_of(label) != position.side:
        message = f"{way}, but it is the other side's turn. I did nothing; please put it back."
        return Anomaly("changed", "other-side", squares, message)
    message = f"{way}, which the rules do not allow here. I did nothing; please put it back and move again."
    return Anomaly("changed", "illegal", squares, message)


def _two_moves(position: Position, seen: Seen) -> bool:
    """Whether two plies lead to what was seen: both by one side, or the person's and the answer to it."""
    changed = set(seen.squares)
    for first in position.legal_moves():
        if SQUARES[_fen_index(first.from_square)] not in changed:
            continue
        middle = position.after(first)
        for reply in (middle, _same_side_again(middle)):
            if reply is None:
                continue
            for second in reply.legal_moves():
                if SQUARES[_fen_index(second.from_square)] not in changed:
                    continue
                if board_to_fen_order(reply.after(second).board) == seen.labels:
                    return True
    return False


def _same_side_again(position: Position) -> Position | None:
    """The position as if the side that just moved had the turn again; None where that cannot be."""
    try:
        return Position.from_board(position.board, "black" if position.side == "red" else "red")
    except FenError:
        return None


def _fen_index(square: int) -> int:
    return (9 - square // 9) * 9 + square % 9


def _side_of(label: str) -> Side:
    return "red" if label.isupper() else "black"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
