"""What an encoder reads against what its motor was counted to, and what a missed step looks like.

A magnet that is not quite centred bends an encoder's reading by up to a degree, smoothly and always alike:
one wave a turn from eccentricity and one from tilt, and a little of higher orders. A sweep of the joint
against its own motor, approached from one side as every place is, measures the bend; what is left is noise,
rounding and a part of the free play. A rotor that slips falls back by a whole electrical cycle, four full
steps, and that shows as four to five counts that appear from one rest to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from host.arm.errors import CurveError
from host.arm.parts import Joint

__all__ = [
    "CURVE_TERMS",
    "MOST_RESIDUAL_COUNTS",
    "EncoderCurve",
    "expected_counts",
    "fit_curve",
    "missed_cycles",
]

MOST_RESIDUAL_COUNTS = 2.0
"""A curve that leaves more than this somewhere is refused: a step missed in the sweep, or a loose magnet."""

_ORDERS = (1, 2, 3)
CURVE_TERMS = 1 + 2 * len(_ORDERS)
"""How many numbers an `EncoderCurve` has."""
_FEWEST = 12
_STEADY = 1e-4
"""Weight that keeps waves small where a sweep over half a turn cannot tell them apart (counts per count)."""
_FULL_STEPS_PER_CYCLE = 4

Array = NDArray[np.float64]


def expected_counts(joint: Joint, usteps: float) -> float:
    """What an ideal encoder of the drawing reads at a motor position, counts, not wrapped."""
    angle = usteps / joint.usteps_per_unit
    return joint.encoder_zero + joint.encoder_sign * angle * joint.encoder_counts / math.tau


@dataclass(frozen=True)
class EncoderCurve:
    """The bend of one encoder: an offset, then cosine and sine of each order of the joint's angle, in counts.

    `residual_counts` is the largest difference left in the sweep it was fitted to.
    """

    terms: tuple[float, ...]
    residual_counts: float

    def off(self, joint: Joint, usteps: float, counts: float) -> float:
        """How far a reading is from what belongs to a motor position, counts, the short way round."""
        bend = float((_waves(np.array([usteps / joint.usteps_per_unit])) @ np.array(self.terms))[0])
        return math.remainder(counts - expected_counts(joint, usteps) - bend, joint.encoder_counts)


def fit_curve(joint: Joint, usteps: Sequence[int], counts: Sequence[float]) -> EncoderCurve:
    """Fit the bend to a sweep: motor positions, each approached from the same side, and readings there.

    Raises `CurveError` for fewer than a dozen places, for readings no smooth bend explains, and for a sweep
    that leaves more than `MOST_RESIDUAL_COUNTS`.
    """
    if len(usteps) < _FEWEST or len(usteps) != len(counts):
        raise CurveError(
            f"{len(usteps)} places and {len(counts)} readings of an encoder; at least {_FEWEST} are needed"
        )
    raw = np.array(
        [
            math.remainder(read - expected_counts(joint, at), joint.encoder_counts)
            for at, read in zip(usteps, counts, strict=True)
        ]
    )
    # The readings may lie on both sides of half a turn off: unwrap them around the first.
    raw = raw[0] + np.array([math.remainder(value - raw[0], joint.encoder_counts) for value in raw])
    waves = _waves(np.asarray(usteps, dtype=np.float64) / joint.usteps_per_unit)
    steady = _STEADY * np.eye(waves.shape[1])
    steady[0, 0] = 0.0
    terms = np.linalg.lstsq(np.vstack([waves, steady]), np.append(raw, np.zeros(len(steady))), rcond=None)[0]
    left = float(np.abs(raw - waves @ terms).max())
    if left > MOST_RESIDUAL_COUNTS:
        raise CurveError(
            f"the encoder differs from its motor by {left:.1f} counts after linearisation, where "
            f"{MOST_RESIDUAL_COUNTS:.0f} are allowed: see that its magnet is tight and the arm moves freely, "
            "and measure again"
        )
    return EncoderCurve(tuple(float(term) for term in terms), left)


def missed_cycles(joint: Joint, off_counts: float) -> int:
    """How many electrical cycles of four full steps a difference stands for; its sign is the joint's."""
    cycle = _FULL_STEPS_PER_CYCLE * joint.microsteps / joint.usteps_per_unit
    per_cycle = cycle * joint.encoder_counts / math.tau
    return joint.encoder_sign * round(off_counts / per_cycle)


def _waves(angles: Array) -> Array:
    columns = [np.ones_like(angles)]
    for order in _ORDERS:
        columns += [np.cos(order * angles), np.sin(order * angles)]
    return np.stack(columns, axis=1)
