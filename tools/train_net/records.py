"""Self-play records as the core writes them: 40 bytes a quiet position (see `engine/core/selfplay.h`)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.errors import BadInputError

__all__ = ["CAPTURED", "RECORD", "read_records", "split_by_game"]

CAPTURED = 127
RECORD = np.dtype(
    [("squares", "u1", 32), ("score", "<i2"), ("result", "i1"), ("side", "u1"), ("game", "<u4")]
)


def read_records(paths: Sequence[Path]) -> NDArray[np.void]:
    """All records of several files in order, with game numbers made unique across files."""
    parts = []
    first_game = 0
    for path in paths:
        if path.stat().st_size % RECORD.itemsize:
            raise BadInputError(f"{path}: cut short; whole {RECORD.itemsize}-byte records are right")
        part = np.fromfile(path, dtype=RECORD)
        if not part.size:
            continue
        squares = part["squares"]
        if ((squares >= 90) & (squares != CAPTURED)).any() or (part["side"] > 1).any():
            raise BadInputError(f"{path}: a record has a square outside 0-89; these are not such records")
        part["game"] += np.uint32(first_game)
        first_game = int(part["game"].max()) + 1
        parts.append(part)
    if not parts:
        raise BadInputError("there is no record in the files given")
    return np.concatenate(parts)


def split_by_game(records: NDArray[np.void], every: int = 50) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """(training, validation): every `every`-th game is held out whole, so no position leaks."""
    held_out = records["game"] % every == 0
    return records[~held_out], records[held_out]
