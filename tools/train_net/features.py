"""What the net sees of a position. The core's `nnue.cpp` computes the same; a test compares the two.

A position is seen twice, by the side to move and by the other. Each sees its own men first, ranks
counted from its own back rank, and files mirrored so that its general stands on file d or e. The
input of a man is

    bucket * 1260 + (own ? 0 : 630) + kind * 90 + square

where bucket (0-5) is the point of the own general: rank 0-2 * 2 + (file e).

Besides, each is told what the men do (`core/tactics.h`, which counts it for training, too): the features of
its own side as they are, those of the other behind them.
"""

import numpy as np
from numpy.typing import NDArray

from engine.selfplay import MOST_TACTICS, NO_TACTIC, TACTICAL_KINDS, tactics
from tools.train_net.records import CAPTURED

__all__ = [
    "BUCKETS",
    "INPUTS",
    "OUTPUTS",
    "PLAIN_INPUTS",
    "TACTICS",
    "mirrored",
    "output_bucket",
    "tactical_views",
    "views",
]

PLAIN_INPUTS = 2 * 7 * 90
BUCKETS = 6
INPUTS = BUCKETS * PLAIN_INPUTS
OUTPUTS = 8
TACTICS = 2 * TACTICAL_KINDS

_KIND = np.array([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6, 6, 6] * 2, dtype=np.int32)
_COLOUR = np.repeat(np.array([0, 1], dtype=np.int32), 16)
_ATTACKERS = np.isin(_KIND, [3, 4, 5, 6])


def _view(squares: NDArray[np.int32], colour: int) -> NDArray[np.int32]:
    """Inputs (n, 32) as `colour` sees them; captured men give the padding index INPUTS."""
    gone = squares == CAPTURED
    rank, file = np.divmod(squares, 9)
    if colour == 1:
        rank = 9 - rank
    general_rank, general_file = rank[:, 16 * colour, None], file[:, 16 * colour, None]
    mirrored = general_file > 4
    file = np.where(mirrored, 8 - file, file)
    bucket = general_rank * 2 + (general_file == 4)
    own = np.where(colour == _COLOUR, 0, 630)
    index = bucket * PLAIN_INPUTS + own + _KIND * 90 + rank * 9 + file
    return np.where(gone, INPUTS, index).astype(np.int32)


def mirrored(squares: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same positions (n, 32) with files a-i read as i-a; they are worth the same."""
    flipped = squares + 8 - 2 * (squares % 9)
    return np.where(squares == CAPTURED, squares, flipped).astype(np.uint8)


def views(squares: NDArray[np.uint8], side: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Inputs of the side to move and of the other, each (n, 32) int32, padded with INPUTS."""
    wide = squares.astype(np.int32)
    red, black = _view(wide, 0), _view(wide, 1)
    turn = (side == 0)[:, None]
    return np.where(turn, red, black), np.where(turn, black, red)


def output_bucket(squares: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Which of the eight outputs speaks (n,): by the horses, chariots, cannons and soldiers left, 0-22."""
    left = ((squares != CAPTURED) & _ATTACKERS).sum(axis=1)
    buckets: NDArray[np.int64] = np.minimum(left * OUTPUTS // 23, OUTPUTS - 1)
    return buckets


def tactical_views(records: NDArray[np.void]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Tactical features of the side to move and of the other, each (n, m) int32, padded with TACTICS.

    They are the same in the mirror.
    """
    lists = np.frombuffer(tactics(records.tobytes()), np.uint8).reshape(len(records), 2, MOST_TACTICS)
    longest = int((lists != NO_TACTIC).sum(axis=2).max(initial=1))
    lists = lists[:, :, :longest].astype(np.int32)
    own = np.where(lists == NO_TACTIC, TACTICS, lists)
    other = np.where(lists == NO_TACTIC, TACTICS, lists + TACTICAL_KINDS)
    return (
        np.concatenate([own[:, 0], other[:, 1]], axis=1),
        np.concatenate([own[:, 1], other[:, 0]], axis=1),
    )
