"""Which end of the board is red's: decode both ways and keep the more lawful one.

The locator finds the lattice up to a half turn. Generals, advisors, elephants and soldiers have points they
cannot leave, so all but nearly bare boards are lawful one way only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Position
from vision.classify import PointScores
from vision.decode import Decoded, cost_of, decode

__all__ = ["Oriented", "decode_as_given", "decode_oriented", "half_turned"]

_MARGIN = 3.0  # nats by which one way must be more lawful than the other
_NAMING = 1.0  # nats by which the redder ink must differ from the other, else which side is red is a guess


@dataclass(frozen=True)
class Oriented:
    """A decoded board, whether it took a half turn of the scores' own order, and whether that is certain.

    `turned` True: point i of the board is point 89 - i of the scores.
    """

    decoded: Decoded
    turned: bool
    certain: bool


def half_turned(scores: PointScores) -> PointScores:
    """The same scores with the board seen from the other side (offsets turn too)."""
    return PointScores(
        kind_logp=scores.kind_logp[::-1],
        red_logit=scores.red_logit[::-1],
        ink=scores.ink[::-1],
        offset_cells=-scores.offset_cells[::-1],
        form_logit=scores.form_logit[::-1],
    )


def decode_as_given(
    scores: PointScores,
    prior: Position | None = None,
    *,
    free: bool = False,
    known: NDArray[np.float64] | None = None,
    usual: bool = False,
) -> Oriented:
    """Decode as the scores stand; certain unless the board is clearly more lawful from the other side.

    `known` and `usual`: see `vision.decode.decode`.
    """
    decoded = decode(scores, prior, known=known, usual=usual)
    other = cost_of(
        half_turned(scores), prior, known=None if known is None else known[::-1], usual=usual
    )
    kept = decode(scores, prior, free=True, known=known) if free else decoded
    return Oriented(kept, turned=False, certain=decoded.cost < other + _MARGIN)


def decode_oriented(
    scores: PointScores, prior: Position | None = None, *, free: bool = False, usual: bool = False
) -> Oriented:
    """Decode both ways, keep the more lawful (the laws decide even if `free` then reads without them).

    `usual`: see `vision.decode.decode`.
    """
    turned_scores = half_turned(scores)
    as_is, turned = (decode(way, prior, usual=usual) for way in (scores, turned_scores))
    margin = as_is.cost - turned.cost
    turn = bool(margin > 0)
    certain = abs(margin) >= _MARGIN and (prior is not None or as_is.sides.naming >= _NAMING)
    kept = turned if turn else as_is
    if free:
        kept = decode(turned_scores if turn else scores, prior, free=True)
    return Oriented(kept, turn, certain)
