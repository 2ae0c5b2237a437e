"""How a board differs from what it should be, in words a person can act on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from engine import Position
from vision.reading import SQUARES, Reading, board_to_fen_order

__all__ = ["Difference", "differences_between", "name_of_piece", "setup_differences"]

_KINDS = {
    "k": "general",
    "a": "advisor",
    "b": "elephant",
    "n": "horse",
    "r": "chariot",
    "c": "cannon",
    "p": "soldier",
}


_PLAIN = 0.9  # confidence of a single point's reading that needs no laws to be believed


@dataclass(frozen=True)
class Difference:
    """One thing to put right: `square` is where it should be (or is too many), `found_at` where it stands."""

    kind: Literal["missing", "extra", "misplaced", "unseen"]
    label: str
    square: str
    found_at: str | None
    message: str


def name_of_piece(label: str) -> str:
    """The piece of a FEN letter in words: `N` is "red horse"."""
    return f"{'red' if label.isupper() else 'black'} {_KINDS[label.lower()]}"


def setup_differences(reading: Reading, expected: Position) -> list[Difference]:
    """What must be put right on the board before it shows `expected`; an empty list if it does.

    A third horse or a soldier behind its own rows is against the laws, so the decoded board says `?` there;
    here it is just what a person must be told about, and the picture's own reading stands in. Of a picture
    seen in a mirror nothing is named: every man would be sent to the other side.
    """
    if reading.reason == "mirrored":
        return []
    seen = [
        raw.label if point.label == "?" and raw.confidence >= _PLAIN else point.label
        for point, raw in zip(reading.points, reading.raw, strict=True)
    ]
    return differences_between(seen, tuple(board_to_fen_order(expected.board)))


def differences_between(seen: Sequence[str], expected: Sequence[str]) -> list[Difference]:
    """The same for 90 labels each, in FEN order. Pieces of one kind are matched to their nearest points."""
    found: list[Difference] = []
    for label in sorted(set(expected) - {"."}):
        found += _of_label(label, seen, expected)
    for label in sorted(set(seen) - set(expected) - {".", "?"}):
        found += _of_label(label, seen, expected)
    for point, label in enumerate(seen):
        if label == "?":
            found.append(_unseen(expected[point], SQUARES[point]))
    return found


def _of_label(label: str, seen: Sequence[str], expected: Sequence[str]) -> list[Difference]:
    """Differences of one kind of piece; a piece that may stand on a point nobody can see is not missing."""
    wanted = [p for p in range(len(SQUARES)) if expected[p] == label and seen[p] not in {label, "?"}]
    spare = [p for p in range(len(SQUARES)) if seen[p] == label and expected[p] != label]
    found: list[Difference] = []
    if wanted and spare:
        distance = np.array([[_distance(a, b) for b in spare] for a in wanted])
        rows, columns = linear_sum_assignment(distance)
        pairs = [(wanted[row], spare[column]) for row, column in zip(rows, columns, strict=True)]
        for right, wrong in pairs:
            wanted.remove(right)
            spare.remove(wrong)
            message = f"the {name_of_piece(label)} on {SQUARES[wrong]} belongs on {SQUARES[right]}"
            found.append(Difference("misplaced", label, SQUARES[right], SQUARES[wrong], message))
    for point in wanted:
        message = f"the {name_of_piece(label)} on {SQUARES[point]} is missing"
        found.append(Difference("missing", label, SQUARES[point], None, message))
    for point in spare:
        message = f"the {name_of_piece(label)} on {SQUARES[point]} is one too many"
        found.append(Difference("extra", label, SQUARES[point], SQUARES[point], message))
    return found


def _unseen(label: str, square: str) -> Difference:
    what = "should be empty" if label == "." else f"should carry the {name_of_piece(label)}"
    return Difference("unseen", label, square, None, f"{square} cannot be made out; it {what}")


def _distance(a: int, b: int) -> int:
    return abs(a // 9 - b // 9) + abs(a % 9 - b % 9)
