"""Placing the levels: measure the path at many points, then put the levels at equal steps of Elo."""

from pathlib import Path

import numpy as np

from engine import LEVELS
from tools.errors import BadInputError
from tools.ladder.contestants import Contestant
from tools.ladder.elo import fit_elo, scores
from tools.ladder.match import PairResult, engine_signature
from tools.ladder.path import rule_at, write_levels
from tools.ladder.results import read

__all__ = ["anchor_pairs", "place_levels"]

# Distances at which the path is measured: above them a level only halves its nodes, and games are dear; from
# 6 to 10 errors set in, and the path falls steeply.
_DISTANCES = [5.0, *(6 + step / 2 for step in range(8)), *(float(step) for step in range(10, 19))]
_UNMEASURED_ELO = 75.0
"""Elo for a halving of the nodes above the first measured distance; an estimate."""


def _anchors() -> list[Contestant]:
    return [Contestant(f"at {distance:g}", rule_at(distance, 3)) for distance in _DISTANCES]


def anchor_pairs() -> list[tuple[Contestant, Contestant]]:
    """Who plays whom to measure the path: neighbours and second neighbours, the stronger first."""
    anchors = _anchors()
    return [pair for gap in (1, 2) for pair in zip(anchors, anchors[gap:], strict=False)]


def place_levels(store: Path, levels_file: Path, step: float) -> list[str]:
    """Write levels `step` Elo apart, from the top down, as far as the path reaches; returns what was done.

    Where the path is too short for 26 such steps all steps are made shorter. Raises BadInputError when the
    path has not been measured with this engine.
    """
    now = engine_signature()
    anchors = _anchors()
    pairs = scores(result for result in read(store, PairResult) if result.signature == now)
    ratings = fit_elo(pairs, anchors[-1].key)
    if any(anchor.key not in ratings for anchor in anchors):
        raise BadInputError(f"{store} has no games of this engine for the whole path; leave --no-games out")
    heights = np.array([ratings[anchor.key][0] for anchor in anchors])
    smooth = np.maximum.accumulate(_smoothed(heights)[::-1])[::-1]  # never stronger further down
    top = smooth[0] + _UNMEASURED_ELO * _DISTANCES[0]
    distances = np.array([0.0, *_DISTANCES])
    curve = np.array([top, *smooth])
    taken = min(step, (top - curve[-1]) / (LEVELS - 1))
    goals = [top - taken * (LEVELS - number) for number in range(1, LEVELS + 1)]
    # Ties in the curve are broken by the distance, or the interpolation would not be one.
    falling = curve - 1e-3 * distances
    chosen = [round(float(np.interp(-goal, -falling, distances)), 2) for goal in goals]
    write_levels(levels_file, chosen)
    lines = [f"path of {top - curve[-1]:.0f} Elo, {taken:.1f} from level to level"]
    lines += [f"level {number}: at {distance:g}" for number, distance in enumerate(chosen, start=1)]
    return lines


def _smoothed(heights: np.ndarray) -> np.ndarray:
    """A running mean over three, ends kept: the path is smooth, its measurement is not."""
    smooth = heights.copy()
    smooth[1:-1] = (heights[:-2] + 2 * heights[1:-1] + heights[2:]) / 4
    return smooth
