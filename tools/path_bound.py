"""How much shorter a swing could be: its path against the shortest one that can be found between its ends.

The length of a path is what the slowest of its bounded points makes of it, the sum over small steps of the
greatest way that elbow or tool goes: with the fastest point bounded, that length over the speed is the time.
The search bends the straight line between two joint positions by waves of growing order. No path at travel
height meets a standing piece, so any of them would be safe.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tools.move_bound import ArmData

__all__ = ["path_excess"]

_CELLS = 48
_WAVES = 3
_FIRST_BEND_RAD = 0.05
_ROUNDS = 600

Floats = NDArray[np.float64]
Joints = tuple[float, float, float]


def path_excess(arm: ArmData, start: Joints, end: Joints) -> float:
    """Length of the straight joint-space path over that of the shortest path found, 1 or more."""
    s = np.linspace(0.0, 1.0, _CELLS + 1)[:, None]
    line = np.array(start) + s * (np.array(end) - np.array(start))
    waves = np.concatenate([np.sin((order + 1) * np.pi * s) for order in range(_WAVES)], axis=1)

    def bent(bends: Floats) -> float:
        path = line.copy()
        path[:, :2] += waves @ bends.reshape(_WAVES, 2)
        return _length(arm, path)

    first = np.vstack([np.zeros(2 * _WAVES), _FIRST_BEND_RAD * np.eye(2 * _WAVES)])
    options = {"maxiter": _ROUNDS, "initial_simplex": first}
    found = minimize(bent, np.zeros(2 * _WAVES), method="Nelder-Mead", options=options)
    return max(1.0, _length(arm, line) / float(found.fun))


def _length(arm: ArmData, path: Floats) -> float:
    steps = np.linalg.norm(np.diff(arm.points(path), axis=0), axis=2)
    return float(steps.max(axis=1).sum())
