"""Hands, sleeves, arms and things that lie about: of every colour, since nothing may hang on that of skin."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.composed.stage import Cover

__all__ = ["hand", "thing"]

Array = NDArray[np.float64]
Mask = NDArray[np.uint8]


def hand(
    size: tuple[int, int],
    pitch: float,
    target: tuple[float, float],
    rng: np.random.Generator,
    *,
    side: int | None = None,
) -> Cover:
    """A limb from the picture's edge to the pixel `target`: a forearm, a palm, some fingers, or a bare boom.

    `size` (width, height), `pitch` pixels of a cell; `side` 0..3 is the edge it comes from (top, right,
    bottom, left).
    """
    width, height = size
    mask = np.zeros((height, width), np.uint8)
    edge = int(rng.integers(4)) if side is None else side
    along = float(rng.uniform(-1.5, 1.5)) * pitch
    x, y = target
    outside = ((x + along, -60.0), (width + 60.0, y + along), (x + along, height + 60.0), (-60.0, y + along))
    start = np.array(outside[edge])
    tip = np.array(target, dtype=np.float64)
    back = (start - tip) / (np.hypot(*(start - tip)) + 1e-6)
    wrist = tip + back * pitch * rng.uniform(1.2, 2.2)
    thick = pitch * rng.uniform(0.5, 0.9)
    _limb(mask, start, wrist, thick * rng.uniform(1.0, 1.4), thick * 0.8)
    if rng.random() < 0.75:
        cv2.circle(mask, (int(wrist[0]), int(wrist[1])), int(thick), 255, -1, cv2.LINE_AA)
        normal = np.array([-back[1], back[0]])
        for _ in range(int(rng.integers(2, 5))):
            finger = tip + normal * rng.uniform(-0.45, 0.45) * pitch + back * rng.uniform(0, 0.3) * pitch
            _limb(mask, wrist, finger, 0.24 * pitch, 0.16 * pitch)
    else:
        _limb(mask, wrist, tip, thick * 0.8, thick * rng.uniform(0.3, 0.7))
    return _painted(mask, pitch, rng)


def thing(
    size: tuple[int, int], pitch: float, target: tuple[float, float], rng: np.random.Generator, reach: float
) -> Cover:
    """Something that lies at the pixel `target`, about `reach` cells across and touching no edge."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 9))))
    radius = 0.5 * reach * pitch * rng.uniform(0.7, 1.1, angles.size)
    outline = np.array(target) + np.stack([radius * np.cos(angles), radius * np.sin(angles)], 1)
    cv2.fillPoly(mask, [outline.astype(np.int32)], 255, cv2.LINE_AA)
    return _painted(mask, pitch, rng)


def _limb(mask: Mask, start: Array, end: Array, wide: float, narrow: float) -> None:
    along = end - start
    normal = np.array([-along[1], along[0]]) / (float(np.hypot(*along)) + 1e-6)
    ends = (start + normal * wide, end + normal * narrow, end - normal * narrow, start - normal * wide)
    outline = np.array(ends)
    cv2.fillConvexPoly(mask, outline.astype(np.int32), 255, cv2.LINE_AA)
    cv2.circle(mask, (int(end[0]), int(end[1])), max(1, int(narrow)), 255, -1, cv2.LINE_AA)


def _painted(mask: Mask, pitch: float, rng: np.random.Generator) -> Cover:
    base = rng.uniform(0.05, 0.95, 3).astype(np.float32)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    shade = np.minimum(0.55 + 0.45 * depth / np.float32(0.5 * pitch), 1.0)
    if rng.random() < 0.3:  # a striped sleeve
        stripes = np.sin(np.arange(mask.shape[1]) * 2 * np.pi / (pitch * rng.uniform(0.3, 0.9)))
        shade = np.minimum(shade * (1 + 0.25 * np.sign(stripes).astype(np.float32)[None, :]), 1.0)
    opacity = np.asarray(cv2.GaussianBlur(mask, (3, 3), 0), dtype=np.float32) / np.float32(255)
    return Cover(opacity, np.asarray(base * shade[:, :, None], dtype=np.float32))
