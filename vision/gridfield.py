"""What a homography leaves over: a lens bends lines, a wooden board warps, a print is stretched.

All of these move the grid smoothly by a millimetre or two, and a piece with the points it stands
between. So the printed lines around tell where a place of the picture really is on the board: a
polynomial of third degree in each coordinate, fitted to the places where lines were found, takes
board coordinates as the homography has them to those of the printed grid.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.gridlines import measure_lines

__all__ = ["GridField", "fit_field"]

Array = NDArray[np.float64]

_DEGREE = 3
_LEAST_PLACES = 40  # of each coordinate, for ten unknowns
_ROUNDS = 4
_OUTLIER = 3.0  # in robust standard deviations
_FLOOR_CELLS = 0.002  # of that deviation: nobody measures better than this
_POWERS = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]


@dataclass(frozen=True)
class GridField:
    """The correction: `coefficients` (10, 2), cells, over powers of the scaled board coordinates.

    `residual_cells` is the root mean square of what is left at the places it was fitted to.
    """

    coefficients: Array
    residual_cells: float

    def correct(self, points: Array) -> Array:
        """Board coordinates by the homography (N, 2) → by the printed grid (N, 2), cells."""
        points = np.asarray(points, dtype=np.float64)
        return np.asarray(points + _terms(points) @ self.coefficients)


def fit_field(image: NDArray[np.uint8], homography: Array) -> GridField | None:
    """Fit the field to the printed lines in `image` (uint8 BGR); `homography` board → pixel, refined.

    None when too few lines can be seen to say anything that the homography does not.
    """
    places, across = measure_lines(image, homography)
    errors = np.round(places[np.arange(len(places)), across]) - places[np.arange(len(places)), across]
    coefficients = np.zeros((len(_POWERS), 2))
    left: list[Array] = []
    for coordinate in (0, 1):
        mine = across == coordinate
        if mine.sum() < _LEAST_PLACES:
            return None
        solution, rest = _robust_fit(_terms(places[mine]), errors[mine])
        coefficients[:, coordinate] = solution
        left.append(rest)
    residual = float(np.sqrt(np.mean(np.square(np.concatenate(left)))))
    return GridField(coefficients, residual)


def _terms(points: Array) -> Array:
    """Powers (N, 10) of the coordinates, scaled to -1..1 over the board."""
    u, v = points[:, 0] / 4.0 - 1.0, points[:, 1] / 4.5 - 1.0
    return np.column_stack([u**i * v**j for i, j in _POWERS])


def _robust_fit(terms: Array, errors: Array) -> tuple[Array, Array]:
    """Least squares without the outliers: the solution and what is left at the places kept."""
    keep = np.ones(len(errors), dtype=bool)
    solution: Array = np.zeros(terms.shape[1])
    left = errors
    for _ in range(_ROUNDS):
        solution = np.asarray(np.linalg.lstsq(terms[keep], errors[keep], rcond=None)[0], dtype=np.float64)
        left = errors - terms @ solution
        spread = max(1.4826 * float(np.median(np.abs(left[keep]))), _FLOOR_CELLS)
        keep = np.abs(left) < _OUTLIER * spread
    return solution, np.asarray(left[keep])
