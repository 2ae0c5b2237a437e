"""The board's surface: wood that warped a little, the same for what stands on it and for what is seen.

Heights are those above the table, metres, in the seat frame; the lowest place of the board touches the table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from host.arm.robot import Robot
from host.twin.noise import BoardNoise
from host.twin.pictures import board_size

__all__ = ["Surface"]

# Vertices every 20 mm: between them a warp of a millimetre is flat to a few micrometres.
_SPACING_M = 0.020


class Surface:
    """A bow or a twist of second order, drawn from `rng`, `warp_mm` from its lowest to its highest place."""

    def __init__(self, robot: Robot, noise: BoardNoise, rng: np.random.Generator) -> None:
        self.wide_m, self.deep_m = board_size(robot)
        self.columns, self.rows = (
            round(size / _SPACING_M) + 1 for size in (self.wide_m, self.deep_m)
        )
        self.warp_m = noise.warp_mm * 1e-3
        self._bends = rng.normal(0.0, 1.0, 3)
        self._low, self._high = 0.0, 1.0
        shape = self._shape(*self.grid())
        self._low, self._high = float(shape.min()), float(shape.max())

    def grid(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Vertices (rows, columns) of the surface: x and y, metres, from the near left corner."""
        x = np.linspace(-self.wide_m / 2, self.wide_m / 2, self.columns)
        y = np.linspace(-self.deep_m / 2, self.deep_m / 2, self.rows)
        across, along = np.meshgrid(x, y)
        return across, along

    def heights(self) -> NDArray[np.float64]:
        """Heights (rows, columns) of the vertices."""
        return self._heights(*self.grid())

    def height(self, x: float, y: float) -> float:
        """Height at a point of the seat frame; 0 beside the board."""
        if abs(x) > self.wide_m / 2 or abs(y) > self.deep_m / 2:
            return 0.0
        return float(self._heights(np.array(x), np.array(y)))

    def highest_within(self, x: float, y: float, radius: float) -> float:
        """The highest place under a disc, which is where a flat piece first touches."""
        turns = np.linspace(0.0, 2.0 * np.pi, 13)
        places = [(x, y), *zip(x + radius * np.cos(turns), y + radius * np.sin(turns), strict=True)]
        return max(self.height(float(px), float(py)) for px, py in places)

    def assets(self) -> str:
        """MuJoCo assets called "board": as it is felt (a height field) and as it is seen (a mesh)."""
        x, y = self.grid()
        heights = self.heights()
        rows, columns = heights.shape
        most = max(self.warp_m, 1e-6)  # a height field is written from its far row to its near one
        points = np.stack([x, y, heights], axis=-1).reshape(-1, 3)
        across, along = np.linspace(0.0, 1.0, columns), np.linspace(1.0, 0.0, rows)
        texture = np.stack(np.meshgrid(across, along), axis=-1).reshape(-1, 2)
        corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
        lower = np.column_stack([corner, corner + 1, corner + columns + 1])
        upper = np.column_stack([corner, corner + columns + 1, corner + columns])
        faces = " ".join(str(int(index)) for index in np.concatenate([lower, upper]).ravel())
        return (
            f'<hfield name="board" nrow="{rows}" ncol="{columns}" elevation="{_rows(heights[::-1] / most)}" '
            f'size="{self.wide_m / 2} {self.deep_m / 2} {most} 0.003"/>'
            f'<mesh name="board" inertia="shell" vertex="{_rows(points)}" texcoord="{_rows(texture)}" '
            f'face="{faces}"/>'
        )

    def _heights(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        share = (self._shape(x, y) - self._low) / (self._high - self._low)
        return np.asarray(self.warp_m * np.clip(share, 0.0, 1.0))

    def _shape(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        u, v = 2.0 * x / self.wide_m, 2.0 * y / self.deep_m
        bow, cup, twist = self._bends
        return np.asarray(bow * u * u + cup * v * v + twist * u * v)


def _rows(values: NDArray[np.float64]) -> str:
    return " ".join(f"{value:.6g}" for value in values.ravel())
