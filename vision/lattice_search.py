"""Which lattice a map of crossings shows, when the first guess may be a row, a file or half of one off.

The guess is seldom far off, but perspective and bends make it too long, too short or slipped, and a fit to
the nearest crossings would then settle on the wrong ones. So each side of the board is tried where it is and
up to a cell farther in or out, in half cells, and the same with files and ranks exchanged: 1,250 lattices,
scored on one resampled map. The best that differ are fitted, and the fits judged by the map itself.
"""

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.lattice import Crossings, LatticeFit, fit_lattice, local_pitch

__all__ = ["search_lattice"]

Array = NDArray[np.float64]

_STEPS = (-1.0, -0.5, 0.0, 0.5, 1.0)
#: Values of the resampled map per cell, and cells it reaches beyond the board on each side.
_FINE = 8
_BEYOND = 2.5
#: What a side moved by a cell must gain in contrast.
_COST_A_CELL = 0.012
#: Blur of the map before lattices are scored, in cells: half a step off must still tell.
_BLUR_CELLS = 0.13
#: How many of the best are fitted, and how long before one of them is chosen.
_FITTED = 3
_TRIAL_ROUNDS = 1

_QUARTER: Array = np.array([[0.0, -1.0, 8.5], [1.0, 0.0, 0.5], [0.0, 0.0, 1.0]])
_TO_FINE: Array = np.array([[_FINE, 0.0, _FINE * _BEYOND], [0.0, _FINE, _FINE * _BEYOND], [0.0, 0.0, 1.0]])
_SIZE = (round((8 + 2 * _BEYOND) * _FINE) + 1, round((9 + 2 * _BEYOND) * _FINE) + 1)


def _places(last: int) -> tuple[Array, NDArray[np.int64], Array]:
    """All ways to move the two ends of a side of `last` cells.

    Returns the moves (25, 2), indices into the resampled map of the lines -1..last + 1 (25, last + 3), and
    how many cells the ends moved (25,).
    """
    moves = np.array(list(itertools.product(_STEPS, repeat=2)))
    lines = np.arange(-1, last + 2) / last
    at = moves[:, :1] * (1 - lines) + (last + moves[:, 1:]) * lines
    return moves, np.round((at + _BEYOND) * _FINE).astype(np.int64), np.abs(moves).sum(axis=1)


_MOVES_X, _AT_X, _CELLS_X = _places(8)
_MOVES_Y, _AT_Y, _CELLS_Y = _places(9)
_WEIGHT: Array = np.full((12, 11), -1 / 42)
_WEIGHT[1:-1, 1:-1] = 1 / 90


def search_lattice(crossings: Crossings, homography: Array) -> LatticeFit:
    """Fit the lattice near `homography` (3, 3; board to pixel) that has crossings on its points only."""
    ranked: list[tuple[float, int, tuple[int, int], Array]] = []
    for turned, start in enumerate((homography, homography @ _QUARTER)):
        scores = _scores(crossings, start) - 2 * turned * _COST_A_CELL
        for flat in np.argsort(-scores, axis=None)[: 8 * _FITTED]:
            place = divmod(int(flat), scores.shape[1])
            ranked.append((float(scores[place]), turned, place, start))
    ranked.sort(key=lambda each: -each[0])
    chosen: list[tuple[int, Array]] = []
    fits = []
    for _, turned, (row, column), start in ranked:
        sides = np.concatenate([_MOVES_X[column], _MOVES_Y[row]])
        if any(turned == other and np.abs(sides - moved).max() < 0.75 for other, moved in chosen):
            continue  # the fit would be the same
        chosen.append((turned, sides))
        fits.append(fit_lattice(crossings, start @ _stretched(sides), _TRIAL_ROUNDS))
        if len(fits) == _FITTED:
            break
    return fit_lattice(crossings, max(fits, key=lambda fit: fit.confidence).homography)


def _stretched(sides: Array) -> Array:
    """The matrix (3, 3) that moves the left, right, upper and lower side of the board by `sides` cells."""
    left, right, upper, lower = sides
    return np.array([[1 + (right - left) / 8, 0, left], [0, 1 + (lower - upper) / 9, upper], [0, 0, 1]])


def _scores(crossings: Crossings, homography: Array) -> Array:
    """Contrast of all lattices (25, 25), by the moves of upper and lower, then of left and right sides."""
    pitch = float(np.median(local_pitch(homography))) / crossings.stride
    soft = cv2.GaussianBlur(crossings.probability, (0, 0), max(0.6, _BLUR_CELLS * min(pitch, 20.0)))
    to_map = np.array(
        [[1, 0, (1 - crossings.stride) / 2], [0, 1, (1 - crossings.stride) / 2], [0, 0, crossings.stride]]
    )
    from_fine = to_map @ homography @ np.linalg.inv(_TO_FINE)
    fine = cv2.warpPerspective(
        np.sqrt(np.maximum(soft, 0.0)).astype(np.float32),
        from_fine,
        _SIZE,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
    )
    columns, rows = np.arange(_SIZE[0]), np.arange(_SIZE[1])
    depth = from_fine[2, 0] * columns[None] + from_fine[2, 1] * rows[:, None] + from_fine[2, 2]
    fine[depth * np.sign(depth[_SIZE[1] // 2, _SIZE[0] // 2]) <= 0] = 0.0
    values = fine[_AT_Y[:, :, None, None], _AT_X[None, None]]
    contrast = np.einsum("aibj,ij->ab", values, _WEIGHT)
    return np.asarray(contrast - _COST_A_CELL * (_CELLS_Y[:, None] + _CELLS_X[None]), dtype=np.float64)
