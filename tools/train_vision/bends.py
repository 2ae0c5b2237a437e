"""Boards that are not flat: cloth in folds and paper that curls, as a smooth movement of the picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_vision.textures import Floats

__all__ = ["Bend", "draw_bend"]

_ROUNDS = 6


@dataclass(frozen=True)
class Bend:
    """`shift` (H, W, 2) float32: what is seen at pixel p was at p - shift[p] before, in pixels."""

    shift: Floats

    def applied(self, picture: Floats) -> Floats:
        """The bent picture, (H, W, 3) or (H, W)."""
        height, width = self.shift.shape[:2]
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        source = (xs - self.shift[:, :, 0], ys - self.shift[:, :, 1])
        bent = cv2.remap(picture, *source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(bent, dtype=np.float32)

    def moved(self, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where pixel positions (N, 2) of the flat picture are seen: solved by repeated substitution."""
        flat = np.asarray(pixels, dtype=np.float64)
        seen = flat
        for _ in range(_ROUNDS):
            seen = flat + self._at(seen)
        return seen

    def _at(self, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        places = pixels.astype(np.float32)
        values = cv2.remap(
            self.shift,
            places[:, None, 0],
            places[:, None, 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(values[:, 0], dtype=np.float64)


def draw_bend(rng: np.random.Generator, size: tuple[int, int], pitch: float) -> Bend:
    """Draw a bend of up to a third of a cell for a picture of `size` (width, height).

    `pitch` is the side of a cell in pixels.
    """
    width, height = size
    strength = pitch * rng.uniform(0.05, 0.35)
    if rng.random() < 0.5:
        # A curl: one wave along one direction.
        angle, length = rng.uniform(0, 2 * np.pi), pitch * rng.uniform(6, 18)
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        wave = np.sin((xs * np.cos(angle) + ys * np.sin(angle)) * (2 * np.pi / length) + rng.uniform(0, 6.3))
        across = angle + rng.normal(0, 0.5)
        shift = strength * wave[:, :, None] * np.array([np.cos(across), np.sin(across)])
    else:
        cells = (max(3, round(height / (pitch * 3.5))), max(3, round(width / (pitch * 3.5))))
        small = rng.uniform(-1, 1, (*cells, 2)).astype(np.float32)
        shift = strength * cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    return Bend(np.asarray(shift, dtype=np.float32))
