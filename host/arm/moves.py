"""The few kinds of movement the arm makes, each planned, cut into segments and shown to the safety room.

Swings go at travel height or above, strokes are vertical; nothing else touches the lift. Motor positions in,
`Motion` out.
"""

from __future__ import annotations

import math
from dataclasses import replace

from host.arm.errors import PlanError
from host.arm.gate import check
from host.arm.joints import Usteps
from host.arm.motion import Motion, Profile
from host.arm.parts import Joint
from host.arm.robot import Robot
from host.arm.steps import to_segments
from host.arm.trajectory import Trajectory, plan_line
from safety.axes import NOSE

__all__ = [
    "HEADROOM",
    "before",
    "creep",
    "ease",
    "feel",
    "lower",
    "push",
    "raise_nose",
    "search_switch",
    "swing",
    "travel_usteps",
    "way",
]

HEADROOM = 0.94
"""Part of a limit that plans use. The safety room judges whole steps over a few milliseconds (one step in
10 ms is up to 6 mm/s at the nose) and rounds its cosines outward, so that a plan at the limit itself would
now and then look too fast."""
_CREEP_HEADROOM = 0.8
"""The same when creeping: of the slowest speeds the rounding is a larger part."""
_FEEL_SPEED = 0.006
"""A controller looks at its switches every few milliseconds: that is then some hundredths of a millimetre."""


def travel_usteps(robot: Robot) -> int:
    """Motor position of the lift at travel height."""
    return round(robot.lift.travel * robot.lift.usteps_per_unit)


def swing(
    robot: Robot, start: Usteps, end: Usteps, label: str, *, fast: bool = False, approach: bool = False
) -> Motion:
    """Swing from one place to another, both at travel height or above.

    `fast` plans for the profile that holds while the camera has seen nobody. With `approach` the last bit is
    a slow approach from the side from which the limit switches were found, so that the free play of the
    drives is always taken up the same way (see `before`). Raises PlanError where the nose would sweep through
    standing pieces, ReachError, SafetyRefusalError.
    """
    if start[:2] != end[:2] and min(start[2], end[2]) < travel_usteps(robot):
        raise PlanError(f"The swing '{label}' would go below travel height; the nose must be raised first.")
    plan = robot.plan
    speed = plan.fastest_point_cleared if fast else plan.fastest_point
    profile: Profile = "fast" if fast else "normal"
    middle = before(robot, end) if approach and start[:2] != end[:2] else end
    lines = [_line(robot, start, middle, speed, plan.lowering)] if start != middle else []
    if middle != end:
        lines.append(_line(_gentle(robot), middle, end, speed, plan.lowering))
    return _make(robot, lines, label, profile)


def ease(robot: Robot, start: Usteps, end: Usteps, label: str) -> Motion:
    """Move as gently as in an approach, whichever way, at travel height or above."""
    if min(start[2], end[2]) < travel_usteps(robot):
        raise PlanError(f"The move '{label}' would go below travel height; the nose must be raised first.")
    plan = robot.plan
    return _make(
        robot, [_line(_gentle(robot), start, end, plan.fastest_point, plan.lowering)], label, "normal"
    )


def before(robot: Robot, end: Usteps) -> Usteps:
    """Where the slow approach to `end` begins: each joint a little farther from its park end.

    More than the free play, so that the motor has taken it up when the approach ends; towards the park end,
    as in the search for the limit switches, so that the flank is the one to which positions are referred.
    """
    return (_retreat(robot.shoulder, end[0]), _retreat(robot.elbow, end[1]), end[2])


def _retreat(axis: Joint, usteps: int) -> int:
    scale = axis.usteps_per_unit
    away = -1 if axis.park > (axis.low + axis.high) / 2 else 1
    back = usteps + away * round(axis.approach * scale)
    lowest, highest = math.ceil(axis.low * scale), math.floor(axis.high * scale)
    return min(max(back, lowest), highest) if lowest <= usteps <= highest else usteps


def _gentle(robot: Robot) -> Robot:
    """The robot with joints that brake more gently than friction brakes a link.

    A link that is slowed by its friction stays on the flank that pushed it; one that the motor slows more
    than that runs ahead through the free play.
    """
    plan = robot.plan
    gentle = [
        replace(
            axis,
            acceleration=min(axis.acceleration, plan.approach_acceleration),
            jerk=min(axis.jerk, plan.approach_jerk),
        )
        for axis in (plan.shoulder, plan.elbow)
    ]
    return replace(robot, plan=replace(plan, shoulder=gentle[0], elbow=gentle[1]))


def push(robot: Robot, start: Usteps, end: Usteps, label: str) -> Motion:
    """Push something aside with the lowered nose: slowly and gently, at the same height, with the slow
    approach of a swing at the end. Raises PlanError where the nose would rise or sink.
    """
    if start[2] != end[2]:
        raise PlanError(f"The push '{label}' would lift or lower the nose; it must stay at its height.")
    slow, middle = robot.plan.recovery, before(robot, end)
    ways = [(start, middle), (middle, end)]
    lines = [_line(_gentle(robot), one, two, slow, slow) for one, two in ways if one != two]
    return _make(robot, lines, label, "normal")


def lower(robot: Robot, start: Usteps, height: float, label: str) -> Motion:
    """Lower the nose straight down to `height` (m) at the lowering speed."""
    end = (start[0], start[1], round(height * robot.lift.usteps_per_unit))
    line = _line(robot, start, end, robot.plan.fastest_point, robot.plan.lowering)
    return _make(robot, [line], label, "normal")


def raise_nose(robot: Robot, start: Usteps, label: str, *, holding: bool) -> Motion:
    """Raise the nose straight up to travel height, slower with a piece on it."""
    end = (start[0], start[1], travel_usteps(robot))
    speed = robot.plan.rising_with_piece if holding else robot.plan.rising
    return _make(robot, [_line(robot, start, end, robot.plan.fastest_point, speed)], label, "normal")


def way(robot: Robot, start: Usteps, end: Usteps, label: str, *, holding: bool) -> tuple[Motion, ...]:
    """Get from any place to any other without sweeping pieces: up if low, across, down if the end is low."""
    motions: list[Motion] = []
    above = start
    if start[:2] != end[:2] or end[2] > start[2]:
        if above[2] < travel_usteps(robot):
            motions.append(raise_nose(robot, above, f"{label}, up", holding=holding))
            above = motions[-1].end_usteps
        over = (end[0], end[1], max(end[2], travel_usteps(robot)))
        if over != above:
            motions.append(swing(robot, above, over, label, approach=True))
            above = over
    if end[2] < above[2]:
        height = end[2] / robot.lift.usteps_per_unit
        motions.append(lower(robot, above, height, f"{label}, down"))
    return tuple(motions)


def creep(robot: Robot, start: Usteps, end: Usteps, label: str) -> Motion:
    """Move slowly enough for any elbow angle; `start` may lie outside the joint ranges."""
    speed = robot.plan.recovery * _CREEP_HEADROOM
    return _make(robot, [plan_line(robot, start, end, speed, speed, slow=True)], label, "recovery")


def search_switch(robot: Robot, start: Usteps, end: Usteps, axis: int, label: str) -> Motion:
    """Move one axis (0 shoulder, 1 elbow, 2 lift) slowly across its limit switch."""
    speed = robot.plan.home * HEADROOM
    return _make(robot, [plan_line(robot, start, end, speed, speed, slow=True)], label, "home", axis)


def feel(robot: Robot, start: Usteps, height: float, label: str) -> Motion:
    """Lower the nose slowly until its switch closes, but not below `height` (m); from a known place."""
    end = (start[0], start[1], round(height * robot.lift.usteps_per_unit))
    speed = min(_FEEL_SPEED, robot.plan.home * HEADROOM)
    return _make(robot, [_line(robot, start, end, speed, speed)], label, "normal", NOSE)


def _line(robot: Robot, start: Usteps, end: Usteps, point_speed: float, lift_speed: float) -> Trajectory:
    return plan_line(robot, start, end, point_speed * HEADROOM, lift_speed * HEADROOM)


def _make(
    robot: Robot,
    trajectories: list[Trajectory],
    label: str,
    profile: Profile,
    home_axis: int | None = None,
) -> Motion:
    """One motion of `trajectories` that follow each other, each from rest to rest."""
    segments = tuple(part for each in trajectories for part in to_segments(each))
    duration = sum(each.duration for each in trajectories)
    via = trajectories[0].end if len(trajectories) > 1 else None
    motion = Motion(
        segments, trajectories[0].start, trajectories[-1].end, duration, label, profile, home_axis, via
    )
    check(robot, motion)
    return motion
