"""What each step saw, drawn into the camera's picture for the person who stands beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Drawing"]

_GREEN, _RED, _BLUE, _INK = (60, 200, 60), (50, 50, 230), (230, 140, 40), (255, 255, 255)
_SHIFT = 4
_SCALE = 1 << _SHIFT


class Drawing:
    """A copy of `picture` (H, W, 3) uint8 BGR to draw into; places are pixels."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self.image = picture.copy()

    def dots(self, places: Iterable[Sequence[float]], radius: float = 2.0) -> Drawing:
        """Where something was found."""
        for place in places:
            cv2.circle(
                self.image, _fine(place), round(radius * _SCALE), _GREEN, 1, cv2.LINE_AA, shift=_SHIFT
            )
        return self

    def crosses(self, places: Iterable[Sequence[float]], size: float = 9.0) -> Drawing:
        """Where something was touched or should be."""
        for x, y in places:
            for dx, dy in ((size, 0.0), (0.0, size)):
                ends = _fine((x - dx, y - dy)), _fine((x + dx, y + dy))
                cv2.line(self.image, *ends, _BLUE, 1, cv2.LINE_AA, _SHIFT)
        return self

    def arrows(
        self, places: Sequence[Sequence[float]], offs: Sequence[Sequence[float]], times: float
    ) -> Drawing:
        """What is left, so many times as long as it is."""
        for (x, y), (dx, dy) in zip(places, offs, strict=True):
            ends = _fine((x, y)), _fine((x + times * dx, y + times * dy))
            cv2.line(self.image, *ends, _RED, 1, cv2.LINE_AA, _SHIFT)
        return self

    def words(self, lines: Sequence[str]) -> Drawing:
        """A few lines in the corner."""
        high = 22 * len(lines) + 10
        self.image[:high] = (self.image[:high] * 0.35).astype(np.uint8)
        for row, line in enumerate(lines):
            at = (10, 22 * (row + 1))
            cv2.putText(self.image, line, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, _INK, 1, cv2.LINE_AA)
        return self


def _fine(place: Sequence[float]) -> tuple[int, int]:
    return round(place[0] * _SCALE), round(place[1] * _SCALE)
