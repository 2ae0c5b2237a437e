"""The same picture in other lights, for a board that was not found in its own.

The locator's net sees far less where a board is dim, half in the shade or printed in pale lines. Each view
here brings out what another hides; all have the pixels where they were.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["other_lights"]

Picture = NDArray[np.uint8]

#: Local contrast: its limit, and tiles across and down.
_CLIP, _TILES = 3.0, (8, 8)
#: What lights the scene is taken to be smoother than this share of the picture's longer side.
_SMOOTH_SHARE = 1 / 12
#: Longer side of the small picture in which the light is estimated, in pixels.
_SMALL = 120
_LEAST_LIGHT = 8.0
#: Brightness to which an evenly lit picture is brought.
_MIDDLE = 110.0
#: Rows that are worked on at once, so that a large picture takes no multiple of its own memory.
_BAND = 128
_ROOT = np.round(255 * np.sqrt(np.arange(256) / 255)).astype(np.uint8)


def other_lights(picture: Picture) -> Iterator[Picture]:
    """Yield `picture` (H, W, 3) uint8 BGR with more local contrast, lighter shades, an even light."""
    yield _local_contrast(picture)
    yield np.asarray(cv2.LUT(picture, _ROOT), dtype=np.uint8)
    yield _evenly_lit(picture)


def _local_contrast(picture: Picture) -> Picture:
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
    lab[:, :, 0] = cv2.createCLAHE(_CLIP, _TILES).apply(lab[:, :, 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), dtype=np.uint8)


def _evenly_lit(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    shrink = min(1.0, _SMALL / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    smooth = cv2.GaussianBlur(small, (0, 0), max(size) * _SMOOTH_SHARE) + np.float32(_LEAST_LIGHT)
    light = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    even = np.empty_like(picture)
    for top in range(0, height, _BAND):
        rows = slice(top, top + _BAND)
        even[rows] = np.clip(picture[rows] * (_MIDDLE / light[rows]), 0, 255).astype(np.uint8)
    return even
