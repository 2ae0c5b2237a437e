"""Fits the 9 x 10 lattice of the board to a map of crossings."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE, project

__all__ = ["Crossings", "LatticeFit", "best_lattice", "fit_lattice"]

Array = NDArray[np.float64]

#: Points one cell outside the lattice, where no crossing may be seen, shape (42, 2).
_RING: Array = np.array(
    [[x, y] for y in range(-1, 11) for x in range(-1, 10) if x in {-1, 9} or y in {-1, 10}], dtype=np.float64
)
_SEEN = 0.25
_ROUNDS = 4
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
        found, peak = self._indices(pixels), np.zeros(len(pixels))
        height, width = self.probability.shape
        for index, (place, half) in enumerate(zip(self._indices(pixels), reach / self.stride, strict=True)):
            left, top = (int(np.ceil(value - half)) for value in place)
            right, bottom = (int(np.floor(value + half)) + 1 for value in place)
            left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
            if right <= left or bottom <= top:
                continue
            window = self.probability[top:bottom, left:right]
            row, column = np.unravel_index(int(window.argmax()), window.shape)
            peak[index] = window[row, column]
            y0, x0 = top + int(row), left + int(column)
            rows = slice(max(0, y0 - 2), min(height, y0 + 3))
            columns = slice(max(0, x0 - 2), min(width, x0 + 3))
            mass = self.probability[rows, columns] ** 2
            ys, xs = np.mgrid[rows, columns]
            total = float(mass.sum()) + 1e-12
            found[index] = float((xs * mass).sum()) / total, float((ys * mass).sum()) / total
        return found * self.stride + (self.stride - 1) / 2, peak

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
    scores = [_contrast(crossings, option) for option in options]
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
    confidence = float(np.clip(_contrast(crossings, homography), 0.0, 1.0)) if used >= 8 else 0.0
    return LatticeFit(homography, residual, confidence, used)


def _shift(dx: float, dy: float) -> Array:
    return np.array([[1.0, 0, dx], [0, 1, dy], [0, 0, 1]])


def _contrast(crossings: Crossings, homography: Array) -> float:
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
        change = np.linalg.lstsq(system, aim, rcond=None)[0]
        current = current + np.append(change, 0.0).reshape(3, 3)
    return np.asarray(current)
