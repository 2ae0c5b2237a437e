"""What light, lens, sensor and file format do to a picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_vision.textures import Floats, noise

__all__ = ["expose", "light"]

#: Share of pictures taken in the sun. Nets that saw fewer of its shadows took them for things on the board.
_SUNNY_SHARE = 0.3


def light(rng: np.random.Generator, picture: Floats) -> Floats:
    """Light the scene unevenly: a gradient, soft shadows of things outside the picture, spots of glare."""
    height, width = picture.shape[:2]
    field = 1.0 + rng.uniform(0, 0.35) * noise(rng, (height, width), (2, 2))
    if rng.random() < 0.35:
        shade = np.zeros((height // 4, width // 4), np.float32)
        corners = rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * (width // 4, height // 4)
        cv2.fillPoly(shade, [corners.astype(np.int32)], 1.0)
        shade = cv2.GaussianBlur(shade, (0, 0), float(rng.uniform(1, 12)))
        field *= 1.0 - rng.uniform(0.1, 0.55) * cv2.resize(shade, (width, height))
    if rng.random() < _SUNNY_SHARE:
        field *= 1.0 - rng.uniform(0.35, 0.75) * _hard_shade(rng, (height, width))
    lit = picture * field[:, :, None]
    if rng.random() < 0.25:
        ys, xs = np.mgrid[0:height:4, 0:width:4].astype(np.float32)
        for _ in range(int(rng.integers(1, 4))):
            x, y = rng.uniform(0, width), rng.uniform(0, height)
            wide, high = rng.uniform(0.02, 0.15, 2) * width
            spot = np.exp(-(((xs - x) / wide) ** 2) - ((ys - y) / high) ** 2) * rng.uniform(0.15, 0.8)
            lit = lit + cv2.resize(spot, (width, height))[:, :, None]
    return np.asarray(lit, dtype=np.float32)


def _hard_shade(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Shadows in the sun, (*shape,) 0..1: of a wall or a limb, with a sharp edge, or of leaves."""
    height, width = shape
    if rng.random() < 0.4:
        cells = int(rng.integers(4, 16))
        leaves = noise(rng, shape, (cells, round(cells * width / height)))
        shade = np.clip((leaves - rng.uniform(-0.3, 0.3)) * rng.uniform(2, 10) + 0.5, 0, 1)
    else:
        shade = np.zeros(shape, np.float32)
        for _ in range(int(rng.integers(1, 4))):
            corners = rng.uniform(-0.4, 1.4, (int(rng.integers(3, 6)), 2)) * (width, height)
            cv2.fillPoly(shade, [corners.astype(np.int32)], 1.0, cv2.LINE_AA)
    soft = cv2.GaussianBlur(shade.astype(np.float32), (0, 0), float(rng.uniform(0.5, 5)))
    return np.asarray(soft, dtype=np.float32)


def expose(rng: np.random.Generator, picture: Floats, pitch: float) -> NDArray[np.uint8]:
    """Take the picture: white balance, exposure, tone curve, blur, noise, sharpening, JPEG. Returns bytes.

    `pitch` is the side of a cell in pixels: what is blurred beyond reading teaches nothing.
    """
    picture = picture * _white_balance(rng) * rng.uniform(0.6, 1.15)
    picture = np.clip(picture, 0, 1.2) ** rng.uniform(0.75, 1.35)
    if rng.random() < 0.4:
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * rng.uniform(0.5, 1.4)
    if rng.random() < 0.04:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)  # a camera without colours
    if rng.random() < 0.3:
        floor = rng.uniform(0, 0.2)
        picture = floor + picture * (1 - floor)
    roll = rng.random()
    if roll < 0.45:
        picture = np.asarray(
            cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.2, 0.033 * pitch))), np.float32
        )
    elif roll < 0.55:
        length = int(rng.integers(2, max(3, round(0.12 * pitch))))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (0, int(rng.integers(length))), (length - 1, int(rng.integers(length))), 1.0)
        picture = np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)
    if rng.random() < 0.25:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
        picture = picture + rng.uniform(0.3, 1.2) * (picture - soft)
    grain = float(rng.uniform(0, 0.03))
    pattern = rng.standard_normal((64, picture.shape[1] + 64, 3), dtype=np.float32)
    rows = -(-picture.shape[0] // 64)
    tiled = np.concatenate([np.roll(pattern, int(rng.integers(64)), axis=1) for _ in range(rows)])
    noisy = picture + grain * tiled[: picture.shape[0], : picture.shape[1]]
    taken = np.asarray(np.clip(noisy, 0, 1) * 255, dtype=np.uint8)
    if rng.random() < 0.75:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 96))]
        return np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", taken, quality)[1], cv2.IMREAD_COLOR), dtype=np.uint8
        )
    return taken


def _white_balance(rng: np.random.Generator) -> Floats:
    """Return gains (3,) BGR of a light between 2500 and 8000 K that the camera corrected only in part."""
    warmth = rng.normal(0, 0.13)
    green = rng.normal(0, 0.04)
    return np.array([np.exp(-warmth), np.exp(green), np.exp(warmth)], dtype=np.float32)
