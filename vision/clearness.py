"""How clearly the men of a whole board can be read, and what that says about each of them.

A label that leads by two nats is wrong more often where half of the faces are blurred than where all others
are plain: light, lens and characters are the same for all men of a board. Weighed on 807 drawn pictures of
boards in fonts no net was trained on.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["board_clearness", "with_clearness"]

Array = NDArray[np.float64]

_KINDS = 7
#: Mean log-share of a man's likeliest kind on the drawn boards, and how many men it counts for: a few men
#: alone say little.
_USUAL = -0.25
_USUAL_MEN = 4
#: Nats a label gains or loses for each nat by which a board is clearer or less clear than usual.
_WEIGHT = 1.5


def board_clearness(logp: Array) -> float:
    """Nats by which the men of a board are told more clearly than usual (less clearly: below 0).

    `logp` (90, 16) over `vision.reading.LABELS`, each row normalised.
    """
    kinds = np.logaddexp(logp[:, :_KINDS], logp[:, _KINDS : 2 * _KINDS])
    standing = np.logaddexp.reduce(kinds, axis=1)
    told = (kinds.max(axis=1) - standing)[standing > np.log(0.5)]
    return float((told - _USUAL).sum() / (len(told) + _USUAL_MEN))


def with_clearness(gap: Array, piece: NDArray[np.bool_], clearness: float) -> Array:
    """What the `gap` (n,) in nats of each label is worth on a board of this `clearness`, never below 0;
    `piece`: names one. What is bare looks bare on any board.
    """
    return np.asarray(np.where(piece, np.maximum(gap + _WEIGHT * clearness, 0.0), gap))
