"""Which side a piece belongs to, from its ink relative to the other pieces of the same set.

Red ink may be brown and black ink green, so no colour is red by itself: the pieces on one board fall into
two clusters, and the cluster that looks more like red is red. Where generals, advisors, elephants and
soldiers may stand by the laws tells which of them are of one side, whichever that is. The forms of the
characters help to name the clusters, as most sets write 帥仕相兵 in one ink and 將士象卒 in the other; they
never move a piece from one to the other, since some sets have them the other way round.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.laws import ENDS

__all__ = ["Sides", "sides_of_ink"]

_FEWEST = 6  # below this many pieces two clusters cannot be told from chance
_ROUNDS = 12
_OWN = 0.5  # weight of a crop's own log-odds beside its distance from the two inks: both see the same pixels
_LIMIT = 6.0  # nats; no set of pieces makes one of them surer than 400 : 1
_LAWLESS = 0.05  # share of men whose kind is told right and who stand where the laws do not let them


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
    *,
    lawful: bool = True,
) -> Sides:
    """Two-cluster expectation maximisation over all pieces, seeded by the classifier's own red-log-odds.

    `kind_logp` (90, 9) with columns K A B N R C P empty unknown; `red_logit`, `form_logit` (90,); `ink`
    (90, D); see `vision.classify.PointScores`. If the board is `lawful`, men that may stand only at one end
    of it are held to one side: what speaks for one being red speaks against those of the other end. With few
    pieces, or inks that do not part, the classifier's log-odds stand as they are.
    """
    seed = np.clip(red_logit.astype(np.float64), -_LIMIT, _LIMIT)
    weight = np.exp(kind_logp[:, :7]).sum(axis=1)
    pieces = np.flatnonzero(weight > 0.5)
    inks, own = ink[pieces].astype(np.float64), seed[pieces]
    ends = _ends(kind_logp[pieces], pieces) if lawful else np.zeros(len(pieces))
    logit, result = _held(own, ends), seed.copy()
    if len(pieces) < _FEWEST:
        result[pieces] = logit
        opposed = abs(float((np.tanh(ends / 2) * own).sum()))
        return Sides(result, opposed if ends.any() else 2 * _LIMIT)
    for _ in range(_ROUNDS):
        fresh = _cluster_logit(inks, own, 1 / (1 + np.exp(-logit)))
        if fresh is None:
            result[pieces] = _held(own, ends)
            return Sides(result, _spread(own, logit))
        logit = _held(fresh, ends)
    naming = _spread(own + form_logit[pieces], logit)
    if naming < 0:  # the clusters crossed over: the name red belongs to the redder one
        logit, naming = -logit, -naming
    result[pieces] = logit
    return Sides(result, naming)


def _ends(kind_logp: NDArray[np.floating], points: NDArray[np.int64]) -> NDArray[np.float64]:
    """Log-odds (n,) by the laws alone that the men at `points` (n,) belong to the lower end of the board and
    not to the upper one, given their kinds (n, 9).
    """
    kinds = np.exp(kind_logp[:, :7].astype(np.float64))
    kinds /= kinds.sum(axis=1, keepdims=True)
    lower, upper = np.moveaxis((kinds[:, :, None] * ENDS[points]).sum(axis=1), 1, 0)
    lawless = (1 - lower - upper) / 2
    shares = [(share + lawless) * (1 - _LAWLESS) + _LAWLESS / 2 for share in (lower, upper)]
    result: NDArray[np.float64] = np.log(shares[0] / shares[1])
    return result


def _held(logit: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """The log-odds `logit` (n,) of red joined with what the men's `ends` (n,) say, whichever end is red's:
    that each man is asked of all but itself.
    """
    told = np.tanh(ends / 2) * logit
    lower_is_red = np.clip(told.sum() - told, -_LIMIT, _LIMIT)
    by_law = np.logaddexp(lower_is_red + ends, 0) - np.logaddexp(lower_is_red, ends)
    result: NDArray[np.float64] = np.clip(logit + by_law, -_LIMIT, _LIMIT)
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
