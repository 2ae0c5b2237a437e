"""Placing the levels: measure the path at many points, then put the levels at equal steps of Elo."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine import LEVELS
from tools.errors import BadInputError
from tools.ladder.contestants import Contestant
from tools.ladder.elo import fit_elo, scores
from tools.ladder.match import PairResult, engine_signature
from tools.ladder.path import PATH_END, rule_at, write_levels
from tools.ladder.results import read
from tools.ladder.tally import tallies

__all__ = ["anchor_pairs", "place_levels"]

# Distances at which the path is measured: above them a level only halves its nodes, and games are dear; from
# 6 to 10 errors set in, and from 18 on moves are chosen with ever less regard: there the path falls steeply.
_DISTANCES = [
    5.0,
    *(6 + step / 2 for step in range(8)),
    *(float(step) for step in range(10, 18)),
    *(18 + step / 2 for step in range(13)),
]
_LEAST_POINTS = 8
# Above the first measured distance games are dear and the path is estimated: a halving of the nodes costs
# more the fewer there are. 21 to 80 games each gave 102 Elo at 67,000 nodes, 151 at 33,000, 196 at 20,000.
_TOP_HALVING_ELO = 60.0
_HALVING_GROWTH_ELO = 22.0


def _anchor(distance: float) -> Contestant:
    return Contestant(f"at {distance:g}", rule_at(distance, 3))


def anchor_pairs() -> list[tuple[Contestant, Contestant]]:
    """Who plays whom to measure the path: neighbours and second neighbours, the stronger first."""
    anchors = [_anchor(distance) for distance in _DISTANCES]
    return [pair for gap in (1, 2) for pair in zip(anchors, anchors[gap:], strict=False)]


def place_levels(store: Path, levels_file: Path, step: float, any_engine: bool) -> list[str]:
    """Write levels `step` Elo apart, from the top down, as far as the path reaches; returns what was done.

    Counts the games of this engine, or with `any_engine` all games in `store`. Where the path is too short
    for 26 such steps all steps are made shorter. Raises BadInputError when too little was played.
    """
    now = engine_signature()
    games = (game for game in read(store, PairResult) if any_engine or game.signature == now)
    ratings = _ratings_on_path(games)
    if len(ratings) < _LEAST_POINTS:
        raise BadInputError(f"{store} has too few games along the path to place levels; leave --no-games out")
    measured = sorted(ratings)
    heights = np.array([ratings[distance] for distance in measured])
    smooth = np.maximum.accumulate(_smoothed(heights)[::-1])[::-1]  # never stronger further down
    above = np.arange(0.0, measured[0], 0.5)
    distances = np.array([*above, *measured])
    curve = np.array([*(smooth[0] + _halvings_elo(measured[0]) - _halvings_elo(above)), *smooth])
    top = curve[0]
    taken = min(step, (top - curve[-1]) / (LEVELS - 1))
    goals = [top - taken * (LEVELS - number) for number in range(1, LEVELS + 1)]
    # Ties in the curve are broken by the distance, or the interpolation would not be one.
    falling = curve - 1e-3 * distances
    chosen = [round(float(np.interp(-goal, -falling, distances)), 2) for goal in goals]
    chosen[0] = PATH_END  # whatever the step: the player `careful`, without search, wins against it
    write_levels(levels_file, chosen)
    lines = [f"path of {top - curve[-1]:.0f} Elo, {taken:.1f} from level to level"]
    lines += [f"level {number}: at {distance:g}" for number, distance in enumerate(chosen, start=1)]
    return lines


def _halvings_elo(halvings: float | np.ndarray) -> float | np.ndarray:
    """What so many halvings of the top level's nodes cost, by the estimate above."""
    return _TOP_HALVING_ELO * halvings + _HALVING_GROWTH_ELO * halvings**2 / 2


def _ratings_on_path(games: Iterable[PairResult]) -> dict[float, float]:
    """Elo of every distance that was measured with the path as it is now."""
    pairs = scores(tallies(games))
    places: dict[str, float] = {}
    for key in {key for pair in pairs for key in pair}:
        distance = _distance(key)
        if distance is not None and _anchor(distance).key == key:
            places[key] = distance
    if not places:
        return {}
    joined = {pair: score for pair, score in pairs.items() if pair[0] in places and pair[1] in places}
    ratings = fit_elo(joined, max(places, key=places.__getitem__))
    return {places[key]: elo for key, (elo, _) in ratings.items()}


def _distance(key: str) -> float | None:
    name = key.split(":", maxsplit=1)[0].removeprefix("at ")
    return float(name) if name.replace(".", "", 1).isdecimal() and key.startswith("at ") else None


def _smoothed(heights: np.ndarray) -> np.ndarray:
    """A running mean over three, ends kept: the path is smooth, its measurement is not."""
    smooth = heights.copy()
    smooth[1:-1] = (heights[:-2] + 2 * heights[1:-1] + heights[2:]) / 4
    return smooth
