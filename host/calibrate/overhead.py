"""The camera above the board as a pinhole with a lens that bends, placed in the seat frame.

The camera's own frame has x to the right of the picture, y down and z out of the lens. Hung exactly as drawn
it looks straight down with the picture's top away from the robot. Distortion is Brown's model (Brown,
"Decentering distortion of lenses", 1966) with two radial and two tangential terms about the picture's middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["OverheadCamera", "Surface"]

Array = NDArray[np.float64]

_DOWN = np.diag([1.0, -1.0, -1.0])
_ROUNDS = 12


@dataclass(frozen=True)
class OverheadCamera:
    """`focal` in pixels; `lens`: k1, k2, p1, p2; `turn`: rotation vector (3,) from the drawn direction, rad;
    `place`: centre of the lens in the seat frame (3,), metres; `size`: width and height of its pictures.
    """

    focal: float
    lens: tuple[float, float, float, float]
    turn: tuple[float, float, float]
    place: tuple[float, float, float]
    size: tuple[int, int]

    @property
    def middle(self) -> Array:
        """Where the optical axis meets the picture (2,), pixels."""
        return np.array([(self.size[0] - 1) / 2, (self.size[1] - 1) / 2])

    def project(self, points: Array) -> Array:
        """Pixels (N, 2) of points (N, 3) in the seat frame, metres."""
        seen = (points - np.array(self.place)) @ self._axes().T
        return self._bend(seen[:, :2] / seen[:, 2:]) * self.focal + self.middle

    def on_plane(self, pixels: Array, heights: Array | float) -> Array:
        """Where in the seat frame (N, 2) what is seen at `pixels` (N, 2) lies, if it is `heights` up (m)."""
        bent = (np.asarray(pixels, dtype=np.float64) - self.middle) / self.focal
        straight = bent
        for _ in range(_ROUNDS):
            straight = straight + bent - self._bend(straight)
        rays = np.column_stack([straight, np.ones(len(straight))]) @ self._axes()
        reach = (np.asarray(heights, dtype=np.float64) - self.place[2]) / rays[:, 2]
        return np.asarray(np.array(self.place[:2]) + rays[:, :2] * reach[:, None])

    def _axes(self) -> Array:
        return np.asarray(cv2.Rodrigues(np.array(self.turn))[0] @ _DOWN, dtype=np.float64)

    def _bend(self, straight: Array) -> Array:
        first, second, p1, p2 = self.lens
        x, y = straight[:, 0], straight[:, 1]
        square = x * x + y * y
        scale = 1.0 + first * square + second * square * square
        return np.column_stack(
            [
                x * scale + 2 * p1 * x * y + p2 * (square + 2 * x * x),
                y * scale + p1 * (square + 2 * y * y) + 2 * p2 * x * y,
            ]
        )


@dataclass(frozen=True)
class Surface:
    """How a board is warped: bow, cup and twist (m), heights at the edges of `half` (half width, half depth,
    m) over the flat board through its middle. A plane that fits it is no warp: it is where heights begin.
    """

    bow: float
    cup: float
    twist: float
    half: tuple[float, float]

    def heights(self, points: Array) -> Array:
        """Heights (N,) at points (N, 2) of the seat frame, metres; the last ones go on beside the board."""
        u = np.clip(points[:, 0] / self.half[0], -1.1, 1.1)
        v = np.clip(points[:, 1] / self.half[1], -1.1, 1.1)
        return np.asarray(self.bow * (u * u - 1 / 3) + self.cup * (v * v - 1 / 3) + self.twist * u * v)
