"""Changes a drawn close-up as other cameras, other paint and other light would have it."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["restyled"]

Floats = NDArray[np.float32]

#: How often each change is made.
_STROKES, _SHARPNESS, _GAMMA, _GREY, _HUES, _INVERTED, _NOISE, _SHADE, _SPOT = (
    0.12, 0.25, 0.4, 0.3, 0.3, 0.06, 0.3, 0.25, 0.08,
)  # fmt: skip
_LUMA = np.array([0.11, 0.59, 0.3], np.float32)


def restyled(rng: np.random.Generator, crop: Floats) -> tuple[Floats, bool]:
    """Return the close-up `crop` (48, 48, 3) float32 BGR 0..255 changed, and whether its colours still tell
    the side.
    """
    crop = _light(rng, _focus(rng, crop))
    crop, told = _colours(rng, crop)
    if rng.random() < _NOISE:
        channels = 3 if rng.random() < 0.5 else 1
        grain = rng.normal(0, rng.uniform(2, 14), (*crop.shape[:2], channels)).astype(np.float32)
        crop = crop + grain
    return np.clip(_covered(rng, crop), -20, 300).astype(np.float32), told


def _focus(rng: np.random.Generator, crop: Floats) -> Floats:
    """Bolder or thinner strokes; a soft lens, or a telephone that sharpens until edges glow."""
    if rng.random() < _STROKES:
        side = 2 if rng.random() < 0.6 else 3
        change = cv2.erode if rng.random() < 0.5 else cv2.dilate
        crop = np.asarray(change(crop, np.ones((side, side), np.uint8)), np.float32)
    if rng.random() < _SHARPNESS:
        soft = np.asarray(cv2.GaussianBlur(crop, (0, 0), float(rng.uniform(0.4, 1.3))), np.float32)
        crop = soft if rng.random() < 0.5 else crop + np.float32(rng.uniform(0.5, 1.6)) * (crop - soft)
    return crop


def _light(rng: np.random.Generator, crop: Floats) -> Floats:
    """Another tone curve."""
    if rng.random() < _GAMMA:
        curve = np.float32(np.exp(rng.normal(0, 0.35)))
        crop = np.asarray(255 * np.clip(crop / 255, 0, 1) ** curve, np.float32)
    return crop


def _colours(rng: np.random.Generator, crop: Floats) -> tuple[Floats, bool]:
    """Fading, mixed channels, light writing for dark: a character stays what it is, its side does not."""
    told = True
    if rng.random() < _GREY:
        share = np.float32(rng.uniform(0.3, 1))
        crop, told = crop * (1 - share) + (crop @ _LUMA)[..., None] * share, False
    if rng.random() < _HUES:
        crop, told = crop @ (np.eye(3) + rng.normal(0, 0.12, (3, 3))).astype(np.float32), False
    if rng.random() < _INVERTED:
        crop, told = 255 - crop, False
    return crop, told


def _covered(rng: np.random.Generator, crop: Floats) -> Floats:
    """The edge of a shadow or of a glare, or a spot."""
    ys, xs = np.mgrid[0 : crop.shape[0], 0 : crop.shape[1]].astype(np.float32)
    if rng.random() < _SHADE:
        towards, x, y = rng.uniform(0, 2 * np.pi), *rng.uniform(8, 40, 2)
        away = (xs - x) * np.cos(towards) + (ys - y) * np.sin(towards)
        part = 1 / (1 + np.exp(-np.clip(away / rng.uniform(0.7, 6), -30, 30)))[..., None]
        if rng.random() < 0.7:
            crop = crop * (1 - part * rng.uniform(0.2, 0.65))
        else:
            crop = crop + part * rng.uniform(15, 80)
    if rng.random() < _SPOT:
        (x, y), (wide, high) = rng.uniform(4, 44, 2), rng.uniform(2, 8, 2)
        part = np.exp(-(((xs - x) / wide) ** 2) - ((ys - y) / high) ** 2)[..., None]
        crop = crop * (1 - part) + part * rng.uniform(0, 255)
    return np.asarray(crop, np.float32)
