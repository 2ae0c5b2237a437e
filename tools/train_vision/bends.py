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

    def light(self, strength: float) -> Floats:
        """How much lighter or darker the slopes of the bend are, (H, W) about 1; `strength` below 1."""
        slope = np.gradient(self.shift[:, :, 0], axis=1) + np.gradient(self.shift[:, :, 1], axis=0)
        steepest = float(np.quantile(np.abs(slope[::4, ::4]), 0.98)) + 1e-6
        return np.asarray(1.0 + strength * np.clip(slope / steepest, -1.2, 1.2), dtype=np.float32)

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
    """Draw a bend of up to 0.45 cells for a picture of `size` (width, height).

    `pitch` is the side of a cell in pixels.
    """
    width, height = size
    strength = pitch * rng.uniform(0.05, 0.45)
    roll = rng.random()
    if roll < 0.3:
        shift = _folds(rng, size, pitch, strength)
    elif roll < 0.65:
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


def _folds(
    rng: np.random.Generator, size: tuple[int, int], pitch: float, strength: float
) -> NDArray[np.float32]:
    """A sheet that was folded and stands up along its creases: kinks in one or two directions, (H, W, 2)."""
    width, height = size
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    shift = np.zeros((height, width, 2), np.float32)
    first = rng.uniform(0, np.pi)
    for turn in range(int(rng.integers(1, 3))):
        angle = first + turn * np.pi / 2 + rng.normal(0, 0.05)
        along = np.array([np.cos(angle), np.sin(angle)])
        away = along[0] * (xs - width / 2) + along[1] * (ys - height / 2)
        step = pitch * rng.uniform(2.2, 5.0)
        # Between two creases the sheet is flat: the shift there is linear.
        knots = np.arange(-30, 31) * step + rng.uniform(0, step)
        heights = rng.uniform(-1, 1, len(knots))
        kinked = np.interp(away, knots, heights).astype(np.float32)
        lean = angle + rng.normal(0, 0.6)
        shift += kinked[:, :, None] * np.array([np.cos(lean), np.sin(lean)], np.float32)
    return np.asarray(strength * shift, dtype=np.float32)
