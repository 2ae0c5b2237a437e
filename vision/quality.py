"""Why a picture cannot be read well: too dark, glare, blurred, cut off.

These measures explain a reading that failed; they never spoil one that succeeded.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE, project
from vision.reading import Reason
from vision.rectify import CELL_PIXELS, rectify

__all__ = ["cut_off_points", "outside_points", "reason_of_board", "reason_of_picture"]

_DARK = 40  # the brightest twentieth of a picture lies below this grey: under 3 % of full light at gamma 2.2
_CLIPPED = 250
_GLARE_SHARE = 0.02  # of the board; a reflected lamp covers a point or two of the 90
_SOFT = 0.14  # steepness of edges blurred by a tenth of a cell, where strokes of one glyph run together
#: Cells around an intersection that must be in the picture for its piece to be read. With the picture's edge
#: 0.2 cells beyond an outer line of 220 drawn boards, 80 % of the men on that line were told right and 2.6 %
#: wrong; at 0.1 cells 45 and 3.0 %, with the edge farther away 92 and 1.3 %.
_REACH = 0.2
#: Cells that must be, else a piece is cut off, whether it can be read or not.
_WHOLE_REACH = 0.35


def reason_of_picture(image: NDArray[np.uint8]) -> Reason:
    """Why no board was found in a picture (H, W, 3) uint8 BGR."""
    scale = 640 / max(image.shape[:2])
    small = image if scale >= 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    if np.percentile(grey, 95) < _DARK:
        return "too-dark"
    if _steepness(np.asarray(grey, dtype=np.uint8)) < _SOFT:
        return "blurred"
    return "not-xiangqi"


def reason_of_board(
    image: NDArray[np.uint8], homography: NDArray[np.float64], doubtful: NDArray[np.bool_]
) -> Reason | None:
    """Why points of a board that was found are doubtful, or None if the picture itself looks fine.

    `homography` board → pixel; `doubtful` (90,) bool in FEN order of that homography.
    """
    canvas = rectify(image, homography)
    grey = cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY)
    if np.percentile(grey, 95) < _DARK:
        return "too-dark"
    clipped = (canvas.min(axis=2) >= _CLIPPED).astype(np.uint8)
    # Highlights on single glossy pieces are small; a reflected lamp stays after they are opened away.
    blobs = np.asarray(cv2.morphologyEx(clipped, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)), dtype=np.uint8)
    if blobs.mean() > _GLARE_SHARE and _glare_on(blobs, doubtful):
        return "glare"
    if _steepness(np.asarray(grey, dtype=np.uint8)) < _SOFT:
        return "blurred"
    return None


def outside_points(homography: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which of the 90 points (FEN order) lie too near or beyond the picture's edge to be read."""
    return _beyond(homography, shape, _REACH)


def cut_off_points(homography: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which of the 90 points (FEN order) are not seen with all that may stand on them."""
    return _beyond(homography, shape, _WHOLE_REACH)


def _beyond(homography: NDArray[np.float64], shape: tuple[int, ...], reach: float) -> NDArray[np.bool_]:
    height, width = shape[:2]
    outside = np.zeros(len(LATTICE), dtype=bool)
    for step in ((-reach, 0.0), (reach, 0.0), (0.0, -reach), (0.0, reach)):
        x, y = project(homography, LATTICE + np.array(step)).T
        outside |= (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    return outside


def _glare_on(blobs: NDArray[np.uint8], doubtful: NDArray[np.bool_]) -> bool:
    """Whether clipped light covers a good part of at least one doubtful point."""
    half = CELL_PIXELS // 2
    margin = (blobs.shape[1] - 8 * CELL_PIXELS) // 2
    for point in np.flatnonzero(doubtful):
        y, x = (margin + CELL_PIXELS * value for value in divmod(int(point), 9))
        if blobs[max(0, y - half) : y + half, max(0, x - half) : x + half].mean() > 0.25:
            return True
    return False


def _steepness(grey: NDArray[np.uint8]) -> float:
    """Steepest edges of a grey picture in shares of its contrast a pixel (about 0.4 / blur in pixels)."""
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    low, high = np.percentile(smooth, (2, 98))
    return float(np.percentile(np.hypot(across, down), 99) / (high - low + 8))
