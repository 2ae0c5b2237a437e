"""Fits the 9 x 10 lattice of the board to a map of crossings."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE, project, unproject

__all__ = [
    "Crossings",
    "LatticeFit",
    "crossings_on_board",
    "fit_lattice",
    "lattice_contrast",
    "lattice_doubt",
    "local_pitch",
]

Array = NDArray[np.float64]

#: Points one cell outside the lattice, where no crossing may be seen, shape (42, 2).
_RING: Array = np.array(
    [[x, y] for y in range(-1, 11) for x in range(-1, 10) if x in {-1, 9} or y in {-1, 10}], dtype=np.float64
)
#: The lattice with one more line on every side, by rank, shape (132, 2).
_WIDE: Array = np.array([[x, y] for y in range(-1, 11) for x in range(-1, 10)], dtype=np.float64)
#: An edge of the board seen less than so, and a line beyond it seen more than so, cost contrast. Set on drawn
#: boards, so that three in two hundred wrong lattices stayed.
_EDGE, _EDGE_DOUBT = 0.7, 0.4
_BEYOND, _BEYOND_DOUBT = 0.3, 0.1
_SEEN = 0.25
_ROUNDS = 4
#: Gauss-Newton steps a round.
_STEPS = 3
_DIAGONAL = np.diag_indices(8)
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


def fit_lattice(crossings: Crossings, homography: Array, rounds: int = _ROUNDS) -> LatticeFit:
    """Refine `homography` on the crossings seen near its lattice points."""
    residual, used = 0.0, 0
    for turn in range(rounds):
        expected = project(homography, LATTICE)
        pitch = local_pitch(homography)
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
    seen, peak = crossings.near(project(homography, LATTICE), local_pitch(homography) * 0.45)
    return unproject(homography, seen), np.where(peak > _SEEN, peak, 0.0)


def lattice_contrast(crossings: Crossings, homography: Array) -> float:
    """Mean probability on the lattice less the ring's; square roots: many fair ones beat few sure."""
    points = np.concatenate([LATTICE, _RING])
    depth = np.column_stack([points, np.ones(len(points))]) @ homography[2]
    if not ((depth > 0).all() or (depth < 0).all()):
        return -1.0
    value = np.sqrt(crossings.at(project(homography, points)))
    return float(value[:90].mean() - value[90:].mean())


def lattice_doubt(crossings: Crossings, homography: Array) -> float:
    """How much speaks against a fitted lattice beside its contrast: bare edges, crossings beyond them.

    A lattice that is a row or a file off, or of another game, fits well but for one line of its own.
    """
    widened = np.asarray(cv2.dilate(crossings.probability, np.ones((3, 3))), dtype=np.float64)
    near = Crossings(widened, crossings.stride)
    value = np.sqrt(near.at(project(homography, _WIDE))).reshape(12, 11)
    ranks, files = value[:, 1:-1].mean(axis=1), value[1:-1].mean(axis=0)
    weakest = min(ranks[1], ranks[-2], files[1], files[-2])
    beyond = max(ranks[0], ranks[-1], files[0], files[-1])
    return float(_EDGE_DOUBT * max(0.0, _EDGE - weakest) + _BEYOND_DOUBT * max(0.0, beyond - _BEYOND))


def local_pitch(homography: Array) -> Array:
    """Length in pixels of the shorter side of a cell centred on each lattice point, (90,)."""
    half_x, half_y = np.array([0.5, 0.0]), np.array([0.0, 0.5])
    across = project(homography, LATTICE + half_x) - project(homography, LATTICE - half_x)
    down = project(homography, LATTICE + half_y) - project(homography, LATTICE - half_y)
    return np.asarray(np.minimum(np.hypot(*across.T), np.hypot(*down.T)))


def _refined(homography: Array, board: Array, pixels: Array, weight: Array, pitch: Array) -> Array:
    """Gauss-Newton on the eight parameters with Cauchy weights; distances count in cells."""
    current = homography / homography[2, 2]
    count = len(board)
    homogeneous = np.column_stack([board, np.ones(count)])
    aimed = pixels / pitch[:, None]
    system = np.zeros((2, count, 8))
    for _ in range(_STEPS):
        sent = homogeneous @ current.T
        guess = sent[:, :2] / sent[:, 2:] / pitch[:, None]
        error = aimed - guess
        robust = np.sqrt(weight / (1 + (error**2).sum(axis=1) / _ROBUST_CELLS**2))
        step = homogeneous * (robust / sent[:, 2])[:, None]
        system[0, :, :3] = system[1, :, 3:6] = step / pitch[:, None]
        system[0, :, 6:] = -guess[:, :1] * step[:, :2]
        system[1, :, 6:] = -guess[:, 1:] * step[:, :2]
        flat = system.reshape(-1, 8)
        normal = flat.T @ flat
        normal[_DIAGONAL] *= 1 + 1e-9  # too few crossings must not make it singular
        change = np.linalg.solve(normal, flat.T @ (error * robust[:, None]).T.ravel())
        current = current + np.append(change, 0.0).reshape(3, 3)
    return np.asarray(current)
