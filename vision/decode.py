"""From point scores to the likeliest lawful board, with an honest confidence for every point.

The 90 points are assigned to the 32 men of a set and to blanks, exactly, as one linear assignment. The
confidence of a point is the cost of the best board that carries another label there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from engine import Position
from vision.classify import PointScores
from vision.clearness import board_clearness, with_clearness
from vision.confidence import our_calibration
from vision.ink import Sides, sides_of_ink
from vision.laws import SLOT_LABELS, SLOT_POINTS, possible_history
from vision.reading import LABELS, board_to_fen_order
from vision.usual import our_usual_nats

__all__ = ["LEAST_SURE", "Decoded", "cost_of", "decode", "label_log_likelihood"]

_FORBIDDEN = 1e6
_EMPTY, _UNKNOWN = LABELS.index("."), LABELS.index("?")
_SLOT_COLUMN = np.array([LABELS.index(label) for label in SLOT_LABELS])
_FLOOR = -14.0  # nats; no classifier is surer of anything than 1 : 10^6
_OUTLIER = 4.6  # nats: rather than a label a hundred times less likely than the crop's own, say `?`
_GENERAL = 3.0  # nats a board gains by showing a general: one that is not seen is more often hidden than gone
#: A label that is right less often than this under the laws becomes `?`. On 385 drawn boards the open points
#: and four times the wrong ones were together fewest between here and 0.7; a wrong point then comes on four
#: to nine open ones.
LEAST_SURE = 0.65


@dataclass(frozen=True)
class Decoded:
    """The likeliest board: 90 labels and confidences in FEN order, and the same before the laws.

    `cost` is the whole board's, in nats (lower is more lawful and more like the picture); `scores` is
    (90, 16) over `LABELS`, without the laws and the prior but with what is known. `told` are the labels
    before the doubtful ones became `?`, `gap` (90,) the nats it costs to put another one there and
    `clear_gap` (90,) what those are worth on this board (`vision.clearness`), `own` (90,) the log-odds of the
    raw label, `by_laws` (90,) how often a told label with that gap is right, whatever the picture alone says
    of it.
    """

    labels: tuple[str, ...]
    confidence: NDArray[np.float64]
    raw_labels: tuple[str, ...]
    raw_confidence: NDArray[np.float64]
    cost: float
    scores: NDArray[np.float64]
    sides: Sides
    told: tuple[str, ...]
    gap: NDArray[np.float64]
    own: NDArray[np.float64]
    by_laws: NDArray[np.float64]
    clear_gap: NDArray[np.float64]


def label_log_likelihood(
    kind_logp: NDArray[np.floating], side_logit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Join kinds (90, 9) and log-odds of red (90,) into normalised log-likelihoods (90, 16) over `LABELS`."""
    kinds = np.nan_to_num(kind_logp.astype(np.float64), nan=_FLOOR, neginf=_FLOOR)
    kinds = kinds - np.logaddexp.reduce(kinds, axis=1, keepdims=True)
    red = -np.logaddexp(0, -side_logit)[:, None]
    black = -np.logaddexp(0, side_logit)[:, None]
    joined = np.hstack([kinds[:, :7] + red, kinds[:, :7] + black, kinds[:, 7:]])
    result: NDArray[np.float64] = np.maximum(joined, _FLOOR)
    return result


def decode(
    scores: PointScores,
    prior: Position | None = None,
    *,
    free: bool = False,
    known: NDArray[np.float64] | None = None,
    usual: bool = False,
) -> Decoded:
    """Decode 90 point scores, whose FEN order is already the board's.

    `prior`: the last known position of the game, which makes it and its legal successors likelier; a reading
    that shall *check* the game must not use it. `known`: nats (90, 16) over `LABELS` from what stood there
    before (`vision.memory`), which such a reading may use. `free`: without the laws of the game, each point
    by itself. `usual`: with what stands where in most games (`vision.usual`), unless `free`. Confidence is
    never above the raw one, unless `prior` or `known` is given.
    """
    sides, alone = _label_scores(scores, lawful=not free)
    own = _gap_alone(alone)
    best = alone.argmax(axis=1)
    raw_labels = tuple(LABELS[column] for column in best)
    logp = _reminded(alone, known)
    weighed = _weighed(logp, prior, usual and not free)
    if free:
        columns, gap = weighed.argmax(axis=1), _gap_alone(weighed)
        cost = float(-weighed.max(axis=1).sum())
    else:
        columns, gap, cost = _assign(weighed)
    told = tuple(LABELS[column] for column in columns)
    table = our_calibration()
    raw_confidence = table.raw(own, best < _EMPTY)
    clear_gap = with_clearness(gap, columns < _EMPTY, board_clearness(alone))
    by_laws = confidence = table.decoded(gap, columns < _EMPTY)
    if prior is None and known is None:
        by_laws = table.cleared(clear_gap, columns < _EMPTY)
        confidence = np.minimum(np.minimum(confidence, by_laws), raw_confidence)
    settled = (by_laws >= LEAST_SURE) & (columns != _UNKNOWN)
    labels = tuple(label if sure else "?" for label, sure in zip(told, settled, strict=True))
    raw = (raw_labels, raw_confidence)
    return Decoded(labels, confidence, *raw, cost, logp, sides, told, gap, own, by_laws, clear_gap)


def cost_of(
    scores: PointScores,
    prior: Position | None = None,
    *,
    known: NDArray[np.float64] | None = None,
    usual: bool = False,
) -> float:
    """`Decoded.cost` alone of the same board under the laws."""
    logp = _reminded(_label_scores(scores)[1], known)
    return _cheapest(_weighed(logp, prior, usual)).total


def _weighed(logp: NDArray[np.float64], prior: Position | None, usual: bool) -> NDArray[np.float64]:
    """Add what the game so far and what most games say to scores (90, 16)."""
    if prior is not None:
        logp = logp + _history(prior)
    return logp + our_usual_nats() if usual else logp


def _label_scores(scores: PointScores, *, lawful: bool = True) -> tuple[Sides, NDArray[np.float64]]:
    kinds = scores.kind_logp.astype(np.float64)
    sides = sides_of_ink(kinds, scores.red_logit, scores.ink, scores.form_logit, lawful=lawful)
    return sides, label_log_likelihood(scores.kind_logp, sides.logit)


def _reminded(logp: NDArray[np.float64], known: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Add what is known to scores (90, 16)."""
    if known is None:
        return logp
    joined = logp + known
    return np.asarray(np.maximum(joined - np.logaddexp.reduce(joined, axis=1, keepdims=True), _FLOOR))


def _history(prior: Position) -> NDArray[np.float64]:
    following = [board_to_fen_order(prior.after(move).board) for move in prior.legal_moves()]
    return possible_history(board_to_fen_order(prior.board), following)


def _gap_alone(logp: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nats by which each point's best label beats all its others together."""
    probability = np.exp(logp - np.logaddexp.reduce(logp, axis=1, keepdims=True)).max(axis=1)
    probability = np.clip(probability, 1e-9, 1 - 1e-9)
    gap: NDArray[np.float64] = np.log(probability / (1 - probability))
    return gap


@dataclass(frozen=True)
class _Cheapest:
    """The cheapest lawful board: `taken` (90,) the slot of each point, from 32 on a blank of its own."""

    taken: NDArray[np.int64]
    slot_cost: NDArray[np.float64]
    empty: NDArray[np.float64]
    unknown: NDArray[np.float64]
    total: float


def _cheapest(logp: NDArray[np.float64]) -> _Cheapest:
    count, slots = len(logp), len(SLOT_LABELS)
    slot_cost = np.where(SLOT_POINTS, -logp[:, _SLOT_COLUMN], _FORBIDDEN)
    slot_cost[:, [SLOT_LABELS.index("K"), SLOT_LABELS.index("k")]] -= _GENERAL
    empty = -logp[:, _EMPTY]
    unknown = np.minimum(-logp[:, _UNKNOWN], -logp.max(axis=1) + _OUTLIER)
    cost = np.full((count, slots + count), _FORBIDDEN)  # every point has a blank of its own
    cost[:, :slots] = slot_cost
    cost[np.arange(count), slots + np.arange(count)] = np.minimum(empty, unknown)
    _, taken = linear_sum_assignment(cost)
    return _Cheapest(taken, slot_cost, empty, unknown, float(cost[np.arange(count), taken].sum()))


def _assign(logp: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
    """The cheapest lawful board: column of `LABELS` (90,), gap in nats (90,), cost in nats."""
    best, slots = _cheapest(logp), len(SLOT_LABELS)
    taken, empty, unknown = best.taken, best.empty, best.unknown
    blank_column = np.where(empty <= unknown, _EMPTY, _UNKNOWN)
    columns = np.where(taken < slots, _SLOT_COLUMN[np.minimum(taken, slots - 1)], blank_column)
    gap = _gaps(best.slot_cost, np.minimum(empty, unknown), taken)
    is_blank = taken >= slots
    gap[is_blank] = np.minimum(gap[is_blank], np.abs(empty - unknown)[is_blank])
    return columns, gap, best.total


def _gaps(
    slot_cost: NDArray[np.float64], blank: NDArray[np.float64], taken: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What it costs, for each point, to carry another label than in the optimal assignment `taken`.

    Changing one point's label shifts a chain of others: a cycle in the graph whose nodes are the points and
    one sink of unused slots and blanks. An edge i -> k means that i takes the slot of k; an optimal
    assignment has no negative cycle, so all chains follow from one run of Floyd and Warshall.
    """
    count, slots = slot_cost.shape
    men = np.flatnonzero(taken < slots)
    own = blank.copy()
    own[men] = slot_cost[men, taken[men]]
    unused = np.setdiff1d(np.arange(slots), taken[men])
    size = count + 1
    edge = np.full((size, size), _FORBIDDEN)
    edge[:count, men] = slot_cost[:, taken[men]] - own[:, None]
    spare = slot_cost[:, unused].min(axis=1) if len(unused) else np.full(count, _FORBIDDEN)
    edge[:count, count] = np.minimum(spare, np.where(taken < slots, blank, _FORBIDDEN)) - own
    edge[count, :count] = 0.0  # the slot or blank a point leaves joins the unused ones ...
    blanks = np.flatnonzero(taken >= slots)
    edge[count, men] = edge[blanks][:, men].min(axis=0, initial=0.0)  # ... or goes to a point that was blank
    distance = edge.copy()
    np.fill_diagonal(distance, 0.0)
    for via in (*men, count):  # other points hold nothing that anyone could take
        np.minimum(distance, distance[:, via, None] + distance[None, via, :], out=distance)
    label = np.where(taken < slots, _SLOT_COLUMN[np.minimum(taken, slots - 1)], -1)
    first = np.where(label[:, None] == label[None, :], _FORBIDDEN, edge[:count, :count])
    through_men = (first + distance[:count, :count].T).min(axis=1)
    other_spare = np.full((count, len(unused)), _FORBIDDEN)
    if len(unused):
        same = _SLOT_COLUMN[unused][None, :] == label[:, None]
        other_spare = np.where(same, _FORBIDDEN, slot_cost[:, unused])
    own_blank = np.where(taken < slots, blank, _FORBIDDEN)
    free = np.minimum(other_spare.min(axis=1, initial=_FORBIDDEN), own_blank)
    gap: NDArray[np.float64] = np.minimum(through_men, free - own + distance[count, :count])
    return np.maximum(gap, 0.0)
