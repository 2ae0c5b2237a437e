"""Strength from results: Elo ratings fitted to all games at once, and scores with their intervals."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tools.ladder.tally import Tally

__all__ = ["Score", "fit_elo", "scores"]

_PER_ELO = math.log(10) / 400
_ROUNDS = 200
_Z95 = 1.96
_PRIOR_GAMES = 0.5
_TELLING_GAMES = 40


@dataclass(frozen=True)
class Score:
    """What one scored against another: share of the points, half the 95 % interval, games, and drawn games.

    The interval is taken over openings, because the two games of one opening are not independent.
    """

    share: float
    bound: float
    games: int
    draws: int

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.share - self.bound

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.share + self.bound


def scores(kept: Iterable[Tally]) -> dict[tuple[str, str], Score]:
    """The score of every pair of contestants, by their keys, the first's share."""
    pairs: dict[tuple[str, str], list[Tally]] = {}
    for tally in kept:
        pairs.setdefault((tally.a, tally.b), []).append(tally)
    return {pair: _score(parts) for pair, parts in pairs.items()}


def _score(parts: Sequence[Tally]) -> Score:
    openings = sum(len(tally.numbers) for tally in parts)
    share = sum(tally.points for tally in parts) / (2 * openings)
    squares = sum(tally.squares for tally in parts)
    variance = (squares - openings * share**2) / (openings - 1) if openings > 1 else 0.25
    # With few openings the sample may not vary at all; half a point's worth of doubt is kept.
    spread = max(math.sqrt(max(0.0, variance)), 0.5 / openings)
    return Score(share, _Z95 * spread / math.sqrt(openings), 2 * openings, sum(t.draws for t in parts))


def fit_elo(pairs: Mapping[tuple[str, str], Score], anchor: str) -> dict[str, tuple[float, float]]:
    """Ratings with half their 95 % intervals, in Elo above `anchor`, of everybody joined to it by games.

    Maximum likelihood of the logistic model on points (Bradley, Terry 1952), with half a drawn game added to
    every pair, so that a clean sweep has an answer. The intervals come from the curvature, narrowed by as
    much as draws and paired openings make the scores steadier than single games would be.
    """
    names = _joined(pairs, anchor)
    place = {name: i for i, name in enumerate(names)}
    rows = [(place[a], place[b], score) for (a, b), score in pairs.items() if a in place and b in place]
    rating = np.zeros(len(names))
    curvature = np.zeros((len(names), len(names)))
    for _ in range(_ROUNDS):
        slope = np.zeros(len(names))
        curvature[:] = 0
        for a, b, score in rows:
            expected = 1 / (1 + math.exp(_PER_ELO * (rating[b] - rating[a])))
            games = score.games + _PRIOR_GAMES
            share = (score.share * score.games + 0.5 * _PRIOR_GAMES) / games
            slope[a] += games * (share - expected) * _PER_ELO
            slope[b] -= games * (share - expected) * _PER_ELO
            information = games * expected * (1 - expected) * _PER_ELO**2
            curvature[a, a] += information
            curvature[b, b] += information
            curvature[a, b] -= information
            curvature[b, a] -= information
        step = np.linalg.lstsq(curvature[1:, 1:], slope[1:], rcond=None)[0]
        rating[1:] += np.clip(step, -200, 200)
        if np.abs(step).max(initial=0.0) < 1e-6:
            break
    spread = np.zeros(len(names))
    if len(names) > 1:
        spread[1:] = np.sqrt(np.clip(np.diag(np.linalg.pinv(curvature[1:, 1:])), 0, None))
        spread *= _steadiness([score for _, _, score in rows])
    return {name: (float(rating[i]), _Z95 * float(spread[i])) for name, i in place.items()}


def _steadiness(found: Sequence[Score]) -> float:
    """Ratio of the scores' real spread to that of single games won or lost; 1 where too little is known."""
    usual = [score for score in found if score.games >= _TELLING_GAMES and 0.02 < score.share < 0.98]
    if not usual:
        return 1.0
    real = sum((score.bound / _Z95) ** 2 for score in usual)
    return min(1.0, math.sqrt(real / sum(score.share * (1 - score.share) / score.games for score in usual)))


def _joined(pairs: Iterable[tuple[str, str]], anchor: str) -> list[str]:
    """Everybody connected with the anchor by games, the anchor first."""
    links: dict[str, set[str]] = {anchor: set()}
    for a, b in pairs:
        links.setdefault(a, set()).add(b)
        links.setdefault(b, set()).add(a)
    found, edge = [anchor], [anchor]
    while edge:
        for name in sorted(links[edge.pop()]):
            if name not in found:
                found.append(name)
                edge.append(name)
    return found
