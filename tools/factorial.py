"""Many changes judged by the same games: a two-level factorial design (Fisher 1926, Plackett, Burman 1946).

In each pair of games a coin says for every change which of the two sides has it. A change that makes
stronger wins games whatever the others are, so one series of games tells of all changes what a series
of the same length would tell of each alone: a day of matches for thirty changes becomes an hour. What it
tells is the worth of a change among the others, half of them there; a whole that is put together from
the good ones is judged by a match of its own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Effect", "effects", "who_has"]

# Around an even score, a share of a point more is so many Elo (the logistic curve's slope).
_ELO_PER_SHARE = 4 * 400 / math.log(10)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change is worth: Elo against a side without it, and 1.96 standard errors."""

    change: str
    elo: float
    error: float


def who_has(seed: int, pair: int, changes: int) -> list[bool]:
    """For every change whether the first side of pair `pair` has it; the second side has the others."""
    coins = np.random.default_rng([seed, pair]).integers(0, 2, changes)
    return [bool(coin) for coin in coins.tolist()]


def effects(changes: Sequence[str], seed: int, scores: Sequence[float]) -> list[Effect]:
    """Least squares over the pairs' scores (each 0 to 1, of the first side); the surest gain comes first.

    Needs more pairs than changes, else every error is infinite.
    """
    count = len(changes)
    if len(scores) <= count:
        return [Effect(change, 0.0, math.inf) for change in changes]
    signs = np.array([who_has(seed, pair, count) for pair in range(len(scores))]) * 2.0 - 1.0
    gains = np.array(scores) - 0.5
    worth = np.linalg.lstsq(signs, gains, rcond=None)[0]
    left_over = gains - signs @ worth
    variance = float(left_over @ left_over) / (len(scores) - count)
    errors = 1.96 * np.sqrt(variance * np.diag(np.linalg.pinv(signs.T @ signs)))
    found = [
        Effect(change, _ELO_PER_SHARE * float(gain), _ELO_PER_SHARE * float(error))
        for change, gain, error in zip(changes, worth, errors, strict=True)
    ]
    return sorted(found, key=lambda effect: -effect.elo / max(effect.error, 1e-9))
