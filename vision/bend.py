"""Boards that are not flat: cloth in folds, paper that curls.

A homography leaves the crossings of such a board some tenths of a cell beside the lattice. A thin-plate
spline through what is left over (Duchon 1977; smoothed as in Wahba, "Spline models for observational data",
1990, section 2.4) says how far each point of the board has moved, and the picture is read as if it were flat.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE, project, unproject

__all__ = ["bend_of", "flattened", "moved"]

Array = NDArray[np.float64]

#: Root mean square of what the homography leaves over, in cells, from which a board counts as bent.
_BENT_CELLS = 0.07
#: The spline must leave less than this share of it, else the crossings are merely uncertain.
_EXPLAINED = 0.6
#: Stiffness of the plate against one crossing's pull.
_STIFFNESS = 0.6
_FARTHEST = 0.45
_FEWEST = 50
_ROUNDS = 4
_ROBUST_CELLS = 0.06
#: Beyond this distance from the lattice, in cells, the picture stays as it is.
_FADE_CELLS = 1.5
_GRID_PIXELS = 8
#: Rows that are flattened at once, so that a large picture takes no multiple of its own memory.
_BAND = 128
#: Rows that `cv2.remap` takes: it refuses 32,767, which a bent board in two million pixels comes to.
_MOST_PLACES = 32_000


def bend_of(seen: Array, weight: Array) -> Array | None:
    """How the board's points have moved, or None for a flat board.

    `seen` (90, 2): where in the flat lattice's coordinates each point was seen; `weight` (90,) 0..1: how
    surely. Returns the displacements (90, 2) in cells of a smooth bend.
    """
    off = seen - LATTICE
    usable = (weight > 0) & (np.hypot(*off.T) < _FARTHEST)
    if usable.sum() < _FEWEST:
        return None
    robust = np.where(usable, weight, 0.0)
    before = _spread(off, robust)
    if before < _BENT_CELLS:
        return None
    bend = np.zeros_like(off)
    for _ in range(_ROUNDS):
        bend = _plate(off, robust)
        left = np.hypot(*(off - bend).T)
        robust = np.where(usable, weight / (1 + (left / _ROBUST_CELLS) ** 2), 0.0)
    after = _spread(off - bend, np.where(usable, weight, 0.0))
    return bend if after < _EXPLAINED * before else None


def moved(points: Array, bend: Array) -> Array:
    """Where `points` (N, 2) of the flat board are in the bent one, by the displacements of the lattice."""
    return points + _sampled(points, bend)


def flattened(image: NDArray[np.uint8], homography: Array, bend: Array) -> NDArray[np.uint8]:
    """The picture (H, W, 3) as it would be if the board of `homography` (board to pixel) were flat."""
    height, width = image.shape[:2]
    columns = np.arange(0, width + _GRID_PIXELS, _GRID_PIXELS, dtype=np.float64)
    rows = np.arange(0, height + _GRID_PIXELS, _GRID_PIXELS, dtype=np.float64)
    pixels = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    board = unproject(homography, pixels)
    beyond = np.maximum(np.abs(board - (4.0, 4.5)) - (4.0, 4.5), 0.0).max(axis=1)
    near = beyond < _FADE_CELLS
    shift = np.zeros_like(pixels)
    share = 1 - beyond[near, None] / _FADE_CELLS
    shift[near] = project(homography, board[near] + share * _sampled(board[near], bend)) - pixels[near]
    field = shift.reshape(len(rows), len(columns), 2).astype(np.float32)
    flat = np.empty_like(image)
    for top in range(0, height, _BAND):
        ys, xs = np.mgrid[top : min(top + _BAND, height), 0:width].astype(np.float32)
        fine = cv2.remap(field, xs / _GRID_PIXELS, ys / _GRID_PIXELS, cv2.INTER_LINEAR)
        flat[top : top + _BAND] = cv2.remap(
            image, xs + fine[:, :, 0], ys + fine[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    return flat


def _sampled(points: Array, bend: Array) -> Array:
    """The displacement at any board points (N, 2), between those of the lattice; outside, the edge's."""
    grid = bend.reshape(10, 9, 2).astype(np.float32)
    places = points.astype(np.float32)
    parts = [places[at : at + _MOST_PLACES, None] for at in range(0, len(places), _MOST_PLACES)]
    values = [
        cv2.remap(grid, part[:, :, 0], part[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for part in parts
    ]
    return np.concatenate(values)[:, 0].astype(np.float64) if values else np.zeros((0, 2))


def _spread(off: Array, weight: Array) -> float:
    return float(np.sqrt((weight * (off**2).sum(axis=1)).sum() / (weight.sum() + 1e-12)))


def _plate(off: Array, weight: Array) -> Array:
    """The smoothing thin-plate spline of displacements `off` (90, 2), weights (90,), at the lattice."""
    count = len(LATTICE)
    distance = np.hypot(*(LATTICE[:, None] - LATTICE[None]).transpose(2, 0, 1))
    kernel = np.where(distance > 0, distance**2 * np.log(np.maximum(distance, 1e-12)), 0.0)
    plane = np.column_stack([np.ones(count), LATTICE])
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = kernel + np.diag(_STIFFNESS / np.maximum(weight, 1e-6))
    system[:count, count:] = plane
    system[count:, :count] = plane.T
    solution = np.linalg.solve(system, np.vstack([off, np.zeros((3, 2))]))
    return np.asarray(kernel @ solution[:count] + plane @ solution[count:])
