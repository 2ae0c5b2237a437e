"""Which side a piece belongs to, from its ink relative to the other pieces of the same set.

Red ink may be brown and black ink green, so no colour is red by itself: the pieces on one board fall into
two clusters, and the cluster that looks more like red is red. The forms of the characters help to name the
clusters, as most sets write 帥仕相兵 in one ink and 將士象卒 in the other; they never move a piece from one
to the other, since some sets have them the other way round.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sides", "sides_of_ink"]

_FEWEST = 6  # below this many pieces two clusters cannot be told from chance
_ROUNDS = 12
_OWN = 0.5  # weight of a crop's own log-odds beside its distance from the two inks: both see the same pixels
_PALACES = tuple(
    np.array([row * 9 + file for row in rows for file in (3, 4, 5)]) for rows in ((0, 1, 2), (7, 8, 9))
)
_LIMIT = 6.0  # nats; no set of pieces makes one of them surer than 400 : 1


@dataclass(frozen=True)
class Sides:
    """Log-odds (90,) that each point's piece is red, and by how many nats the two inks are rightly named."""

    logit: NDArray[np.float64]
    naming: float


def sides_of_ink(
    kind_logp: NDArray[np.floating],
    red_logit: NDArray[np.floating],
    ink: NDArray[np.floating],
    form_logit: NDArray[np.floating],
) -> Sides:
    """Two-cluster expectation maximisation over all pieces, seeded by the classifier's own red-log-odds.

    `kind_logp` (90, 9) with columns K A B N R C P empty unknown; `red_logit`, `form_logit` (90,); `ink`
    (90, D); see `vision.classify.PointScores`. The generals of the two palaces are held to opposite sides:
    what speaks for one being red speaks against the other. With few pieces, or inks that do not part, the
    classifier's log-odds stand as they are.
    """
    seed = np.clip(red_logit.astype(np.float64), -_LIMIT, _LIMIT)
    weight = np.exp(kind_logp[:, :7]).sum(axis=1)
    pieces = np.flatnonzero(weight > 0.5)
    generals = _generals(kind_logp)
    if len(pieces) < _FEWEST:
        naming = float(abs(seed[generals[0]] - seed[generals[1]])) if generals else 2 * _LIMIT
        return Sides(_opposed(seed, generals), naming)
    local = {int(point): row for row, point in enumerate(pieces)}
    pair = (local[generals[0]], local[generals[1]]) if generals and set(generals) <= set(local) else None
    inks, own = ink[pieces].astype(np.float64), seed[pieces]
    logit = _opposed(own, pair)
    for _ in range(_ROUNDS):
        fresh = _cluster_logit(inks, own, 1 / (1 + np.exp(-logit)))
        if fresh is None:
            return Sides(_opposed(seed, generals), _spread(own, logit))
        logit = _opposed(fresh, pair)
    naming = _spread(own + form_logit[pieces], logit)
    if naming < 0:  # the clusters crossed over: the name red belongs to the redder one
        logit, naming = -logit, -naming
    result = seed.copy()
    result[pieces] = logit
    return Sides(result, naming)


def _generals(kind_logp: NDArray[np.floating]) -> tuple[int, int] | None:
    """The likeliest general of each palace (points in FEN order), or None if one of them shows none."""
    far, near = (palace[kind_logp[palace, 0].argmax()] for palace in _PALACES)
    if min(kind_logp[far, 0], kind_logp[near, 0]) < np.log(0.5):
        return None
    return int(far), int(near)


def _opposed(logit: NDArray[np.float64], pair: tuple[int, int] | None) -> NDArray[np.float64]:
    """The same log-odds with the two generals of `pair` held to opposite sides."""
    result = logit.copy()
    if pair is not None:
        difference = float(np.clip(logit[pair[0]] - logit[pair[1]], -_LIMIT, _LIMIT))
        result[pair[0]], result[pair[1]] = difference, -difference
    return result


def _cluster_logit(
    inks: NDArray[np.float64], own: NDArray[np.float64], red: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """One maximisation and one expectation; None if a cluster has fewer than one and a half members.

    Squared distances in the embedding are nats (`vision.classify.PointScores.ink`), so the difference of a
    piece's squared distances from the two centres is its log-odds. The crops' own log-odds count from the
    middle between the two clusters, not from nought: a set may be redder or blacker as a whole.
    """
    black = 1 - red
    if red.sum() < 1.5 or black.sum() < 1.5:
        return None
    centre_red = (red[:, None] * inks).sum(axis=0) / red.sum()
    centre_black = (black[:, None] * inks).sum(axis=0) / black.sum()
    middle = ((red * own).sum() / red.sum() + (black * own).sum() / black.sum()) / 2
    distances = ((inks - centre_black) ** 2 - (inks - centre_red) ** 2).sum(axis=1)
    logit: NDArray[np.float64] = distances + _OWN * (own - middle)
    return np.clip(logit, -_LIMIT, _LIMIT)


def _spread(seed: NDArray[np.float64], logit: NDArray[np.float64]) -> float:
    """Mean red-log-odds of the red cluster less that of the black one."""
    red = 1 / (1 + np.exp(-logit))
    black = 1 - red
    return float((red * seed).sum() / (red.sum() + 1e-9) - (black * seed).sum() / (black.sum() + 1e-9))
