"""Where the laws of Xiangqi let the 32 men stand, as 32 slots over the 90 points in FEN order."""

import numpy as np
from numpy.typing import NDArray

from vision.reading import LABELS, SQUARES

__all__ = ["ENDS", "MAY_STAND", "SLOT_LABELS", "SLOT_POINTS", "generals_face", "possible_history"]

_EVEN_FILES = "acegi"
_ADVISOR = ("d0", "f0", "e1", "d2", "f2")
_ELEPHANT = ("c0", "g0", "a2", "e2", "i2", "c4", "g4")
_PALACE = tuple(f"{file}{rank}" for rank in range(3) for file in "def")
_PIECES = 14  # the first columns of LABELS are men, the rest are `.` and `?`


def _mask(squares: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([square in squares for square in SQUARES])


def _red_slots() -> list[tuple[str, NDArray[np.bool_]]]:
    """The 16 red men and the points each can reach from its place at the start.

    A soldier keeps its file until it has crossed the river, so each of the five has a slot of its own.
    """
    anywhere = np.ones(len(SQUARES), dtype=bool)
    beyond = np.array([int(square[1]) >= 5 for square in SQUARES])
    slots = [("K", _mask(_PALACE))]
    slots += [("A", _mask(_ADVISOR))] * 2 + [("B", _mask(_ELEPHANT))] * 2
    slots += [(label, anywhere) for label in "NNRRCC"]
    slots += [("P", beyond | _mask((f"{file}3", f"{file}4"))) for file in _EVEN_FILES]
    return slots


def _all_slots() -> tuple[str, NDArray[np.bool_]]:
    red = _red_slots()
    black = [(label.lower(), points[::-1]) for label, points in red]  # the board seen from the other side
    slots = red + black
    return "".join(label for label, _ in slots), np.column_stack([points for _, points in slots])


SLOT_LABELS, SLOT_POINTS = _all_slots()
"""Labels of the 32 men, and (90, 32) bool: may this man stand on this point."""


MAY_STAND = np.column_stack(
    [SLOT_POINTS[:, [label == man for man in SLOT_LABELS]].any(axis=1) for label in LABELS[:_PIECES]]
)
"""(90, 14) bool: may some man of each label stand on this point."""


def _ends() -> NDArray[np.float64]:
    both = np.stack([MAY_STAND[:, : _PIECES // 2], MAY_STAND[:, _PIECES // 2 :]], axis=2).astype(np.float64)
    shares: NDArray[np.float64] = both / np.maximum(both.sum(axis=2, keepdims=True), 1.0)
    return shares


ENDS = _ends()
"""(90, 7, 2): of a man of each kind KABNRCP, how likely it comes from the lower and from the upper end of the
board if it stands on this point: 1 and 0, 0 and 1, a half each, or two noughts where none may stand."""


def generals_face(labels: tuple[str, ...]) -> bool:
    """Whether the two generals look at each other down an open file, which no legal move can leave."""
    if "K" not in labels or "k" not in labels:
        return False
    red, black = labels.index("K"), labels.index("k")
    if red % 9 != black % 9:
        return False
    return all(labels[point] == "." for point in range(black + 9, red, 9))


def possible_history(labels: str, following: list[str]) -> NDArray[np.float64]:
    """Log-prior (90, 16) of what stands where, given the game so far.

    `labels`: the 90 labels in FEN order of the last known position; `following`: the same after each of
    its legal moves. Most looks show the known position, many a move from it, and a few something else.
    """
    known, moved, other = 0.6, 0.39, 0.01
    prior = np.full((len(SQUARES), len(LABELS)), other / len(LABELS))
    boards = [(labels, known)] + [(board, moved / len(following)) for board in following]
    for board, share in boards:
        prior[np.arange(len(SQUARES)), [LABELS.index(label) for label in board]] += share
    result: NDArray[np.float64] = np.log(prior)
    return result
