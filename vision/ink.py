"""Which side a piece belongs to, from its ink relative to the other pieces of the same set.

Red ink may be brown and black ink green, so no colour is red by itself: the pieces on one board fall into
two clusters, and the cluster that looks more like red is red.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sides", "sides_of_ink"]

_FEWEST = 6  # below this many pieces two clusters cannot be told from chance
_ROUNDS = 12
_SHRINK = 0.2  # share of the overall variance mixed into the clusters' own: keeps a handful of points from
# claiming a certainty they cannot have
_LIMIT = 6.0  # nats; a cluster model is never surer than 400 : 1 about one piece


@dataclass(frozen=True)
class Sides:
    """Log-odds (90,) that each point's piece is red, and how far apart the two inks look in red-log-odds."""

    logit: NDArray[np.float64]
    naming: float


def sides_of_ink(
    kind_logp: NDArray[np.float64], red_logit: NDArray[np.float64], ink: NDArray[np.float64]
) -> Sides:
    """Two-cluster expectation maximisation over all pieces, seeded by the classifier's own red-log-odds.

    `kind_logp` (90, 9) with columns K A B N R C P empty unknown; `red_logit` (90,); `ink` (90, D). The two
    likeliest generals are held to opposite sides: what speaks for one being red speaks against the other.
    With few pieces, or inks that do not part, the classifier's log-odds stand as they are.
    """
    seed = np.clip(red_logit.astype(np.float64), -_LIMIT, _LIMIT)
    weight = np.exp(kind_logp[:, :7]).sum(axis=1)
    pieces = np.flatnonzero(weight > 0.5)
    generals = _generals(kind_logp)
    if len(pieces) < _FEWEST:
        naming = float(abs(seed[generals[0]] - seed[generals[1]])) if generals else 2 * _LIMIT
        return Sides(_opposed(seed, generals), naming)
    features = np.column_stack([ink.astype(np.float64), seed])[pieces]
    features = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-6)
    local = {int(point): row for row, point in enumerate(pieces)}
    pair = (local[generals[0]], local[generals[1]]) if generals and set(generals) <= set(local) else None
    logit = _opposed(seed[pieces], pair)
    for _ in range(_ROUNDS):
        fresh = _cluster_logit(features, 1 / (1 + np.exp(-logit)))
        if fresh is None:
            return Sides(_opposed(seed, generals), _spread(seed[pieces], logit))
        logit = _opposed(fresh, pair)
    naming = _spread(seed[pieces], logit)
    if naming < 0:  # the clusters crossed over: the name red belongs to the redder one
        logit, naming = -logit, -naming
    result = seed.copy()
    result[pieces] = logit
    return Sides(result, naming)


def _generals(kind_logp: NDArray[np.float64]) -> tuple[int, int] | None:
    """The two points likeliest to carry generals, or None if there are not two."""
    best = np.argsort(-kind_logp[:, 0], kind="stable")[:2]
    if kind_logp[best[1], 0] < np.log(0.5):
        return None
    return int(best[0]), int(best[1])


def _opposed(logit: NDArray[np.float64], pair: tuple[int, int] | None) -> NDArray[np.float64]:
    """The same log-odds with the two generals of `pair` held to opposite sides."""
    result = logit.copy()
    if pair is not None:
        difference = float(np.clip(logit[pair[0]] - logit[pair[1]], -_LIMIT, _LIMIT))
        result[pair[0]], result[pair[1]] = difference, -difference
    return result


def _cluster_logit(features: NDArray[np.float64], red: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """One maximisation and one expectation; None if a cluster has fewer than one and a half members.

    The clusters are compared along Fisher's line between their means, so that many correlated features do
    not count as many witnesses.
    """
    black = 1 - red
    if red.sum() < 1.5 or black.sum() < 1.5:
        return None
    mean_red = (red[:, None] * features).sum(axis=0) / red.sum()
    mean_black = (black[:, None] * features).sum(axis=0) / black.sum()
    within = red[:, None] * (features - mean_red) ** 2 + black[:, None] * (features - mean_black) ** 2
    line = (mean_red - mean_black) / (within.mean(axis=0) + _SHRINK)
    length = float(np.linalg.norm(line))
    if length < 1e-9:
        return None
    along = features @ (line / length)
    centre_red = float((red * along).sum() / red.sum())
    centre_black = float((black * along).sum() / black.sum())
    scatter = red * (along - centre_red) ** 2 + black * (along - centre_black) ** 2
    variance = float(scatter.mean()) + _SHRINK * float(along.var())
    middle = (centre_red + centre_black) / 2
    logit: NDArray[np.float64] = (centre_red - centre_black) / variance * (along - middle)
    return np.clip(logit, -_LIMIT, _LIMIT)


def _spread(seed: NDArray[np.float64], logit: NDArray[np.float64]) -> float:
    """Mean red-log-odds of the red cluster less that of the black one."""
    red = 1 / (1 + np.exp(-logit))
    black = 1 - red
    return float((red * seed).sum() / (red.sum() + 1e-9) - (black * seed).sum() / (black.sum() + 1e-9))
