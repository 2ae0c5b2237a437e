"""Whether a board is set up for a game, also where its faces are too hard to read.

In the opening all men of a side stand where the other side's cannot, and nothing stands anywhere else: what
is a piece, of which side, and what is bare tells nearly all. Men that were mixed up change places in pairs,
so one face that surely reads as another is a misread one; two are not.
"""

import numpy as np

from engine import Position
from vision.reading import LABELS, Reading, board_to_fen_order

__all__ = ["shows_set_up"]

_OWN_SIDE = 0.8  # share of the men of the right side
_BARE = 0.9
_READ = 0.9  # confidence from which a face counts as surely read
_MISREAD = 1
_FEWEST_READ = 4
_RED, _BLACK, _EMPTY = slice(0, 7), slice(7, 14), LABELS.index(".")


def shows_set_up(reading: Reading, position: Position) -> bool:
    """Whether `reading` shows `position` at every point by occupancy and side, and no two faces speak against
    it.

    Meant for positions with all their men, at the beginning of a game.
    """
    if reading.verdict in {"wait", "no-board"}:
        return False
    logp = reading.label_scores()
    shares = np.exp(logp - np.logaddexp.reduce(logp, axis=1, keepdims=True))
    right = wrong = 0
    for share, raw, label in zip(shares, reading.raw, board_to_fen_order(position.board), strict=True):
        if label == ".":
            if share[_EMPTY] < _BARE:
                return False
            continue
        if share[_RED if label.isupper() else _BLACK].sum() < _OWN_SIDE:
            return False
        if raw.confidence >= _READ:
            right, wrong = right + (raw.label == label), wrong + (raw.label != label)
    return right >= _FEWEST_READ and wrong <= _MISREAD
