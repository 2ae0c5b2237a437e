"""The board as a plane: homographies, lattice points and the height of pieces.

Frames of reference:

- `board`: unit one cell. The point on file f (0..8) and rank r (0..9) has x = f, y = 9 - r, so
  a9 = (0, 0), i9 = (8, 0), i0 = (8, 9), a0 = (0, 9). Heights are positive toward the viewer.
- `pixel`: x right, y down, the centre of the first pixel is (0, 0).

A homography is a 3 x 3 float64 matrix from homogeneous board to homogeneous pixel coordinates.
"""

import math

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from vision.errors import BadCornersError

__all__ = [
    "BOARD_CORNERS",
    "LATTICE",
    "focal_length",
    "half_turn",
    "homography_from_corners",
    "is_mirrored",
    "lifted",
    "pitch_pixels",
    "project",
    "unproject",
]

Array = NDArray[np.float64]

#: The four outermost points a9, i9, i0, a0 in board coordinates, shape (4, 2).
BOARD_CORNERS: Array = np.array([[0.0, 0.0], [8.0, 0.0], [8.0, 9.0], [0.0, 9.0]])

#: The 90 points in FEN order (a9, b9 .. i9, a8 .. i0) in board coordinates, shape (90, 2).
LATTICE: Array = np.array([[x, y] for y in range(10) for x in range(9)], dtype=np.float64)

_BOARD_CENTRE: Array = np.array([[4.0, 4.5]])
#: Focal length of a usual camera in units of the longer picture side (58 degrees across).
_USUAL_FOCAL = 0.9
#: Corners so far off are a slip of the pen.
_FAR_PIXELS = 1e6
#: Weight of that prior against the constraints of the homography, from their noise at 1 % errors.
_FOCAL_PRIOR_WEIGHT = 0.02


def homography_from_corners(corners: ArrayLike) -> Array:
    """Return the homography (3 x 3, board to pixel) that sends a9, i9, i0, a0 to `corners`.

    `corners`: four pixel positions, shape (4, 2), in that order. Raises `BadCornersError` when they
    are not four finite points of a convex, unmirrored quadrilateral.
    """
    points = np.asarray(corners, dtype=np.float64)
    if points.shape != (4, 2) or not (np.abs(points) < _FAR_PIXELS).all():
        raise BadCornersError(
            "the corners must be four finite points x,y of less than a million pixels "
            "in the order a9, i9, i0, a0"
        )
    edges = np.roll(points, -1, axis=0) - points
    turns = edges[:, 0] * np.roll(edges[:, 1], -1) - edges[:, 1] * np.roll(edges[:, 0], -1)
    if (turns < -1e-9).all():
        raise BadCornersError("the corners run counter-clockwise: the order a9, i9, i0, a0 runs clockwise")
    if not (turns > 1.0).all():
        raise BadCornersError("the corners must be a convex quadrilateral in the order a9, i9, i0, a0")
    matrix = cv2.getPerspectiveTransform(BOARD_CORNERS.astype(np.float32), points.astype(np.float32))
    return np.asarray(matrix, dtype=np.float64)


def project(homography: Array, points: ArrayLike) -> Array:
    """Send `points` (N, 2) through `homography`; returns (N, 2) float64."""
    plane = np.asarray(points, dtype=np.float64)
    sent = plane @ homography[:, :2].T + homography[:, 2]
    return np.asarray(sent[:, :2] / sent[:, 2:], dtype=np.float64)


def unproject(homography: Array, pixels: ArrayLike) -> Array:
    """Send `pixels` (N, 2) back to board coordinates (N, 2)."""
    return project(np.asarray(np.linalg.inv(homography), dtype=np.float64), pixels)


def half_turn(homography: Array) -> Array:
    """Return the homography of the same lattice named from the other end (a9 becomes i0)."""
    return np.asarray(homography @ np.array([[-1.0, 0, 8], [0, -1, 9], [0, 0, 1]]), dtype=np.float64)


def is_mirrored(homography: Array) -> bool:
    """Whether the homography shows the board as in a mirror, judged at its centre."""
    return bool(np.linalg.det(_jacobian(homography, _BOARD_CENTRE[0])) <= 0)


def pitch_pixels(homography: Array, at: ArrayLike = _BOARD_CENTRE[0]) -> float:
    """Return the length of a cell's side in pixels (geometric mean of both directions) at a board point."""
    return math.sqrt(abs(float(np.linalg.det(_jacobian(homography, np.asarray(at, dtype=np.float64))))))


def focal_length(homography: Array, size: tuple[int, int]) -> float:
    """Estimate the camera's focal length in pixels from one view of the board.

    `size` is (width, height) of the picture; pixels are taken as square and the principal point as the
    centre. Uses that the images of two orthogonal unit vectors constrain the image of the absolute conic
    (Zhang, "A flexible new technique for camera calibration", 2000, equations 3 and 4). An overhead view
    says nothing about it, so a usual camera enters as a weak prior.
    """
    centred = _centred(homography, size)
    usual = _USUAL_FOCAL * max(size)
    h1, h2 = centred[:, 0], centred[:, 1]
    plane = np.array([h1[:2] @ h2[:2], h1[:2] @ h1[:2] - h2[:2] @ h2[:2]]) / usual**2
    depth = np.array([h1[2] * h2[2], h1[2] ** 2 - h2[2] ** 2])
    scale = (h1[:2] @ h1[:2] + h2[:2] @ h2[:2]) / (2 * usual**2)
    rows = np.append(plane / scale, _FOCAL_PRIOR_WEIGHT)
    aims = np.append(-depth / scale, _FOCAL_PRIOR_WEIGHT)
    inverse_square = float(np.clip(rows @ aims / (rows @ rows), 0.3, 3.0))
    return usual / math.sqrt(inverse_square)


def lifted(homography: Array, size: tuple[int, int], height: float) -> Array:
    """Return the homography of the plane `height` cells above the board (toward the viewer).

    `size` is (width, height) of the picture in pixels. The third axis of the board's frame is the cross
    product of the first two, seen through the estimated focal length.
    """
    focal = focal_length(homography, size)
    centred = _centred(homography, size)
    if centred[2] @ np.array([4.0, 4.5, 1.0]) < 0:
        centred = -centred
    axes = centred[:, :2] / np.array([[focal], [focal], [1.0]])
    cell = math.sqrt(float(np.linalg.norm(axes[:, 0]) * np.linalg.norm(axes[:, 1])))
    up = -np.cross(axes[:, 0], axes[:, 1]) / cell
    centred[:, 2] += height * up * np.array([focal, focal, 1.0])
    return np.asarray(np.linalg.inv(_to_centre(size)) @ centred, dtype=np.float64)


def _to_centre(size: tuple[int, int]) -> Array:
    width, height = size
    return np.array([[1.0, 0, -(width - 1) / 2], [0, 1.0, -(height - 1) / 2], [0, 0, 1.0]])


def _centred(homography: Array, size: tuple[int, int]) -> Array:
    return np.asarray(_to_centre(size) @ homography, dtype=np.float64)


def _jacobian(homography: Array, at: Array) -> Array:
    """Derivative of the pixel position by the board position, shape (2, 2)."""
    sent = homography @ np.array([at[0], at[1], 1.0])
    pixel = sent[:2] / sent[2]
    return np.asarray((homography[:2, :2] - np.outer(pixel, homography[2, :2])) / sent[2], dtype=np.float64)
