"""Things in front of the board: hands and sleeves, robot arms, cables, patches of anything."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_vision.textures import Floats, colour, surface

__all__ = ["Cover", "draw_cover"]

Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Cover:
    """`opacity` (H, W) 0..1 and `paint` (H, W, 3) of something in front of the scene."""

    opacity: Floats
    paint: Floats


def draw_cover(
    rng: np.random.Generator, size: tuple[int, int], pitch: float, target: tuple[float, float]
) -> Cover:
    """Draw one occluder that reaches to about the pixel `target`; `pitch` is the cell side in pixels."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    roll = rng.random()
    if roll < 0.45:
        _hand(rng, mask, pitch, target)
    elif roll < 0.75:
        _arm(rng, mask, pitch, target)
    elif roll < 0.85:
        _cable(rng, mask, pitch, target)
    else:
        _patch(rng, mask, pitch, target)
    opacity = np.asarray(cv2.GaussianBlur(mask, (3, 3), 0), dtype=np.float32) / 255.0
    return Cover(opacity, _paint(rng, mask, pitch))


def _paint(rng: np.random.Generator, mask: Bytes, pitch: float) -> Floats:
    roll = rng.random()
    if roll < 0.35:
        base = colour(rng, (0.02, 0.1), (0.2, 0.7), (0.25, 1.0))
    elif roll < 0.65:
        base = colour(rng, (0, 1), (0, 0.15), (0.03, 1.0))
    else:
        base = colour(rng, (0, 1), (0.2, 1.0), (0.1, 1.0))
    paint = surface(rng, (mask.shape[0], mask.shape[1]), base, None if rng.random() < 0.4 else "plain")
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    round_shade = 0.55 + 0.45 * np.clip(depth / (pitch * rng.uniform(0.2, 0.6)), 0, 1)
    if rng.random() < 0.15:
        stripes = np.sin(np.arange(mask.shape[1]) * 2 * np.pi / (pitch * rng.uniform(0.2, 0.8)))
        round_shade = round_shade * (1 + 0.3 * np.sign(stripes)[None, :])
    return np.asarray(np.clip(paint * round_shade[:, :, None], 0, 1), dtype=np.float32)


def _edge_point(rng: np.random.Generator, mask: Bytes) -> Array:
    height, width = mask.shape
    along = rng.uniform(-0.1, 1.1)
    outside = (
        (along * width, -40),
        (along * width, height + 40),
        (-40, along * height),
        (width + 40, along * height),
    )
    return np.array(outside[int(rng.integers(4))])


def _stroke(mask: Bytes, start: Array, end: Array, wide: float, narrow: float) -> None:
    """Fill a tapered limb with round ends."""
    along = end - start
    length = float(np.hypot(*along)) + 1e-6
    normal = np.array([-along[1], along[0]]) / length
    outline = np.array(
        [start + normal * wide, end + normal * narrow, end - normal * narrow, start - normal * wide]
    )
    cv2.fillConvexPoly(mask, outline.astype(np.int32), 255, cv2.LINE_AA)
    for centre, radius in ((start, wide), (end, narrow)):
        cv2.circle(mask, (int(centre[0]), int(centre[1])), max(1, int(radius)), 255, -1, cv2.LINE_AA)


def _hand(rng: np.random.Generator, mask: Bytes, pitch: float, target: tuple[float, float]) -> None:
    tip = np.array(target)
    start = _edge_point(rng, mask)
    back = (start - tip) / (np.hypot(*(start - tip)) + 1e-6)
    palm = tip + back * pitch * rng.uniform(1.6, 2.6)
    _stroke(mask, start, palm, pitch * rng.uniform(0.7, 1.3), pitch * rng.uniform(0.6, 1.0))
    cv2.circle(mask, (int(palm[0]), int(palm[1])), int(pitch * rng.uniform(0.8, 1.2)), 255, -1, cv2.LINE_AA)
    side = np.array([-back[1], back[0]])
    for finger in range(int(rng.integers(1, 6))):
        root = palm + side * pitch * (finger - 2) * 0.35
        end = tip + side * pitch * (finger - 2) * rng.uniform(0.1, 0.5) + rng.normal(0, 0.25 * pitch, 2)
        middle = (root + end) / 2 + rng.normal(0, 0.2 * pitch, 2)
        _stroke(mask, root, middle, pitch * 0.24, pitch * 0.21)
        _stroke(mask, middle, end, pitch * 0.21, pitch * 0.16)


def _arm(rng: np.random.Generator, mask: Bytes, pitch: float, target: tuple[float, float]) -> None:
    tip = np.array(target)
    start = _edge_point(rng, mask)
    elbow = (start + tip) / 2 + rng.normal(0, 1.5 * pitch, 2)
    width = pitch * rng.uniform(0.3, 0.9)
    _stroke(mask, start, elbow, width, width * rng.uniform(0.7, 1.0))
    _stroke(mask, elbow, tip, width * rng.uniform(0.7, 1.0), width * rng.uniform(0.4, 0.9))
    if rng.random() < 0.5:
        box = cv2.boxPoints(
            (tip.tolist(), (float(width * 2), float(width * rng.uniform(1.5, 3))), float(rng.uniform(0, 180)))
        )
        cv2.fillConvexPoly(mask, box.astype(np.int32), 255, cv2.LINE_AA)


def _cable(rng: np.random.Generator, mask: Bytes, pitch: float, target: tuple[float, float]) -> None:
    points = np.array(
        [
            _edge_point(rng, mask),
            np.array(target) + rng.normal(0, 2 * pitch, 2),
            np.array(target),
            _edge_point(rng, mask),
        ]
    )
    steps = np.linspace(0, 1, 40)[:, None]
    curve = (
        (1 - steps) ** 3 * points[0]
        + 3 * (1 - steps) ** 2 * steps * points[1]
        + 3 * (1 - steps) * steps**2 * points[2]
        + steps**3 * points[3]
    )
    cv2.polylines(
        mask, [curve.astype(np.int32)], False, 255, max(1, int(pitch * rng.uniform(0.05, 0.2))), cv2.LINE_AA
    )


def _patch(rng: np.random.Generator, mask: Bytes, pitch: float, target: tuple[float, float]) -> None:
    angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 12))))
    radius = pitch * rng.uniform(0.4, 2.2) * rng.uniform(0.6, 1.2, angles.size)
    outline = np.array(target) + np.stack([radius * np.cos(angles), radius * np.sin(angles)], 1)
    cv2.fillPoly(mask, [outline.astype(np.int32)], 255, cv2.LINE_AA)
