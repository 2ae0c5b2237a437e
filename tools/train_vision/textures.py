"""Random surfaces: wood, cloth, paper, paint. Pictures are float32 (H, W, 3), BGR, 0..1."""

import colorsys

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "colour", "noise", "surface"]

Floats = NDArray[np.float32]


def colour(
    rng: np.random.Generator,
    hue: tuple[float, float],
    saturation: tuple[float, float],
    value: tuple[float, float],
) -> Floats:
    """Draw a colour, (3,) BGR in 0..1, uniform in the given HSV ranges (hue in turns, may exceed 1)."""
    h, s, v = (rng.uniform(*span) for span in (hue, saturation, value))
    return np.array(colorsys.hsv_to_rgb(h % 1.0, s, v)[::-1], dtype=np.float32)


def noise(rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int]) -> Floats:
    """Return smooth noise of mean 0 in about -1..1: `cells` random values down and across, enlarged."""
    small = rng.uniform(-1, 1, (max(2, cells[0]), max(2, cells[1]))).astype(np.float32)
    return np.asarray(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def surface(
    rng: np.random.Generator, shape: tuple[int, int], base: Floats, kind: str | None = None
) -> Floats:
    """Return a textured surface of about the colour `base`, shape (*shape, 3).

    `kind`: wood, cloth, paper or plain; drawn when None.
    """
    if kind is None:
        kind = str(rng.choice(["wood", "cloth", "paper", "plain"], p=[0.5, 0.15, 0.2, 0.15]))
    height, width = shape
    value = 0.06 * rng.uniform(0, 1) * noise(rng, shape, (4, 4))
    if kind == "wood":
        value += _grain(rng, shape)
    elif kind == "cloth":
        period = rng.uniform(2.2, 6.0)
        across = np.sin(np.arange(width, dtype=np.float32) * (2 * np.pi / period))
        down = np.sin(np.arange(height, dtype=np.float32) * (2 * np.pi / period))
        value += rng.uniform(0.01, 0.05) * (across[None, :] + down[:, None])
        value += rng.uniform(0.01, 0.04) * noise(rng, shape, (height // 3, width // 3))
    elif kind == "paper":
        value += rng.uniform(0.01, 0.05) * noise(rng, shape, (height // 4, width // 4))
        value += rng.uniform(0.0, 0.05) * noise(rng, shape, (12, 12))
    picture = base[None, None, :] * (1.0 + value[:, :, None] * rng.uniform(1.0, 2.5))
    if rng.random() < 0.3:
        tint = noise(rng, shape, (5, 5))[:, :, None] * rng.uniform(-0.03, 0.03, 3).astype(np.float32)
        picture = picture + tint
    return np.asarray(picture, dtype=np.float32)


def _grain(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Wood grain: noise drawn out along one direction, and sometimes the rings of a flat cut."""
    width = shape[1]
    fine, long = int(rng.uniform(0.15, 0.6) * width), int(rng.uniform(2, 8))
    grain = rng.uniform(0.02, 0.09) * noise(rng, shape, (long, fine))
    grain += rng.uniform(0.01, 0.08) * noise(rng, shape, (int(rng.uniform(2, 5)), int(rng.uniform(8, 30))))
    if rng.random() < 0.5:
        phase = np.linspace(0, rng.uniform(15, 90), width, dtype=np.float32)[None, :]
        phase = phase + rng.uniform(2, 9) * noise(rng, shape, (4, 3))
        grain += rng.uniform(0.01, 0.06) * np.sin(phase)
    return grain if rng.random() < 0.5 else np.asarray(_turned(grain, shape), dtype=np.float32)


def _turned(grain: Floats, shape: tuple[int, int]) -> Floats:
    turned = cv2.resize(np.ascontiguousarray(grain.T), shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(turned, dtype=np.float32)
