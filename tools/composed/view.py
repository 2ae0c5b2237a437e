"""Where the camera stands: a pinhole above the board, turned and tilted as asked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.geometry import BOARD_CORNERS, project

__all__ = ["View", "look_at_board"]

Array = NDArray[np.float64]
_CENTRE = np.array([4.0, 4.5])


@dataclass(frozen=True)
class View:
    """`matrix` (3, 4) sends (x, y, z, 1) in cells (board frame, z up) to pixels; `size` (width, height)."""

    matrix: Array
    size: tuple[int, int]

    def plane(self, height: float = 0.0) -> Array:
        """The homography (3, 3) from board coordinates on the plane `height` cells up to pixels."""
        m = self.matrix
        return np.column_stack([m[:, 0], m[:, 1], m[:, 3] + height * m[:, 2]])

    @property
    def corners(self) -> Array:
        """Pixels (4, 2) of a9, i9, i0, a0."""
        return project(self.plane(), BOARD_CORNERS)


def look_at_board(
    size: tuple[int, int] = (1280, 720),
    *,
    tilt: float = 0.0,
    azimuth: float = np.pi / 2,
    fill: float = 0.92,
    focal: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
) -> View:
    """Look at the middle of the board from `tilt` radians off the vertical.

    `azimuth` is the direction, seen from the board, in which the camera stands (pi/2: behind red, who is
    then at the bottom of the picture); `fill` the share of the picture that the board with its border takes;
    `focal` the focal length over the picture's longer side; `shift` moves the board in the picture, in cells
    at the board's distance.
    """
    # Right-handed with z down, since y runs down the diagram; the last column of `matrix` turns z up again.
    forward = np.array([-np.sin(tilt) * np.cos(azimuth), -np.sin(tilt) * np.sin(azimuth), np.cos(tilt)])
    side = np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])
    rotation = np.stack([side, np.cross(forward, side), forward])
    pixels = focal * max(size)
    half = np.array(size) / 2
    rim = np.array([[-0.5, -0.5, 0], [8.5, -0.5, 0], [8.5, 9.5, 0], [-0.5, 9.5, 0]]) - np.append(_CENTRE, 0)
    seen = rim @ rotation.T
    near, far = 1.0 - seen[:, 2].min(), 1000.0
    for _ in range(40):
        distance = np.sqrt(near * far)
        extent = np.abs(pixels * seen[:, :2] / (seen[:, 2:] + distance) / half).max()
        near, far = (distance, far) if extent > fill else (near, distance)
    away = np.array([shift[0], shift[1], far]) - rotation @ np.append(_CENTRE, 0)
    inner = np.array([[pixels, 0, half[0] - 0.5], [0, pixels, half[1] - 0.5], [0, 0, 1.0]])
    outer = np.column_stack([rotation[:, 0], rotation[:, 1], -rotation[:, 2], away])
    return View(np.asarray(inner @ outer), size)
