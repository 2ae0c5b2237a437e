"""From nats to honest confidence: how often a label of so much evidence was right.

The table was measured on drawn boards in fonts and faces that training never saw (`qiyou train`); it stands
beside the models as `confidence.json`.
"""

import itertools
import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.errors import ModelFileError
from vision.model_files import MODELS

__all__ = ["CURVES", "TABLE", "Calibration", "load_calibration", "our_calibration"]

#: Curves of the table, in the order of `Calibration`.
CURVES = ("piece", "empty", "raw_piece", "raw_empty", "clear_piece")
#: Name of the table's file in a folder of models.
TABLE = "confidence.json"

_MOST_KNOTS = 1000

Knots = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Calibration:
    """Knots (nats, share right), both rising, for labels that name a piece and for the others.

    The first two are for labels under the laws of the game, where nats are what another label would cost
    the whole board; the raw ones for labels by the picture alone, where they are its log-odds; the last one
    is like the first where those nats were weighed by the board's clearness (`vision.clearness`).
    """

    piece: Knots
    empty: Knots
    raw_piece: Knots
    raw_empty: Knots
    clear_piece: Knots

    def decoded(self, nats: NDArray[np.float64], piece: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Share of decoded labels with so much evidence that are right, (n,) 0..1; `piece`: names one."""
        return _shares(nats, piece, self.piece, self.empty)

    def cleared(self, nats: NDArray[np.float64], piece: NDArray[np.bool_]) -> NDArray[np.float64]:
        """As `decoded`, for nats weighed by the board's clearness."""
        return _shares(nats, piece, self.clear_piece, self.empty)

    def raw(self, nats: NDArray[np.float64], piece: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The same for the labels that the picture alone speaks for."""
        return _shares(nats, piece, self.raw_piece, self.raw_empty)


def _shares(
    nats: NDArray[np.float64], piece: NDArray[np.bool_], of_pieces: Knots, of_others: Knots
) -> NDArray[np.float64]:
    shares = [np.interp(nats, *knots) for knots in (of_pieces, of_others)]
    return np.asarray(np.where(piece, *shares), dtype=np.float64)


@lru_cache(maxsize=1)
def our_calibration() -> Calibration:
    """The table that belongs to the models of this program."""
    return load_calibration(MODELS / TABLE)


def load_calibration(path: Path) -> Calibration:
    """Read a table. Raises `ModelFileError` naming the file when it is none."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        parts = [_knots(table[name]) for name in CURVES]
    except OSError as error:
        why = error.strerror
        raise ModelFileError(f"the table {path} cannot be read ({why}); install it again") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"the table {path} is not one of rising pairs of numbers ({error})") from error
    return Calibration(*parts)


def _knots(rows: object) -> Knots:
    if not isinstance(rows, list) or not 1 <= len(rows) <= _MOST_KNOTS:
        raise ValueError("a list of 1 to 1000 pairs is needed")
    nats, shares = (tuple(float(row[column]) for row in rows) for column in (0, 1))
    if not all(math.isfinite(value) for value in nats + shares):
        raise ValueError("a number is not finite")
    rising = all(a <= b for values in (nats, shares) for a, b in itertools.pairwise(values))
    if not rising or shares[0] < 0 or shares[-1] > 1:
        raise ValueError("numbers must rise, shares from 0 to 1")
    return nats, shares
