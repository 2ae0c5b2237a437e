"""Rest-to-rest moves: a straight line in joint space, run so that no point of the arm is too fast.

All joints follow one path parameter s in 0..1, so they stay between their end values: the radius of the tool,
a function of the elbow alone, never leaves the range spanned by the two ends. The jerk-limited profile runs
over sigma = integral of K(s) ds, where K is a smooth upper bound of elbow and tool speed per unit of s;
the speed along sigma therefore bounds every point of the arm. Where that would exceed a joint's limits, the
whole move is slowed by one factor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from host.arm.errors import ReachError
from host.arm.joints import Usteps
from host.arm.robot import Robot
from host.arm.scurve import SCurve, plan_scurve

__all__ = ["Trajectory", "plan_line"]

_GRID = 129
# The p-norm of elbow and tool speed: never below the larger of the two, and smooth where they change places.
_NORM = 12.0


@dataclass(frozen=True)
class Trajectory:
    """A planned move between the exact motor positions `start` and `end`.

    `sigma` (m) and its derivative `slope` (m per unit of s) are tabulated over equally spaced s in 0..1.
    """

    start: Usteps
    end: Usteps
    curve: SCurve
    sigma: NDArray[np.float64]
    slope: NDArray[np.float64]

    @property
    def duration(self) -> float:
        """Seconds from rest to rest."""
        return self.curve.duration

    def step_times(self, axis: int) -> NDArray[np.float64]:
        """Times (s, ascending) of one axis's steps: when it passes the middle between two microsteps."""
        steps = abs(self.end[axis] - self.start[axis])
        if steps == 0:
            return np.empty(0)
        return self.curve.time_at(self._sigma_at((np.arange(steps) + 0.5) / steps))

    def path_at(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Path parameter s at each time (s)."""
        position, _, _ = self.curve.at(time)
        grid = np.linspace(0.0, 1.0, len(self.sigma))
        s = np.interp(position, self.sigma, grid)
        for _ in range(3):
            s = np.clip(s - (self._sigma_at(s) - position) / np.interp(s, grid, self.slope), 0.0, 1.0)
        return s

    def usteps_at(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the three motor positions, unrounded, shape (n, 3), at each time (n,)."""
        start = np.array(self.start, dtype=np.float64)
        span = np.array(self.end, dtype=np.float64) - start
        result: NDArray[np.float64] = start + self.path_at(time)[:, None] * span
        return result

    def _sigma_at(self, s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cubic Hermite interpolation of the table: value and slope are both known."""
        cells = len(self.sigma) - 1
        index = np.minimum((s * cells).astype(np.intp), cells - 1)
        u = s * cells - index
        p0, p1 = self.sigma[index], self.sigma[index + 1]
        m0, m1 = self.slope[index] / cells, self.slope[index + 1] / cells
        result: NDArray[np.float64] = (
            p0 * (1 + 2 * u) * (1 - u) ** 2
            + m0 * u * (1 - u) ** 2
            + p1 * u**2 * (3 - 2 * u)
            + m1 * u**2 * (u - 1)
        )
        return result


def plan_line(
    robot: Robot, start: Usteps, end: Usteps, point_speed: float, lift_speed: float, *, slow: bool = False
) -> Trajectory:
    """Plan a straight joint-space move between two different motor positions.

    `point_speed` bounds elbow and tool, `lift_speed` the nose's vertical speed, both m/s. `slow` bounds the
    speed of the stretched arm instead, whatever the elbow's angle: for moves from an unsure position, which
    may lie outside the joint ranges. Raises ReachError when an end lies outside and `slow` is not set.
    """
    for position in (start, end):
        if not slow and not robot.in_range(robot.joints(position)):
            raise ReachError(f"The motor position {position} lies outside the range of a joint.")
    if start == end:
        raise ReachError("A move needs two different ends.")
    first, last = robot.joints(start), robot.joints(end)
    span = np.array(last) - np.array(first)
    plan = robot.plan
    if start[:2] == end[:2]:
        length = abs(float(span[2]))
        slope = np.full(_GRID, length)
        lift = plan.lift
        curve = plan_scurve(length, min(lift_speed, lift.speed), lift.acceleration, lift.jerk)
        return Trajectory(start, end, curve, np.linspace(0.0, length, _GRID), slope)
    # K at the grid points and at the middles between them, for Simpson's rule.
    s = np.linspace(0.0, 1.0, 2 * _GRID - 1)
    if slow:
        slope = np.full(len(s), robot.geometry.greatest_speed(robot.arm, float(span[0]), float(span[1])))
    else:
        slope = _point_slope(robot, first.elbow + s * span[1], float(span[0]), float(span[1]))
    pieces = (slope[:-2:2] + 4 * slope[1:-1:2] + slope[2::2]) / (6 * (_GRID - 1))
    sigma = np.concatenate([[0.0], np.cumsum(pieces)])
    curve = plan_scurve(float(sigma[-1]), point_speed, plan.point_acceleration, plan.point_jerk)
    trajectory = Trajectory(start, end, curve, sigma, np.ascontiguousarray(slope[::2]))
    factor = _slowdown(robot, trajectory, span, lift_speed)
    if factor > 1.0:
        trajectory = replace(trajectory, curve=_slowed(curve, factor))
    return trajectory


def _slowed(curve: SCurve, factor: float) -> SCurve:
    """The same profile, stretched in time by `factor`."""
    return SCurve(
        curve.length,
        curve.speed / factor,
        curve.jerk / factor**3,
        curve.jerk_time * factor,
        curve.hold_time * factor,
        curve.cruise_time * factor,
    )


def _point_slope(robot: Robot, elbow: NDArray[np.float64], turn: float, bend: float) -> NDArray[np.float64]:
    """Return K (m): the p-norm of |d elbow/ds| and |d tool/ds| for joint spans `turn`, `bend` (rad)."""
    knee, tool = robot.geometry.speeds(robot.arm, elbow, turn, bend)
    high = np.maximum(tool, knee)
    low = np.minimum(tool, knee)
    result: NDArray[np.float64] = high * (1.0 + (low / high) ** _NORM) ** (1.0 / _NORM)
    return result


def _slowdown(robot: Robot, trajectory: Trajectory, span: NDArray[np.float64], lift_speed: float) -> float:
    """Return the factor >= 1 by which time must stretch for every joint to keep its limits.

    With sigma' = K ds/dt the derivatives of s at the table's places follow from those of sigma: the first is
    sigma' / K, each next one what is left of sigma's after the change of K.
    """
    curve, cells = trajectory.curve, len(trajectory.sigma) - 1
    time = curve.time_at(trajectory.sigma)
    _, along, rate = curve.at(time)
    k = trajectory.slope
    k1 = np.gradient(k) * cells
    k2 = np.gradient(k1) * cells
    first = along / k
    second = (rate - k1 * first**2) / k
    rest = (3.0 * k1 * first * second + k2 * first**3) / k
    # The profile's own jerk is one of +j, 0 and -j, and changes between the places too.
    speed = float(first.max())
    acceleration = float(np.abs(second).max())
    jerk = float((np.abs(rest) + curve.jerk / k).max())
    factor = 1.0
    plan = robot.plan
    for amount, limit, fastest in (
        (abs(span[0]), plan.shoulder, plan.shoulder.speed),
        (abs(span[1]), plan.elbow, plan.elbow.speed),
        (abs(span[2]), plan.lift, min(lift_speed, plan.lift.speed)),
    ):
        factor = max(
            factor,
            amount * speed / fastest,
            math.sqrt(amount * acceleration / limit.acceleration),
            math.cbrt(amount * jerk / limit.jerk),
        )
    return factor
