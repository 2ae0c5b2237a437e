"""From the locator's field of board coordinates to a first homography.

The field gives every pixel its board position p relative to the board's centre, but only up to the sign: the
two ends of a board are alike from afar. It is smooth and everywhere, but coarse; crossings refine it later.
"""

import math

import numpy as np
from numpy.typing import NDArray

from vision.geometry import project

__all__ = ["homography_of_field"]

Array = NDArray[np.float64]

_CENTRE: Array = np.array([4.0, 4.5])
#: Scale of the Cauchy weight in cells: half a cell off is a wrong pixel rather than a noisy one.
_ROBUST_CELLS = 0.4
#: Strength of the belief that the perspective is weak, against one vote a pixel of the field.
_PERSPECTIVE_WEIGHT = 0.05
_ROUNDS = 12
_NEAR_CELLS = 1.2


def homography_of_field(pixels: Array, field: Array) -> Array | None:
    """Fit a homography (3, 3), board to pixel, to the field; None when the field is no board's.

    `pixels` (N, 2); `field` (N, 3): |p|, |p| cos 2a, |p| sin 2a of each, a being the angle of p = (x, y).
    """
    length = np.maximum(field[:, 0], 0.0)
    angle = 0.5 * np.arctan2(field[:, 2], field[:, 1])
    central = np.exp(-((length / _NEAR_CELLS) ** 2))
    if central.sum() < 1e-3:
        return None
    centre = (pixels * central[:, None]).sum(axis=0) / central.sum()
    scale = float(np.abs(pixels - centre).max()) + 1e-9
    local = (pixels - centre) / scale
    axis = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    board = length[:, None] * axis * _sign_by_angle(local, length, angle)[:, None]
    inverse = _fitted(local, board)
    # Where the first guess of the sign was against the fit, the fit is right.
    sign = np.sign((project(inverse, local) * axis).sum(axis=1))
    inverse = _fitted(local, length[:, None] * axis * sign[:, None])
    if abs(np.linalg.det(inverse)) < 1e-9:
        return None
    to_local = np.array([[1 / scale, 0, -centre[0] / scale], [0, 1 / scale, -centre[1] / scale], [0, 0, 1]])
    to_board = np.array([[1.0, 0, _CENTRE[0]], [0, 1, _CENTRE[1]], [0, 0, 1]]) @ inverse @ to_local
    return np.asarray(np.linalg.inv(to_board))


def _sign_by_angle(local: Array, length: Array, angle: Array) -> Array:
    """Sign of p at each pixel: about the centre the angle of p follows the pixel's, up to one turn.

    Perspective bends the relation by less than a right angle, so the sign is that of the cosine.
    """
    seen = np.arctan2(local[:, 1], local[:, 0])
    weight = np.where(length > 0.8, length, 0.0)
    double = 2 * (seen - angle)
    turn = 0.5 * math.atan2(float((weight * np.sin(double)).sum()), float((weight * np.cos(double)).sum()))
    return np.asarray(np.where(np.cos(seen - angle - turn) >= 0, 1.0, -1.0))


def _fitted(local: Array, board: Array) -> Array:
    """Fit a homography, local pixels (N, 2) to board (N, 2): reweighted rounds, perspective held weak."""
    matrix: Array = np.eye(3)
    ones = np.ones((len(local), 1))
    homogeneous = np.hstack([local, ones])
    weight = np.ones(len(local))
    zero = np.zeros_like(homogeneous)
    hold = np.zeros((2, 8))
    hold[0, 6] = hold[1, 7] = _PERSPECTIVE_WEIGHT * math.sqrt(len(local))
    depth = ones
    for turn in range(_ROUNDS):
        root = np.sqrt(weight)[:, None] / depth
        rows_x = np.hstack([homogeneous, zero, -board[:, :1] * local]) * root
        rows_y = np.hstack([zero, homogeneous, -board[:, 1:] * local]) * root
        aim = np.concatenate([board[:, 0] * root[:, 0], board[:, 1] * root[:, 0], np.zeros(2)])
        rows = np.vstack([rows_x, rows_y, hold])
        # Thousands of rows for eight numbers: the normal equations are a tenth of the work.
        solution = np.linalg.lstsq(rows.T @ rows, rows.T @ aim, rcond=None)[0]
        matrix = np.append(solution, 1.0).reshape(3, 3)
        depth = np.clip(homogeneous @ matrix[2:].T, 0.2, 5.0)
        off = np.hypot(*(homogeneous @ matrix[:2].T / depth - board).T)
        # From lenient to strict, so that a bad start is not locked in.
        width = max(_ROBUST_CELLS, 2.0 * 0.7**turn)
        weight = 1.0 / (1.0 + (off / width) ** 2)
    return matrix
