"""From the area a board covers in a picture to a first homography: four straight sides around it.

The area knows nothing of rows and files, only where the board ends, but it is told well where the field of
board coordinates is not: on strange boards, and under limbs, which take no more than a bite out of it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import is_mirrored

__all__ = ["homography_of_area"]

Array = NDArray[np.float64]

#: What the area covers of the board frame: half a cell more than the lattice.
_AREA: NDArray[np.float32] = np.array([[-0.5, -0.5], [8.5, -0.5], [8.5, 9.5], [-0.5, 9.5]], np.float32)
_ROUNDS = 4
#: Points of the outline farther from a side than this share of the board's size belong to another.
_NEAR = 0.05
#: Ends of a side that say little about its direction.
_ENDS = 0.08


def homography_of_area(likely: Array, least: float = 0.5) -> Array | None:
    """Fit a homography (3, 3), board to values of the map, to the largest area of `likely` (h, w) 0..1.

    Values above `least` are the board's. Which way round the board lies is open: the longer sides are taken
    for the files. None when the area has not four sides.
    """
    count, regions, sizes, _ = cv2.connectedComponentsWithStats((likely > least).astype(np.uint8))
    if count < 2:
        return None
    region = (regions == 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    contour = max(cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len)
    corners = _four_corners(cv2.convexHull(contour))
    if corners is None:
        return None
    outline = _dense(np.asarray(cv2.convexHull(contour)[:, 0], dtype=np.float64))
    outline = np.concatenate([outline, np.asarray(contour[:, 0], dtype=np.float64)])
    for _ in range(_ROUNDS):
        fitted = _fitted(corners, outline)
        if fitted is None:
            break
        corners = fitted
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    if sides[0] + sides[2] > sides[1] + sides[3]:
        corners = np.roll(corners, 1, axis=0)
    homography = np.asarray(cv2.getPerspectiveTransform(_AREA, corners.astype(np.float32)), dtype=np.float64)
    return None if is_mirrored(homography) else homography


def _four_corners(hull: NDArray[np.int32]) -> Array | None:
    """Simplify a convex outline to four corners (4, 2), clockwise in the picture."""
    length = cv2.arcLength(hull, closed=True)
    for share in np.arange(0.01, 0.15, 0.005):
        corners = cv2.approxPolyDP(hull, share * length, closed=True)[:, 0]
        if len(corners) == 4:
            return _clockwise(np.asarray(corners, dtype=np.float64))
        if len(corners) < 4:
            break
    return _clockwise(np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), dtype=np.float64))


def _clockwise(corners: Array) -> Array | None:
    edges = np.roll(corners, -1, axis=0) - corners
    area = float((corners[:, 0] * edges[:, 1] - corners[:, 1] * edges[:, 0]).sum())
    if abs(area) < 1.0:
        return None
    return corners if area > 0 else corners[::-1].copy()


def _dense(hull: Array) -> Array:
    """Points at every step along a closed outline (N, 2)."""
    ends = np.roll(hull, -1, axis=0)
    parts = [
        start
        + (end - start)
        * np.linspace(0, 1, max(1, round(float(np.hypot(*(end - start))))), endpoint=False)[:, None]
        for start, end in zip(hull, ends, strict=True)
    ]
    return np.concatenate(parts)


def _fitted(corners: Array, outline: Array) -> Array | None:
    """Move each side onto the outline near it; None where the sides no longer meet in four corners."""
    ends = np.roll(corners, -1, axis=0)
    size = float(np.hypot(*(corners.max(axis=0) - corners.min(axis=0))))
    lines = []
    for start, end in zip(corners, ends, strict=True):
        along = end - start
        length = float(np.hypot(*along))
        if length < 2.0:
            return None
        share = (outline - start) @ along / length**2
        away = (outline - start) @ np.array([-along[1], along[0]]) / length
        mine = (np.abs(away) < max(1.5, _NEAR * size)) & (share > _ENDS) & (share < 1 - _ENDS)
        if mine.sum() < 4:
            lines.append(np.cross([*start, 1.0], [*end, 1.0]))
            continue
        dx, dy, x, y = cv2.fitLine(outline[mine].astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append(np.cross([x, y, 1.0], [x + dx, y + dy, 1.0]))
    met = np.array([np.cross(lines[index - 1], lines[index]) for index in range(4)])
    if (np.abs(met[:, 2]) < 1e-9).any():
        return None
    moved = np.asarray(met[:, :2] / met[:, 2:], dtype=np.float64)
    return (
        moved
        if np.hypot(*(moved - corners).T).max() < 0.3 * size and cv2.isContourConvex(moved.astype(np.float32))
        else None
    )
