"""The picture with what was read drawn on it, for people who want to see why."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE, homography_from_corners, pitch_pixels, project
from vision.reading import Reading

__all__ = ["annotate"]

_GRID = (200, 160, 40)
_RED = (40, 40, 220)
_BLACK = (40, 110, 30)
_DOUBT = (0, 140, 255)
_LONGEST = 1600


def annotate(image: NDArray[np.uint8], reading: Reading) -> NDArray[np.uint8]:
    """Draw grid, letters and confidences on a copy of `image` (H, W, 3) uint8 BGR of at most 1600 pixels."""
    scale = min(1.0, _LONGEST / max(image.shape[:2]))
    picture = np.array(image)
    if scale < 1:
        picture = np.asarray(
            cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    if reading.corners is not None:
        homography = homography_from_corners(np.array(reading.corners) * scale)
        _draw_grid(picture, homography)
        _draw_points(picture, homography, reading)
    headline = reading.verdict + (f": {reading.reason}" if reading.reason else "")
    cv2.putText(picture, headline, (10, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 5, cv2.LINE_AA)
    cv2.putText(picture, headline, (10, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2, cv2.LINE_AA)
    return picture


def _draw_grid(picture: NDArray[np.uint8], homography: NDArray[np.float64]) -> None:
    ends = [((0, y), (8, y)) for y in range(10)] + [((x, 0), (x, 9)) for x in range(9)]
    for end in ends:
        (ax, ay), (bx, by) = project(homography, np.array(end, dtype=np.float64))
        cv2.line(picture, (round(ax), round(ay)), (round(bx), round(by)), _GRID, 1, cv2.LINE_AA)


def _draw_points(picture: NDArray[np.uint8], homography: NDArray[np.float64], reading: Reading) -> None:
    size = pitch_pixels(homography) / 60
    for (x, y), point in zip(project(homography, LATTICE), reading.points, strict=True):
        where = (round(x), round(y))
        if point.label == ".":
            cv2.circle(picture, where, max(1, round(3 * size)), _GRID, -1, cv2.LINE_AA)
            continue
        colour = _DOUBT if point.label == "?" else _RED if point.label.isupper() else _BLACK
        cv2.circle(picture, where, round(24 * size), colour, max(1, round(3 * size)), cv2.LINE_AA)
        _write(picture, point.label, (where[0], where[1] + round(4 * size)), 0.9 * size, colour)
        below = (where[0], where[1] + round(20 * size))
        _write(picture, f"{point.confidence:.2f}", below, 0.4 * size, colour)


def _write(
    picture: NDArray[np.uint8], text: str, centre: tuple[int, int], size: float, colour: tuple[int, int, int]
) -> None:
    """Text centred on a point, on a white shadow so that it reads on any board."""
    thick = max(1, round(2 * size))
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, thick)
    at = (centre[0] - width // 2, centre[1])
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), thick + 3, cv2.LINE_AA)
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thick, cv2.LINE_AA)
