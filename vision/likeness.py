"""Pieces of one set look alike: what a doubtful face is, told by the surer ones that resemble it.

Faces are compared at all turns (`vision.polar_faces`). How alike two pieces of different kinds look depends
on the set and the light, so a likeness counts by how far it stands out among all those on the board.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.polar_faces import NO_NUDGES, correlations, polar_faces

__all__ = ["likeness", "told_by_likeness"]

Array = NDArray[np.float64]

_FEWEST = 6  # pieces, below which it cannot be told which likeness stands out
_DOUBTFUL = float(np.log(0.97))  # a kind's log-probability from which on a face needs no help
_LEAST_SPREAD = 0.01
#: Log-likelihood ratio of one kind against two by how far a likeness stands out, in robust standard
#: deviations: on drawn boards in the fonts of training.
_STANDS_OUT = (-1.4, -0.6, 0.7, 1.3, 1.8, 2.5, 3.7, 6.3)
_SPEAKS_FOR_ONE = (-0.69, -0.5, -0.2, 0.3, 0.8, 2.0, 3.9, 4.4)
_WEIGHT = 0.4  # likenesses to several pieces are not independent, nor is the face they and the net saw
_ROUNDS = 2


def told_by_likeness(
    image: NDArray[np.uint8], plane: Array, centres: Array, logp: Array
) -> Array:
    """Log-probabilities (n, kinds + 1) of the faces around `centres`, the last column a blank face, where
    doubtful rows of `logp` were settled by the pieces that look alike. `image` is (H, W, 3) uint8 BGR; see
    `polar_faces` for the rest.
    """
    kinds = logp[:, :-1]
    doubtful = np.flatnonzero(kinds.max(axis=1, initial=-np.inf) < _DOUBTFUL)
    if len(logp) < _FEWEST or not len(doubtful):
        return logp
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    every = polar_faces(grey, plane, centres, NO_NUDGES)[:, 0]
    alike = correlations(polar_faces(grey, plane, centres[doubtful]), every)
    for_one = np.interp(likeness(alike, doubtful), _STANDS_OUT, _SPEAKS_FOR_ONE)
    return joined(logp, doubtful, for_one)


def likeness(alike: Array, rows: NDArray[np.int64]) -> Array:
    """How far each correlation (m, n) stands out, in robust deviations; row i is that of piece `rows[i]`."""
    others = np.ones(alike.shape, dtype=bool)
    others[np.arange(len(rows)), rows] = False
    middle = float(np.median(alike[others]))
    spread = 1.4826 * float(np.median(np.abs(alike[others] - middle))) + _LEAST_SPREAD
    return np.asarray((alike - middle) / spread)


def joined(logp: Array, doubtful: NDArray[np.int64], for_one: Array) -> Array:
    """Add to the rows `doubtful` of `logp` what the log-likelihood ratios `for_one` (m, n) say."""
    kinds = logp[:, :-1]
    piece = np.logaddexp.reduce(kinds, axis=1, keepdims=True)
    first = kinds - piece
    believed = first.copy()
    ratio = np.exp(for_one) - 1
    ratio[np.arange(len(doubtful)), doubtful] = 0.0
    for _ in range(_ROUNDS):
        share = np.exp(believed)
        votes = np.log1p(share[None] * ratio[:, :, None]).sum(axis=1)
        fresh = first[doubtful] + _WEIGHT * votes
        believed[doubtful] = fresh - np.logaddexp.reduce(fresh, axis=1, keepdims=True)
    return np.hstack([believed + piece, logp[:, -1:]])
