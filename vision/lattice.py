"""Fits the 9 x 10 lattice of the board to a map of crossings."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE, project, unproject

__all__ = [
    "Crossings",
    "LatticeFit",
    "best_lattice",
    "crossings_on_board",
    "fit_lattice",
    "lattice_contrast",
]

Array = NDArray[np.float64]

#: Points one cell outside the lattice, where no crossing may be seen, shape (42, 2).
_RING: Array = np.array(
    [[x, y] for y in range(-1, 11) for x in range(-1, 10) if x in {-1, 9} or y in {-1, 10}], dtype=np.float64
)
_SEEN = 0.25
_ROUNDS = 4
#: No crossing is looked for farther off than this many values of the map.
_WIDEST = 12.0
#: Scale of the Cauchy weight in cells: crossings farther off than a tenth of a cell count little.
_ROBUST_CELLS = 0.04


@dataclass(frozen=True)
class Crossings:
    """A map of crossing probabilities, (h, w) 0..1, with a value for every `stride` pixels.

    The value (row, column) lies at pixel `stride` * (column, row) + (`stride` - 1) / 2.
    """

    probability: Array
    stride: int

    def at(self, pixels: Array) -> Array:
        """Return the probability at pixel positions (N, 2); 0 outside the map."""
        places = self._indices(pixels).astype(np.float32)
        values = cv2.remap(
            self.probability.astype(np.float32),
            places[:, 0][:, None],
            places[:, 1][:, None],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
        )
        return np.asarray(values[:, 0], dtype=np.float64)

    def near(self, pixels: Array, reach: Array) -> tuple[Array, Array]:
        """Find the crossing near each pixel position.

        `reach` (N,) is the window's half width in pixels. Returns the crossings' pixel positions (N, 2), by
        the centre of mass about the window's highest value, and their highest probability (N,).
        """
        places = self._indices(pixels)
        half = np.minimum(np.asarray(reach) / self.stride, _WIDEST)
        middle = np.round(np.where(np.isfinite(places), places, -1e6)).astype(np.int64)
        side = np.arange(-int(np.ceil(half.max(initial=0.0))), int(np.ceil(half.max(initial=0.0))) + 1)
        xs, ys = (middle[:, axis, None] + side for axis in (0, 1))
        near_x, near_y = (
            np.abs(index - places[:, axis, None]) <= half[:, None] for axis, index in ((0, xs), (1, ys))
        )
        window, inside = self._taken(xs, ys)
        allowed = inside & near_y[:, :, None] & near_x[:, None, :]
        flat = np.where(allowed, window, -1.0).reshape(len(places), -1)
        best = flat.argmax(axis=1)
        peak = np.maximum(flat[np.arange(len(places)), best], 0.0)
        row, column = np.divmod(best, len(side))
        around = np.arange(-2, 3)
        rows = np.arange(len(places))
        xs, ys = xs[rows, column][:, None] + around, ys[rows, row][:, None] + around
        mass, inside = self._taken(xs, ys)
        mass = np.where(inside, mass, 0.0) ** 2
        total = mass.sum(axis=(1, 2)) + 1e-12
        centre = np.stack(
            [(mass.sum(axis=1) * xs).sum(axis=1) / total, (mass.sum(axis=2) * ys).sum(axis=1) / total], axis=1
        )
        found = np.where((peak > 0)[:, None], centre, places)
        return found * self.stride + (self.stride - 1) / 2, peak

    def _taken(self, xs: NDArray[np.int64], ys: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
        """Values (n, h, w) at columns `xs` (n, w) and rows `ys` (n, h), and which of them are in the map."""
        height, width = self.probability.shape
        inside = ((ys >= 0) & (ys < height))[:, :, None] & ((xs >= 0) & (xs < width))[:, None, :]
        rows, columns = np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)
        return self.probability[rows[:, :, None], columns[:, None, :]], inside

    def _indices(self, pixels: Array) -> Array:
        return (np.asarray(pixels, dtype=np.float64) - (self.stride - 1) / 2) / self.stride


@dataclass(frozen=True)
class LatticeFit:
    """`homography` (3, 3) board to pixel of the map's picture; `vision.locate.Located` explains the rest."""

    homography: Array
    residual_cells: float
    confidence: float
    crossings_used: int


def best_lattice(crossings: Crossings, homography: Array) -> Array:
    """Return the homography or its best neighbour: shifted by a cell, or with files and ranks exchanged.

    The best has crossings on all of its points and none in the ring of points just outside.
    """
    options = [homography @ _shift(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    quarter = _shift(4.0, 4.5) @ np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]) @ _shift(-4.0, -4.5)
    options += [homography @ quarter @ _shift(dx, dy) for dx in (-0.5, 0.5) for dy in (-0.5, 0.5)]
    scores = [lattice_contrast(crossings, option) for option in options]
    # The given lattice stays unless another is clearly better.
    scores[4] += 0.03
    return options[int(np.argmax(scores))]


def fit_lattice(crossings: Crossings, homography: Array) -> LatticeFit:
    """Refine `homography` on the crossings seen near its lattice points."""
    residual, used = 0.0, 0
    for turn in range(_ROUNDS):
        expected = project(homography, LATTICE)
        pitch = _local_pitch(homography)
        seen, peak = crossings.near(expected, pitch * (0.45 if turn == 0 else 0.3))
        good = peak > _SEEN
        used = int(good.sum())
        if used < 8:
            break
        homography = _refined(homography, LATTICE[good], seen[good], peak[good] ** 2, pitch[good])
        off = np.hypot(*(project(homography, LATTICE[good]) - seen[good]).T) / pitch[good]
        weight = peak[good] / (1 + (off / _ROBUST_CELLS) ** 2)
        residual = float(np.sqrt((weight * off**2).sum() / weight.sum()))
    confidence = float(np.clip(lattice_contrast(crossings, homography), 0.0, 1.0)) if used >= 8 else 0.0
    return LatticeFit(homography, residual, confidence, used)


def crossings_on_board(crossings: Crossings, homography: Array) -> tuple[Array, Array]:
    """Where the crossings near the 90 points were seen, in board coordinates (90, 2), how surely (90,)."""
    seen, peak = crossings.near(project(homography, LATTICE), _local_pitch(homography) * 0.45)
    return unproject(homography, seen), np.where(peak > _SEEN, peak, 0.0)


def _shift(dx: float, dy: float) -> Array:
    return np.array([[1.0, 0, dx], [0, 1, dy], [0, 0, 1]])


def lattice_contrast(crossings: Crossings, homography: Array) -> float:
    """Mean probability on the lattice less the ring's; square roots: many fair ones beat few sure."""
    points = np.concatenate([LATTICE, _RING])
    depth = np.column_stack([points, np.ones(len(points))]) @ homography[2]
    if not ((depth > 0).all() or (depth < 0).all()):
        return -1.0
    value = np.sqrt(crossings.at(project(homography, points)))
    return float(value[:90].mean() - value[90:].mean())


def _local_pitch(homography: Array) -> Array:
    """Length in pixels of the shorter side of a cell centred on each lattice point, (90,)."""
    half_x, half_y = np.array([0.5, 0.0]), np.array([0.0, 0.5])
    across = project(homography, LATTICE + half_x) - project(homography, LATTICE - half_x)
    down = project(homography, LATTICE + half_y) - project(homography, LATTICE - half_y)
    return np.asarray(np.minimum(np.hypot(*across.T), np.hypot(*down.T)))


def _refined(homography: Array, board: Array, pixels: Array, weight: Array, pitch: Array) -> Array:
    """Gauss-Newton on the eight parameters with Cauchy weights; distances count in cells."""
    current = homography / homography[2, 2]
    for _ in range(4):
        homogeneous = np.column_stack([board, np.ones(len(board))])
        sent = homogeneous @ current.T
        depth = sent[:, 2:]
        guess = sent[:, :2] / depth
        error = (pixels - guess) / pitch[:, None]
        robust = weight / (1 + (error**2).sum(axis=1) / _ROBUST_CELLS**2)
        step = homogeneous / depth
        zero = np.zeros_like(step)
        rows_x = np.hstack([step, zero, -guess[:, :1] * step[:, :2]])
        rows_y = np.hstack([zero, step, -guess[:, 1:] * step[:, :2]])
        scale = (np.sqrt(robust) / pitch)[:, None]
        system = np.vstack([rows_x * scale, rows_y * scale])
        aim = np.concatenate([error[:, 0], error[:, 1]]) * np.tile(np.sqrt(robust), 2)
        change = np.linalg.lstsq(system.T @ system, system.T @ aim, rcond=None)[0]
        current = current + np.append(change, 0.0).reshape(3, 3)
    return np.asarray(current)
