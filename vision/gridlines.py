"""The board's place in a picture to a fraction of a pixel, from its printed lines.

The locator finds the board to a few hundredths of a cell, which is enough to read it but not to
pick a piece up at its centre. Half way between two points a printed line is hardly ever covered, so
its darkness profile across gives its place to a tenth of a pixel or better; some 150 such places
fix the homography by least squares. Each measured place m (board coordinates, homogeneous) on the
line y = k asks of the correction C = I + E that (C m)_y = k (C m)_w, which is linear in E; likewise
for x. Places that pieces, hands or shadows spoil are found as outliers and left out.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import project

__all__ = ["measure_lines", "refine_homography"]

Array = NDArray[np.float64]

_REACH_CELLS = 0.08  # either side of a line; the border's second line stays outside
_SAMPLES = 33
_ALONG = (0.42, 0.46, 0.5, 0.54, 0.58)  # between two points, free of pieces and of their corner marks
_LEAST_CONTRAST = 6.0  # grey levels of a line against its surroundings
_LEAST_PLACES = 40
_ROUNDS = 4
_OUTLIER = 3.0  # in robust standard deviations
_FLOOR_CELLS = 0.002  # of that deviation: nobody measures better than this


def _edges() -> tuple[Array, Array]:
    """Middles of all line pieces between neighbouring points (N, 2), and their directions (N, 2)."""
    middles, directions = [], []
    for y in range(10):
        for x in range(8):
            middles.append((x + 0.5, float(y)))
            directions.append((1.0, 0.0))
    for x in range(9):
        for y in range(9):
            if y == 4 and 0 < x < 8:
                continue  # the river interrupts the inner files
            middles.append((float(x), y + 0.5))
            directions.append((0.0, 1.0))
    return np.array(middles), np.array(directions)


_MIDDLES, _DIRECTIONS = _edges()


def refine_homography(image: NDArray[np.uint8], homography: Array) -> Array | None:
    """Return `homography` (board, cells → pixels of `image`, uint8 BGR) moved onto the printed lines.

    It must be right to about 0.05 cells. None when too few lines can be seen.
    """
    measured, across = measure_lines(image, homography)
    if len(measured) < _LEAST_PLACES:
        return None
    wanted = np.round(measured[np.arange(len(measured)), across])
    correction = _fit(measured, across, wanted)
    if correction is None:
        return None
    refined = homography @ np.linalg.inv(correction)
    return np.asarray(refined / refined[2, 2], dtype=np.float64)


def measure_lines(image: NDArray[np.uint8], homography: Array) -> tuple[Array, NDArray[np.int_]]:
    """Places on the printed lines in board coordinates (N, 2), and which coordinate each one measures.

    `homography` as for `refine_homography`; places that something covers may be among them.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    offsets = np.linspace(-_REACH_CELLS, _REACH_CELLS, _SAMPLES)
    along = np.array(_ALONG) - 0.5
    normals = _DIRECTIONS[:, ::-1]
    # (edges, along, across, 2)
    points = (
        _MIDDLES[:, None, None]
        + along[None, :, None, None] * _DIRECTIONS[:, None, None]
        + offsets[None, None, :, None] * normals[:, None, None]
    )
    pixels = project(homography, points.reshape(-1, 2)).astype(np.float32)
    shape = points.shape[:3]
    values = cv2.remap(
        grey,
        pixels[:, 0].reshape(-1, shape[2]),
        pixels[:, 1].reshape(-1, shape[2]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    profiles = np.asarray(values, dtype=np.float64).reshape(shape).mean(axis=1)
    ground = np.quantile(profiles, 0.8, axis=1, keepdims=True)
    depth = ground - profiles.min(axis=1, keepdims=True)
    # Only the dark half of the dip counts: its foot belongs to grain and blur.
    dark = np.clip(ground - profiles - depth / 2, 0, None)
    weight = dark.sum(axis=1)
    seen = (depth[:, 0] > _LEAST_CONTRAST) & (weight > 0)
    seen &= (dark[:, 0] == 0) & (dark[:, -1] == 0)
    shift = (dark[seen] * offsets).sum(axis=1) / weight[seen]
    places = _MIDDLES[seen] + shift[:, None] * normals[seen]
    return places, np.argmax(normals[seen], axis=1)


def _fit(measured: Array, across: NDArray[np.int_], wanted: Array) -> Array | None:
    """The correction (3 x 3) that brings the measured places onto their lines, without the outliers."""
    count = len(measured)
    homogeneous = np.column_stack([measured, np.ones(count)])
    rows = np.zeros((count, 8))
    for coordinate in (0, 1):
        mine = across == coordinate
        rows[mine, 3 * coordinate : 3 * coordinate + 3] = homogeneous[mine]
    rows[:, 6:8] = -wanted[:, None] * measured
    errors = wanted - measured[np.arange(count), across]
    keep = np.ones(count, dtype=bool)
    solution: Array = np.zeros(8)
    for _ in range(_ROUNDS):
        solution = np.asarray(np.linalg.lstsq(rows[keep], errors[keep], rcond=None)[0], dtype=np.float64)
        left = np.abs(errors - rows @ solution)
        spread = max(1.4826 * float(np.median(left[keep])), _FLOOR_CELLS)
        keep = left < _OUTLIER * spread
        if keep.sum() < _LEAST_PLACES:
            return None
    return np.asarray(np.eye(3) + np.append(solution, 0.0).reshape(3, 3), dtype=np.float64)
