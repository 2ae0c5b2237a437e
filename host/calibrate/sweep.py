"""Both joints swept over their ranges against their motors: how the encoders are bent, and the free play."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from host.arm.encoder_curve import EncoderCurve, fit_curve, missed_cycles
from host.arm.errors import CurveError
from host.arm.joints import Joints, Usteps
from host.arm.moves import ease, swing, travel_usteps
from host.arm.parts import Joint
from host.calibrate.errors import MeasurementError
from host.calibrate.rig import Rig

__all__ = ["Sweep", "sweep_joints"]

_PLACES = 33
_READINGS = 16
_READING_US = 1_000

_Sample = tuple[Usteps, tuple[float, float]]


class Sweep(NamedTuple):
    """The bends of both encoders, and the free play of both joints (rad)."""

    curves: tuple[EncoderCurve, EncoderCurve]
    plays: tuple[float, float]


def sweep_joints(rig: Rig, told: Callable[[str], None]) -> Sweep:
    """Come to each place from both sides and read. Raises `MeasurementError` when a curve is too bad."""
    robot = rig.robot
    up, down = _readings(rig)
    rig.park()
    axes = (robot.shoulder, robot.elbow)
    try:
        first, second = (
            fit_curve(joint, [usteps[axis] for usteps, _ in up], [counts[axis] for _, counts in up])
            for axis, joint in enumerate(axes)
        )
    except CurveError as error:
        raise MeasurementError(str(error)) from error
    plays = []
    for axis, (joint, curve) in enumerate(zip(axes, (first, second), strict=True)):
        offs = [curve.off(joint, usteps[axis], counts[axis]) for usteps, counts in down]
        if any(missed_cycles(joint, value) for value in offs):
            raise MeasurementError("a motor lost steps in the sweep; see that the arm moves freely")
        plays.append(abs(float(np.mean(offs))) * math.tau / joint.encoder_counts)
    left = max(first.residual_counts, second.residual_counts)
    told(f"encoders: at most {left:.2f} counts are left after linearisation")
    told(f"encoders: free play {plays[0] * 1e3:.2f} mrad at the shoulder, {plays[1] * 1e3:.2f} at the elbow")
    return Sweep((first, second), (plays[0], plays[1]))


def _readings(rig: Rig) -> tuple[list[_Sample], list[_Sample]]:
    """Readings along the range, each place approached from the usual side, and from the other."""
    robot = rig.robot
    up: list[_Sample] = []
    down: list[_Sample] = []
    margin = 2.0 * max(robot.shoulder.approach, robot.elbow.approach) + math.radians(1.0)
    for share in np.linspace(0.0, 1.0, _PLACES):
        angles = [_between(joint, float(share), margin) for joint in (robot.shoulder, robot.elbow)]
        shoulder, elbow, _ = robot.usteps(Joints(angles[0], angles[1], 0.0))
        place = (shoulder, elbow, travel_usteps(robot))
        rig.move(swing(robot, rig.usteps, place, "sweep", approach=True))
        up.append((place, _read(rig)))
        rig.move(swing(robot, rig.usteps, _beyond(robot.shoulder, robot.elbow, place), "beyond"))
        rig.move(ease(robot, rig.usteps, place, "back"))
        down.append((place, _read(rig)))
    return up, down


def _read(rig: Rig) -> tuple[float, float]:
    """The mean of a few readings of both encoders (counts)."""
    readings = []
    for _ in range(_READINGS):
        rig.wait(_READING_US)
        readings.append(rig.encoders())
    counts = (rig.robot.shoulder.encoder_counts, rig.robot.elbow.encoder_counts)
    means = []
    for axis, turn in enumerate(counts):
        first = readings[0][axis]
        means.append(first + float(np.mean([math.remainder(r[axis] - first, turn) for r in readings])))
    return means[0], means[1]


def _between(joint: Joint, share: float, margin: float) -> float:
    low, high = joint.low + margin, joint.high - margin
    # From the far end of the range to the park end.
    first, last = (low, high) if joint.park > (joint.low + joint.high) / 2 else (high, low)
    return first + share * (last - first)


def _beyond(shoulder: Joint, elbow: Joint, place: Usteps) -> Usteps:
    """A place beyond `place`, towards the park end by the length of an approach."""
    beyond = []
    for joint, usteps in ((shoulder, place[0]), (elbow, place[1])):
        towards = 1 if joint.park > (joint.low + joint.high) / 2 else -1
        beyond.append(usteps + towards * round(joint.approach * joint.usteps_per_unit))
    return (beyond[0], beyond[1], place[2])
