"""Views of the board: a pinhole camera somewhere above it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Camera", "draw_camera"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """`matrix` (3, 4) sends (x, y, z, 1) in cells (board frame, z up) to pixels; `size` (width, height)."""

    matrix: Array
    size: tuple[int, int]

    def plane(self, height: float = 0.0) -> Array:
        """Return the homography (3, 3) of the plane `height` cells above the board."""
        return np.asarray(
            np.column_stack(
                [self.matrix[:, 0], self.matrix[:, 1], self.matrix[:, 3] + height * self.matrix[:, 2]]
            )
        )


def draw_camera(rng: np.random.Generator, size: tuple[int, int]) -> Camera:
    """Draw a camera of `size` (width, height) that sees most or all of the board."""
    roll = rng.random()
    if roll < 0.4:
        tilt = np.radians(abs(rng.normal(0, 4)))
    elif roll < 0.75:
        tilt = np.radians(rng.uniform(5, 30))
    else:
        tilt = np.radians(rng.uniform(25, 53))
    # Where the camera stands around the board, and how it is rolled about its own axis.
    azimuth = (
        rng.integers(0, 4) * np.pi / 2 + rng.normal(0, 0.12)
        if rng.random() < 0.6
        else rng.uniform(0, 2 * np.pi)
    )
    roll_angle = rng.normal(0, 0.06) if rng.random() < 0.8 or tilt > 0.4 else rng.uniform(0, 2 * np.pi)
    focal = rng.uniform(0.65, 1.5) * max(size)
    roll = rng.random()
    if roll < 0.67:
        fill = rng.triangular(0.35, 0.95, 0.99)
    else:
        fill = rng.uniform(0.28, 0.6) if roll < 0.9 else rng.uniform(0.99, 1.12)

    # World axes: x, y of the board and z up would be left-handed (y runs down the diagram), so z down.
    forward = np.array([-np.sin(tilt) * np.cos(azimuth), -np.sin(tilt) * np.sin(azimuth), np.cos(tilt)])
    side = np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])
    down = np.cross(forward, side)
    rotation = np.stack([side, down, forward])
    turn = np.array(
        [[np.cos(roll_angle), -np.sin(roll_angle), 0], [np.sin(roll_angle), np.cos(roll_angle), 0], [0, 0, 1]]
    )
    rotation = turn @ rotation
    aim = np.array([4.0, 4.5, 0.0]) + np.append(rng.normal(0, 0.15, 2), 0)
    corners = np.array([[x, y, 0.0] for x, y in ((-0.4, -0.4), (8.4, -0.4), (8.4, 9.4), (-0.4, 9.4))])
    half = np.array(size) / 2

    def reach(distance: float) -> float:
        seen = (corners - aim) @ rotation.T + np.array([0, 0, distance])
        if (seen[:, 2] < 0.5).any():
            return 1e9
        return float((np.abs(focal * seen[:, :2] / seen[:, 2:]) / half).max())

    near, far = 2.0, 400.0
    for _ in range(30):
        middle = np.sqrt(near * far)
        near, far = (middle, far) if reach(middle) > fill else (near, middle)
    offset = -rotation @ aim + np.array([0, 0, far])
    intrinsic = np.array([[focal, 0, (size[0] - 1) / 2], [0, focal, (size[1] - 1) / 2], [0, 0, 1.0]])
    slack = (1 - min(1.0, fill)) * half * rng.uniform(-0.9, 0.9, 2)
    intrinsic[:2, 2] += slack * 0.5
    world = np.column_stack([rotation[:, 0], rotation[:, 1], -rotation[:, 2], offset])
    return Camera(np.asarray(intrinsic @ world), size)
