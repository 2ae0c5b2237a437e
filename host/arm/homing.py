"""Finding out where the arm is: exactly by its limit switches, roughly by its encoders.

In the park position all three switches are pressed. Homing moves one axis slowly off its switch and back; the
controller notes its step counter at the edge. The encoders are good for about a degree: enough to creep to
the park position, never to place a piece.
"""

from __future__ import annotations

import math

from host.arm.errors import ReachError
from host.arm.joints import Joints, Usteps
from host.arm.motion import Motion
from host.arm.moves import creep, search_switch
from host.arm.parts import Joint
from host.arm.robot import Robot

__all__ = [
    "AXES",
    "joints_from_encoders",
    "plan_homing",
    "plan_recovery",
    "position_after_homing",
    "switch_usteps",
]

AXES = ("shoulder", "elbow", "lift")
"""Axis names by number."""

# How far beyond its switch an axis moves, counted from where the arm is believed to be: the encoders may be a
# degree off, and the lift may have been resting some millimetres higher, at its upper stop.
_BEYOND = (math.radians(3.0), math.radians(3.0), 0.005)

# Braking takes 0.25 s and uses half as much path time.
_BRAKE_PATH_S = 0.125
# Part of the way from the switch to park that the way back aims at.
_BACK = 0.75


def switch_usteps(robot: Robot) -> Usteps:
    """Motor positions at the edges of the three limit switches, as drawn."""
    return robot.usteps(Joints(robot.shoulder.switch, robot.elbow.switch, robot.lift.switch))


def plan_homing(robot: Robot, axis: int, position: Usteps | None = None) -> tuple[Motion, Motion]:
    """Return the slow motions off the switch of `axis` and back onto it.

    `position` is where the step counters say the arm is (default: at park), with all switches pressed. The
    controller brakes when the switch changes, so the first motion is not played to its end; the second one
    starts where that braking comes to rest if the switch is where it is drawn, and is short enough to stay in
    range when it is not. Raises ReachError when the axis is not on the pressed side of its switch.
    """
    start = position if position is not None else robot.usteps(robot.park)
    joint = (robot.shoulder, robot.elbow, robot.lift)[axis]
    scale = joint.usteps_per_unit
    away = 1 if joint.switch > joint.park else -1
    if (joint.switch * scale - start[axis]) * away <= 0:
        raise ReachError(
            f"The {AXES[axis]} is not on its limit switch; it must creep to the park position first."
        )
    reach = (*robot.geometry.levers(robot.arm), 1.0)[axis]
    braking = _BRAKE_PATH_S * robot.plan.home / reach

    def at(value: float) -> Usteps:
        place = list(start)
        place[axis] = round(value * scale)
        return (place[0], place[1], place[2])

    pressed = joint.switch + _BACK * (joint.park - joint.switch)
    name = AXES[axis]
    off = search_switch(robot, start, at(joint.switch + away * _BEYOND[axis]), axis, f"{name} off its switch")
    rest = at(joint.switch + away * braking)
    return off, search_switch(robot, rest, at(pressed), axis, f"{name} back onto its switch")


def position_after_homing(robot: Robot, counters: Usteps, edges: Usteps) -> Usteps:
    """Return the true motor positions.

    `counters` are the controller's step counters now, `edges` what each counter read when its axis came back
    onto its own switch: a switch opens a little later than it closes, and the robot file gives the closing.
    """
    drawn = switch_usteps(robot)
    true = [now + drawn[axis] - edges[axis] for axis, now in enumerate(counters)]
    return (true[0], true[1], true[2])


def joints_from_encoders(robot: Robot, counts: tuple[int, int], lift: float | None = None) -> Joints:
    """Rough joint angles from the encoder counts of shoulder and elbow; the lift has no encoder.

    `lift` defaults to the top, where the spring brings it without power. Angles are those nearest to the
    middle of each range. Raises ReachError for counts no encoder gives.
    """
    height = robot.lift.high if lift is None else lift
    return Joints(_angle(robot.shoulder, counts[0]), _angle(robot.elbow, counts[1]), height)


def _angle(joint: Joint, count: int) -> float:
    if not 0 <= count < joint.encoder_counts:
        raise ReachError(f"An encoder count is 0 to {joint.encoder_counts - 1}, not {count}.")
    angle = joint.encoder_sign * (count - joint.encoder_zero) * math.tau / joint.encoder_counts
    middle = (joint.low + joint.high) / 2
    return middle + math.remainder(angle - middle, math.tau)


def plan_recovery(robot: Robot, joints: Joints) -> tuple[Motion, ...]:
    """Creep to the park position from anywhere: the nose up first, then the joints, at recovery speed.

    `joints` may lie outside the ranges; every axis moves only inward. Empty when the arm is there already.
    """
    start = robot.usteps(joints)
    park = robot.usteps(robot.park)
    motions: list[Motion] = []
    if start[2] != park[2]:
        raised = (start[0], start[1], park[2])
        motions.append(creep(robot, start, raised, "creep up"))
        start = raised
    if start != park:
        motions.append(creep(robot, start, park, "creep to park"))
    return tuple(motions)
