"""Whether the motors are where their steps were counted to, judged by the joint encoders at rest.

A reading at rest, freed of the encoder's own bend, lies within a count of what belongs to the motor position,
as long as the joint came to rest from the usual side: then the free play is always taken up the same way. A
rotor that lost its field falls back by whole electrical cycles of four full steps, four to five counts each.
After a rest from another side (a stop in mid-path) the free play is added to what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from host.arm.encoder_curve import EncoderCurve, expected_counts, fit_curve
from host.arm.joints import Joints, Usteps
from host.arm.motion import Motion
from host.arm.moves import swing, travel_usteps
from host.arm.parts import Joint
from host.arm.robot import Robot

__all__ = ["RestReadings", "Sample", "StepCheck", "curves_of_sweep", "mean_sample", "plan_sweep"]

Sample = tuple[Usteps, tuple[float, float]]
"""A motor position and the mean readings of both encoders there (counts)."""

_PLACES = 12
_MARGIN = math.radians(1.0)
_FULL_STEPS_PER_CYCLE = 4
_MOST_PLAY = math.radians(15.0 / 60.0)
"""Free play that is still allowed for where nobody knows which side it is on."""
_RING_US = 60_000
"""How long a link swings on after the last step."""
_READINGS = 2


def plan_sweep(robot: Robot, start: Usteps) -> tuple[Motion, ...]:
    """Motions from `start` to the far end of both ranges, and back in stops.

    Each ends, come to from the usual side, where the encoders are to be read. Raises PlanError, ReachError,
    SafetyRefusalError.
    """
    motions: list[Motion] = []
    here = start
    for number in range(_PLACES):
        share = number / (_PLACES - 1)
        angles = [_between(joint, share) for joint in (robot.shoulder, robot.elbow)]
        shoulder, elbow, _ = robot.usteps(Joints(angles[0], angles[1], 0.0))
        place = (shoulder, elbow, max(here[2], travel_usteps(robot)))
        motions.append(swing(robot, here, place, "measuring the joints", approach=True))
        here = place
    return tuple(motions)


def _between(joint: Joint, share: float) -> float:
    """From the end of the range away from the park end (share 0) to just before the park end (share 1)."""
    margin = joint.approach + _MARGIN
    low, high = joint.low + margin, joint.high - margin
    far, near = (low, high) if joint.park > (joint.low + joint.high) / 2 else (high, low)
    return far + share * (near - far)


def curves_of_sweep(robot: Robot, samples: Sequence[Sample]) -> tuple[EncoderCurve, EncoderCurve]:
    """The bend of both encoders from the rests of a sweep. Raises `CurveError`."""
    shoulder, elbow = (
        fit_curve(joint, [usteps[axis] for usteps, _ in samples], [counts[axis] for _, counts in samples])
        for axis, joint in enumerate((robot.shoulder, robot.elbow))
    )
    return shoulder, elbow


def mean_sample(samples: Sequence[Sample]) -> Sample:
    """The mean of samples of one rest."""
    usteps = samples[0][0]
    shoulder, elbow = (sum(counts[axis] for _, counts in samples) / len(samples) for axis in range(2))
    return usteps, (shoulder, elbow)


class StepCheck:
    """Judges rests by the curves of both encoders; without curves it finds nothing.

    It is told of every motion that `begins` and of those that `finished` at their end.
    """

    def __init__(self, robot: Robot, curves: tuple[EncoderCurve, EncoderCurve] | None = None) -> None:
        self.curves = curves
        self._axes = (robot.shoulder, robot.elbow)
        self._one_sided = [False, False]

    def begins(self, motion: Motion) -> None:
        """From here on the joints that it turns may come to rest anywhere, from either side."""
        for axis in range(2):
            if motion.via is not None or motion.start_usteps[axis] != motion.end_usteps[axis]:
                self._one_sided[axis] = False

    def finished(self, motion: Motion) -> None:
        """The motion came to its end: its joints lie on the usual side if it ended in an approach."""
        if motion.via is not None:
            self._one_sided = [True, True]

    def missed(self, usteps: Usteps, counts: tuple[float, float]) -> tuple[int, int]:
        """Electrical cycles (four full steps each) that shoulder and elbow are off at rest; 0 is well."""
        if self.curves is None:
            return (0, 0)
        shoulder, elbow = (
            self._cycles(axis, self.curves[axis].off(joint, usteps[axis], counts[axis]))
            for axis, joint in enumerate(self._axes)
        )
        return shoulder, elbow

    def _cycles(self, axis: int, off: float) -> int:
        joint = self._axes[axis]
        turn = joint.encoder_counts / math.tau
        allowed = 0.0 if self._one_sided[axis] else _MOST_PLAY * turn
        beyond = math.copysign(max(0.0, abs(off) - allowed), off)
        per_cycle = _FULL_STEPS_PER_CYCLE * joint.microsteps / joint.usteps_per_unit * turn
        return joint.encoder_sign * round(beyond / per_cycle)


class RestReadings:
    """Gathers readings while the two joints rest, whatever the lift does meanwhile."""

    def __init__(self, robot: Robot) -> None:
        self._axes = (robot.shoulder, robot.elbow)
        self._place: Usteps | None = None
        self._since_us = 0
        self._counts: list[tuple[int, int]] = []

    def heard(self, at_us: int, usteps: Usteps, counts: tuple[int, int]) -> Sample | None:
        """A reading at `at_us`; a sample when enough have come since the joints rest, again and again."""
        if self._place is None or usteps[:2] != self._place[:2]:
            self.forget()
            self._place, self._since_us = usteps, at_us
            return None
        if at_us - self._since_us < _RING_US:
            return None
        self._counts.append(counts)
        if len(self._counts) < _READINGS:
            return None
        sample = (usteps, self._mean(usteps))
        self._counts = []
        return sample

    def forget(self) -> None:
        """The next reading begins a new rest."""
        self._place, self._counts = None, []

    def _mean(self, usteps: Usteps) -> tuple[float, float]:
        """Mean readings, unwrapped around what is expected."""
        means = []
        for axis, joint in enumerate(self._axes):
            expected = expected_counts(joint, usteps[axis])
            offs = [math.remainder(counts[axis] - expected, joint.encoder_counts) for counts in self._counts]
            means.append(expected + sum(offs) / len(offs))
        return means[0], means[1]

