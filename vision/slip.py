"""A lattice that lies beside its board, as the men that stand on it tell.

Corners a fifth of a cell off, cloth and paper that are not flat, and men taller or flatter than others bring
the points of the lattice nearly halfway between the men. Each man stands somewhere about its own point; what
they have in common is the lattice's fault. It is found by Bayesian linear regression (Bishop, Pattern
Recognition and Machine Learning, 2006, section 3.3) on smooth movements of the board, with a man that
stands far from all that counted less. Men who each stand carelessly seem to have something in common, too:
whether a slip is true, a second look at the board must tell (`vision.classify`).
"""

import numpy as np
from numpy.typing import NDArray

from vision.geometry import LATTICE

__all__ = ["TELLING_CELLS", "slip_of"]

Array = NDArray[np.float64]

#: Root mean square of a slip, in cells, from which the board is worth another look.
TELLING_CELLS = 0.08
_FEWEST = 6
_ROUNDS = 6
#: How far men stand from their points, in cells, and what is believed of the movements before they are seen.
_MEN_CELLS = 0.12
_SHIFT_CELLS, _OTHER_CELLS = 0.1, 0.08


def slip_of(offsets: Array, standing: Array) -> Array:
    """How far the board's points lie from those of the lattice, (90, 2) in cells.

    All noughts when too few men tell. `offsets` (90, 2): centre of the man nearest to each point minus the
    point, in cells; `standing` (90,): probability that one stands there.
    """
    men = standing > 0.5
    if men.sum() < _FEWEST:
        return np.zeros((len(LATTICE), 2))
    counts = np.where(men, standing, 0.0)
    weight = counts
    slip = np.zeros((len(LATTICE), 2))
    for _ in range(_ROUNDS):
        weighted = _MOVEMENTS.T * (weight / _MEN_CELLS**2)
        slip = _MOVEMENTS @ np.linalg.solve(weighted @ _MOVEMENTS + _PRIOR, weighted @ offsets)
        left = np.hypot(*(offsets - slip).T)
        weight = counts / (1 + (left / (2 * _MEN_CELLS)) ** 2)
    return slip


def _movements() -> tuple[Array, Array]:
    """Shift, turn, stretch and curl of the 90 points, (90, 6), and the precision of the belief in each."""
    x, y = ((LATTICE - (4.0, 4.5)) / 4.5).T
    level = 0.4  # about the mean of a square over the board
    movements = np.stack([np.ones(len(LATTICE)), x, y, x * x - level, x * y, y * y - level], axis=1)
    return movements, np.diag([_SHIFT_CELLS**-2] + [_OTHER_CELLS**-2] * 5)


_MOVEMENTS, _PRIOR = _movements()
