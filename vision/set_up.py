"""Whether a board is set up for a game, also where its faces are too hard to read.

In the opening all men of a side stand where the other side's cannot, and nothing stands anywhere else: what
is a piece, of which side, and what is bare tells nearly all. The faces must speak for this order of the men
rather than for any other, if only all together. Men that were mixed up change places, so one face that surely
reads as another is a misread one; where several do, no other order of the men may explain the faces better. A
character read on more men than carry it tells none of them: so all soldiers of a set can look like cannons.
Where every man of a label looks like a face without a character, as on some sets the horses do, that is the
set; one alone is a coin or a piece face down, and a person must say what it stands for.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from engine import Position
from vision.reading import LABELS, Reading, board_to_fen_order

__all__ = ["shows_set_up"]

_STANDS = 0.5  # share of the men of both sides where one must stand
_NOT_BARE = 0.1  # most share of "bare" where a man may stand whose label looks blank throughout
_MOST_BLANK = 4  # such men
_BARE = 0.9
_OWN_SIDE = 0.8
_MOST_UNSURE = 8  # men of whom the ink says too little; of none may it clearly say the other side
_READ = 0.9  # confidence from which a face counts as surely read
_MISREAD = 1
_BETTER_ORDER = 3.0  # nats by which another order of the men may explain several misread faces better
_ORDERED = 3.0  # standard deviations above a random order
_SIDES = (slice(0, 7), slice(7, 14))
_EMPTY = LABELS.index(".")


def shows_set_up(reading: Reading, position: Position) -> bool:
    """Whether `reading` shows `position` by occupancy and sides, its faces rather speak for it than for a
    random order, and several that surely read otherwise for no other order than this.

    Meant for positions with all their men, at the beginning of a game.
    """
    if reading.verdict in {"wait", "no-board"} or reading.reason == "mirrored":
        return False
    board = np.array(list(board_to_fen_order(position.board)))
    logp = reading.label_scores()
    logp = logp - np.logaddexp.reduce(logp, axis=1, keepdims=True)
    shares = np.exp(logp)
    men = board != "."
    labels = board[men]
    of_side = np.column_stack([shares[men, side].sum(axis=1) for side in _SIDES])
    stands = of_side.sum(axis=1)
    if (shares[~men, _EMPTY] < _BARE).any() or not _all_stand(labels, stands, shares[men, _EMPTY]):
        return False
    own = of_side[np.arange(len(labels)), [0 if label.isupper() else 1 for label in labels]] / stands
    if (own < 1 - _OWN_SIDE).any() or (own < _OWN_SIDE).sum() > _MOST_UNSURE:
        return False
    told = np.array([raw.label if raw.confidence >= _READ else "?" for raw in reading.raw])[men]
    for label in set(told):
        if (told == label).sum() > (labels == label).sum():
            told[told == label] = "?"
    believed = np.where((told == "?")[:, None], 0.0, logp[men])
    misread = ((told != "?") & (told != labels)).sum()
    if misread > _MISREAD and _gain_of_order(believed, labels) > _BETTER_ORDER:
        return False
    return _order(logp[men], labels) >= _ORDERED


def _all_stand(labels: NDArray[np.str_], stands: NDArray[np.float64], bare: NDArray[np.float64]) -> bool:
    """Whether on every one of the points of `labels` (n,) a man stands; `stands` and `bare` (n,) are the
    shares of a man and of nothing there. The faces of all men of a label may look blank.
    """
    blank = stands < _STANDS
    if blank.sum() > _MOST_BLANK or (bare[blank] > _NOT_BARE).any():
        return False
    of_blank = np.isin(labels, labels[blank])
    return bool(blank[of_blank].all()) and all((labels == label).sum() > 1 for label in labels[blank])


def _side_tables(logp: NDArray[np.float64], labels: NDArray[np.str_]) -> list[NDArray[np.float64]]:
    """For each side: log-likelihood that the man on point i carries the label that belongs on point j."""
    tables = []
    for side, red in zip(_SIDES, (True, False), strict=True):
        rows = np.array([label.isupper() == red for label in labels])
        kinds = logp[rows, side]
        kinds = kinds - np.logaddexp.reduce(kinds, axis=1, keepdims=True)
        tables.append(kinds[:, [LABELS.index(label) % 7 for label in labels[rows]]])
    return tables


def _gain_of_order(logp: NDArray[np.float64], labels: NDArray[np.str_]) -> float:
    """Nats by which the likeliest order of the men, side by side, beats that of `labels` (n,)."""
    gain = 0.0
    for table in _side_tables(logp, labels):
        best = linear_sum_assignment(-table)
        gain += float(table[best].sum() - np.trace(table))
    return gain


def _order(logp: NDArray[np.float64], labels: NDArray[np.str_]) -> float:
    """How far the scores (n, 16) of `labels` (n,) stand above those of the same men in a random order, side
    by side, in standard deviations of such orders (Hoeffding's for a sum over a permutation).
    """
    above = variance = 0.0
    for table in _side_tables(logp, labels):
        centred = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
        above += float(np.trace(centred))
        variance += float((centred**2).sum()) / max(1, len(table) - 1)
    return float(above / np.sqrt(max(variance, 1e-9)))
