"""Statistics of matches: score, Elo and a sequential test, all over pairs of games.

A pair is two games from one opening with colours changed; its score is 0, 0.25, ... 1. Games of a
pair are not independent, pairs are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["MatchScore", "Sprt", "SprtState", "elo_of", "expected_score", "score_of_pairs"]

SprtState = Literal["accepted", "rejected", "undecided"]


def expected_score(elo: float) -> float:
    """Score expected of a player who is `elo` stronger (logistic)."""
    return 1 / (1 + 10 ** (-elo / 400))


def elo_of(score: float) -> float:
    """Elo difference that explains a score; infinite at 0 and 1."""
    if score <= 0:
        return -math.inf
    if score >= 1:
        return math.inf
    return -400 * math.log10(1 / score - 1)


@dataclass(frozen=True, slots=True)
class MatchScore:
    """Mean score of the first player and 1.96 standard errors, over `pairs` pairs."""

    pairs: int
    score: float
    error: float

    @property
    def elo(self) -> tuple[float, float, float]:
        """Elo difference with its lower and upper 95 % bounds."""
        return elo_of(self.score), elo_of(self.score - self.error), elo_of(self.score + self.error)


def _mean_and_variance(scores: Sequence[float]) -> tuple[float, float]:
    mean = sum(scores) / len(scores)
    return mean, sum((score - mean) ** 2 for score in scores) / max(1, len(scores) - 1)


def score_of_pairs(scores: Sequence[float]) -> MatchScore:
    """What the scores of pairs (each 0 to 1) say."""
    if not scores:
        return MatchScore(0, 0.5, 0.5)
    mean, variance = _mean_and_variance(scores)
    return MatchScore(len(scores), mean, 1.96 * math.sqrt(variance / len(scores)))


@dataclass(frozen=True, slots=True)
class Sprt:
    """Sequential test of "`elo1` stronger" against "`elo0` stronger" with error rates alpha and beta.

    Wald's test with the normal approximation of the pairs' scores; the variance is the sample's
    (with half a pair at each end, so that a run of equal scores does not decide).
    """

    elo0: float = 0.0
    elo1: float = 8.0
    alpha: float = 0.1
    beta: float = 0.1

    @property
    def bounds(self) -> tuple[float, float]:
        """Log-likelihood ratios at which the test rejects and accepts."""
        return math.log(self.beta / (1 - self.alpha)), math.log((1 - self.beta) / self.alpha)

    def log_likelihood_ratio(self, scores: Sequence[float]) -> float:
        """How much likelier `elo1` makes the scores than `elo0`."""
        if not scores:
            return 0.0
        weight = len(scores) + 1.0
        mean = (sum(scores) + 0.5) / weight
        square = (sum(score * score for score in scores) + 0.5) / weight
        variance = square - mean * mean
        low, high = expected_score(self.elo0), expected_score(self.elo1)
        return len(scores) * (high - low) * (2 * mean - low - high) / (2 * variance)

    def state(self, scores: Sequence[float]) -> SprtState:
        """Whether the scores decide."""
        ratio = self.log_likelihood_ratio(scores)
        lower, upper = self.bounds
        if ratio >= upper:
            return "accepted"
        return "rejected" if ratio <= lower else "undecided"
