"""Whether a board is set up for a game, also where its faces are too hard to read.

In the opening all men of a side stand where the other side's cannot, and nothing stands anywhere else: what
is a piece, of which side, and what is bare tells nearly all. The faces must speak for this order of the men
rather than for any other, if only all together. Men that were mixed up change places in pairs, so one face
that surely reads as another is a misread one; two are not.
"""

import numpy as np
from numpy.typing import NDArray

from engine import Position
from vision.reading import LABELS, Reading, board_to_fen_order

__all__ = ["shows_set_up"]

_STANDS = 0.8  # share of the men of both sides where one must stand
_BARE = 0.9
_OWN_SIDE = 0.8
_MOST_UNSURE = 8  # men of whom the ink says too little; of none may it clearly say the other side
_READ = 0.9  # confidence from which a face counts as surely read
_MISREAD = 1
_ORDERED = 3.0  # standard deviations above a random order
_SIDES = (slice(0, 7), slice(7, 14))
_EMPTY = LABELS.index(".")


def shows_set_up(reading: Reading, position: Position) -> bool:
    """Whether `reading` shows `position` by occupancy and sides, its faces rather speak for it than for
    another order, and no two of them surely speak against it.

    Meant for positions with all their men, at the beginning of a game.
    """
    if reading.verdict in {"wait", "no-board"}:
        return False
    board = np.array(list(board_to_fen_order(position.board)))
    logp = reading.label_scores()
    logp = logp - np.logaddexp.reduce(logp, axis=1, keepdims=True)
    shares = np.exp(logp)
    men = board != "."
    of_side = np.column_stack([shares[:, side].sum(axis=1) for side in _SIDES])
    if (shares[~men, _EMPTY] < _BARE).any() or (of_side[men].sum(axis=1) < _STANDS).any():
        return False
    own = of_side[men, [0 if label.isupper() else 1 for label in board[men]]]
    if (own < 1 - _OWN_SIDE).any() or (own < _OWN_SIDE).sum() > _MOST_UNSURE:
        return False
    misread = sum(
        raw.confidence >= _READ and raw.label != label
        for raw, label in zip(reading.raw, board, strict=True)
    )
    return misread <= _MISREAD and _order(logp[men], board[men]) >= _ORDERED


def _order(logp: NDArray[np.float64], labels: NDArray[np.str_]) -> float:
    """How far the scores (n, 16) of `labels` (n,) stand above those of the same men in a random order, side
    by side, in standard deviations of such orders (Hoeffding's for a sum over a permutation).
    """
    above = variance = 0.0
    for red in (True, False):
        rows = np.array([label.isupper() == red for label in labels])
        side = logp[rows, _SIDES[0] if red else _SIDES[1]]
        side = side - np.logaddexp.reduce(side, axis=1, keepdims=True)
        table = side[:, [LABELS.index(label) % 7 for label in labels[rows]]]
        centred = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
        above += float(np.trace(centred))
        variance += float((centred**2).sum()) / max(1, len(table) - 1)
    return float(above / np.sqrt(max(variance, 1e-9)))
