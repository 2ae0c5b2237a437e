"""What the first net's "cannot tell" is worth beside what else is seen.

That net looks at one point and its surroundings, and doubts whatever is unusual there. Two things it does not
see: that the face of a man far off his point was read all the same, and that whatever hides a point reaches
beyond it. The figures below were weighed on 286 drawn boards in fonts no net was trained on.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["less_doubtful"]

Array = NDArray[np.float64]

_PIECE, _BARE, _UNKNOWN = 0, 1, 2
#: A man whose face was surely read stands on the point he is nearer to than this many cells. Of 54 such men
#: to whom the net gave 20 to 80 % of "cannot tell" one had to be left open.
_ON_ITS_POINT = 0.42
_SURELY_READ = 0.9
_DOUBT_LEFT = 0.1
#: Bare points that alone look strange: of 33 with 20 to 70 % of "cannot tell" and less than 10 % around them,
#: three were hidden; from 80 % on nearly all.
_PLAINLY_BARE = 0.05  # most share of a piece
_CLEAR_AROUND = 0.1
_ALONE = float(np.exp(-1.0))  # what the odds of "cannot tell" are multiplied by


def less_doubtful(presence: Array, surest: Array, off: Array) -> Array:
    """Shares (90, 3) of piece, bare and cannot tell for those of the first net, `presence`, in FEN order.

    `surest` (90,): share of the likeliest character in the face read at each point, 0 where none was read;
    `off` (90,): cells between the piece's centre and the point.
    """
    result = presence.copy()
    told = (surest >= _SURELY_READ) & (off < _ON_ITS_POINT)
    taken = (1 - _DOUBT_LEFT) * presence[told, _UNKNOWN]
    result[told, _PIECE] += taken
    result[told, _UNKNOWN] -= taken
    unknown = presence[:, _UNKNOWN].reshape(10, 9)
    ring = np.ones((3, 3), np.uint8)
    ring[1, 1] = 0
    around = np.asarray(cv2.dilate(unknown, ring), np.float64).reshape(90)
    alone = (presence[:, _PIECE] < _PLAINLY_BARE) & (around < _CLEAR_AROUND)
    result[alone, _UNKNOWN] *= _ALONE
    return np.asarray(result / result.sum(axis=1, keepdims=True))
