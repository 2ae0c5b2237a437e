"""Changes drawn pictures as other cameras, other paint and other light would have them."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["restyled", "restyled_board"]

Floats = NDArray[np.float32]

#: How often each change is made.
_STROKES, _SHARPNESS, _GAMMA, _GREY, _HUES, _INVERTED, _NOISE, _SHADE, _SPOT = (
    0.12, 0.25, 0.4, 0.3, 0.3, 0.06, 0.3, 0.25, 0.08,
)  # fmt: skip
_LUMA = np.array([0.11, 0.59, 0.3], np.float32)
#: The same of whole boards, whose men are two dozen pixels wide; `_EDGES` of shades, at most two.
_BOARD_SHARPNESS, _BOARD_FADED, _BOARD_INVERTED, _LAMP, _EDGES = 0.3, 0.25, 0.04, 0.3, 0.35
#: From this share of grey on, inks no longer part.
_COLOURLESS = 0.7


def restyled(rng: np.random.Generator, crop: Floats) -> tuple[Floats, bool]:
    """Return the close-up `crop` (48, 48, 3) float32 BGR 0..255 changed, and whether its colours still tell
    the side.
    """
    crop = _light(rng, _focus(rng, crop))
    crop, told = _colours(rng, crop)
    if rng.random() < _NOISE:
        crop = _grainy(rng, crop, 14)
    return np.clip(_covered(rng, crop), -20, 300).astype(np.float32), told


def restyled_board(rng: np.random.Generator, canvas: Floats) -> tuple[Floats, bool, bool]:
    """Return the rectified board `canvas` (264, 240, 3) float32 BGR 0..255 changed, whether a man's colours
    still tell its side, and whether they do beside those of the other men.
    """
    told = compared = True
    if rng.random() < _BOARD_SHARPNESS:
        canvas = _sharpness(rng, canvas, (0.3, 0.9))
    canvas = _light(rng, canvas)
    if rng.random() < _BOARD_FADED:
        share = float(rng.uniform(0.2, 0.9))
        canvas, told, compared = _faded(canvas, share), False, share < _COLOURLESS
    if rng.random() < _HUES:
        canvas, told = _mixed(rng, canvas, 0.1), False
    if rng.random() < _BOARD_INVERTED:
        canvas, told = 255 - canvas, False
    if rng.random() < _LAMP:
        canvas = canvas * rng.uniform(0.65, 1.3, 3).astype(np.float32)
    if rng.random() < _NOISE:
        canvas = _grainy(rng, canvas, 9)
    if rng.random() < _EDGES:
        for _ in range(int(rng.integers(1, 3))):
            canvas = _half_in_shade(rng, canvas)
    return canvas.astype(np.float32), told, compared


def _focus(rng: np.random.Generator, crop: Floats) -> Floats:
    """Bolder or thinner strokes; a soft lens, or a telephone that sharpens until edges glow."""
    if rng.random() < _STROKES:
        side = 2 if rng.random() < 0.6 else 3
        change = cv2.erode if rng.random() < 0.5 else cv2.dilate
        crop = np.asarray(change(crop, np.ones((side, side), np.uint8)), np.float32)
    if rng.random() < _SHARPNESS:
        crop = _sharpness(rng, crop, (0.4, 1.3))
    return crop


def _sharpness(rng: np.random.Generator, picture: Floats, softness: tuple[float, float]) -> Floats:
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(*softness))), np.float32)
    return soft if rng.random() < 0.5 else picture + np.float32(rng.uniform(0.5, 1.6)) * (picture - soft)


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
        crop, told = _faded(crop, float(rng.uniform(0.3, 1))), False
    if rng.random() < _HUES:
        crop, told = _mixed(rng, crop, 0.12), False
    if rng.random() < _INVERTED:
        crop, told = 255 - crop, False
    return crop, told


def _faded(picture: Floats, share: float) -> Floats:
    grey = (picture @ _LUMA)[..., None]
    return np.asarray(picture * np.float32(1 - share) + grey * np.float32(share), np.float32)


def _mixed(rng: np.random.Generator, picture: Floats, deviation: float) -> Floats:
    """Channels that see something of each other's colours."""
    return np.asarray(picture @ (np.eye(3) + rng.normal(0, deviation, (3, 3))).astype(np.float32))


def _grainy(rng: np.random.Generator, picture: Floats, coarsest: float) -> Floats:
    channels = 3 if rng.random() < 0.5 else 1
    grain = rng.normal(0, rng.uniform(2, coarsest), (*picture.shape[:2], channels))
    return picture + grain.astype(np.float32)


def _half_in_shade(rng: np.random.Generator, canvas: Floats) -> Floats:
    """A shade, or a lamp of its own colour, from a line across the board on."""
    height, width = canvas.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    towards, x, y = rng.uniform(0, 2 * np.pi), rng.uniform(0, width), rng.uniform(0, height)
    away = (xs - x) * np.cos(towards) + (ys - y) * np.sin(towards)
    part = 1 / (1 + np.exp(-np.clip(away / rng.uniform(0.8, 30), -30, 30)))[..., None]
    if rng.random() < 0.7:
        other = 1 - rng.uniform(0.15, 0.6) * rng.uniform(0.75, 1.25, 3)
    else:
        other = 1 + rng.uniform(0.1, 0.5) * rng.uniform(0.6, 1.4, 3)
    return np.asarray(canvas * (1 - part + part * np.clip(other, 0.2, 2.0)), np.float32)


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
