"""The arm's own marker in a picture: the centre of its black dot, to a few hundredths of a pixel."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from host.arm.marker import DISC_RADIUS, DOT_RADIUS

__all__ = ["find_dot"]

_REACH = 1.0
"""Radii of the disc in which the marker is looked for."""
_LEAST_LIKENESS = 0.75
_LEAST_CONTRAST = 40.0
_MOST_EMPTY = 0.15
_ROUNDS = 4


def find_dot(
    image: NDArray[np.uint8], near: tuple[float, float], pixels_per_m: float
) -> tuple[float, float] | None:
    """Centre of the dot in `image` (H, W, 3) uint8 BGR, pixels, or None where none can be seen whole.

    `near` is where it should be, to about a radius; `pixels_per_m` how large it is seen.
    """
    disc, dot = DISC_RADIUS * pixels_per_m, DOT_RADIUS * pixels_per_m
    half = math.ceil((1.0 + _REACH) * disc)
    left, top = max(0, round(near[0]) - half), max(0, round(near[1]) - half)
    part = image[top : max(0, round(near[1]) + half + 1), left : max(0, round(near[0]) + half + 1)]
    drawn = _drawn(disc, dot)
    if min(part.shape[:2]) < len(drawn):
        return None
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY).astype(np.float32)
    likeness = cv2.matchTemplate(grey, drawn, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(likeness)
    if best < _LEAST_LIKENESS:
        return None
    reach = (len(drawn) - 1) / 2
    centre = _weigh(grey, np.array([at[0] + reach, at[1] + reach]), disc, dot)
    return None if centre is None else (float(centre[0] + left), float(centre[1] + top))


def _drawn(disc: float, dot: float) -> NDArray[np.float32]:
    reach = math.ceil(0.9 * disc)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    away = np.hypot(columns, rows)
    return np.asarray(np.clip(away - dot + 0.5, 0.0, 1.0) * (away < disc), dtype=np.float32)


def _weigh(
    grey: NDArray[np.float32], centre: NDArray[np.float64], disc: float, dot: float
) -> NDArray[np.float64] | None:
    """The centre of gravity of the dark, in a round window that follows it."""
    rows, columns = np.mgrid[: grey.shape[0], : grey.shape[1]]
    edge = (dot + disc) / 2
    for _ in range(_ROUNDS):
        away = np.hypot(columns - centre[0], rows - centre[1])
        ink = float(np.median(grey[away < 0.6 * dot]))
        paper = float(np.median(grey[np.abs(away - edge) < 0.25 * (disc - dot)]))
        if paper - ink < _LEAST_CONTRAST:
            return None
        dark = np.clip((paper - grey) / (paper - ink), 0.0, 1.0)
        # A grey rim of the window stands for grain and light, not for ink.
        dark = np.where(dark < _MOST_EMPTY, 0.0, dark) * np.clip(edge + 0.5 - away, 0.0, 1.0)
        mass = float(dark.sum())
        if not 0.75 < mass / (math.pi * dot * dot) < 1.3:
            return None
        centre = np.array([(dark * columns).sum() / mass, (dark * rows).sum() / mass])
    return centre
