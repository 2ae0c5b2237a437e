"""From scores to chances."""

import math

__all__ = ["win_probability"]

SCALE_CP = 250.0
"""Centipawns at which the odds are e : 1; the usual order for this evaluation's units, not fitted."""


def win_probability(score_cp: int) -> float:
    """Chance of winning at a score, draws counted half: a logistic curve."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score_cp / SCALE_CP))))
