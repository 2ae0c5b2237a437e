"""What light and lens do to a composed picture, one thing at a time. Pictures are (H, W, 3) float32 BGR
0..1.
"""

import cv2
import numpy as np

from tools.composed.looks import Floats
from tools.composed.stage import Condition

__all__ = ["blurred", "dimmed", "glare", "shadow", "tinted"]


def dimmed(gain: float) -> Condition:
    """All light by `gain`."""
    return lambda picture: np.asarray(picture * np.float32(gain), dtype=np.float32)


def tinted(warmth: float) -> Condition:
    """A lamp warmer than the camera corrected: red by e^warmth, blue by e^-warmth."""
    gains = np.array([np.exp(-warmth), 1.0, np.exp(warmth)], dtype=np.float32)
    return lambda picture: np.asarray(picture * gains, dtype=np.float32)


def blurred(sigma: float) -> Condition:
    """Out of focus by a Gaussian of `sigma` pixels."""
    return lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.float32)


def shadow(rng: np.random.Generator, strength: float, *, soft: float = 8.0) -> Condition:
    """A shadow of something outside the picture, with an edge `soft` pixels wide."""
    corners = rng.uniform(-0.2, 1.2, (int(rng.integers(3, 6)), 2))

    def cast(picture: Floats) -> Floats:
        height, width = picture.shape[:2]
        mask = np.zeros((height, width), np.float32)
        cv2.fillPoly(mask, [(corners * (width, height)).astype(np.int32)], 1.0)
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), soft), np.float32)
        return np.asarray(picture * (1 - strength * mask[:, :, None]), dtype=np.float32)

    return cast


def glare(centre: tuple[float, float], reach: float, strength: float) -> Condition:
    """A lamp reflected at the pixel `centre`, `reach` pixels wide; a strength above 1 washes the middle
    out.
    """

    def shine(picture: Floats) -> Floats:
        height, width = picture.shape[:2]
        ys, xs = np.mgrid[0:height:4, 0:width:4].astype(np.float32)
        spot = np.exp(-((xs - centre[0]) ** 2 + (ys - centre[1]) ** 2) / (2 * reach**2)) * strength
        light = cv2.resize(spot, (width, height))[:, :, None]
        return np.asarray(picture + light, dtype=np.float32)

    return shine
