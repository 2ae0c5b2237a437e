"""SCARA kinematics in closed form, one elbow handedness (the elbow bends clockwise: negative angle).

Forward:  x = L1 cos q1 + L2 cos(q1 + q2),  y = L1 sin q1 + L2 sin(q1 + q2).
Inverse:  the law of cosines gives q2; q1 is the bearing of the tool less its bearing with the shoulder at 0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from host.arm.errors import ReachError
from host.arm.frames import Point, Seat, base_to_board, board_to_base
from host.arm.joints import Joints
from host.arm.robot import Robot

__all__ = ["elbow_base", "forward_base", "forward_board", "forward_many", "inverse_base", "inverse_board"]

_EDGE = 1e-9


def elbow_base(robot: Robot, joints: Joints) -> Point:
    """Position of the elbow axis in the base frame, metres."""
    return Point(robot.arm.link1 * math.cos(joints.shoulder), robot.arm.link1 * math.sin(joints.shoulder))


def forward_base(robot: Robot, joints: Joints) -> Point:
    """Position of the nose in the base frame, metres."""
    elbow = elbow_base(robot, joints)
    bearing = joints.shoulder + joints.elbow
    return Point(elbow.x + robot.arm.link2 * math.cos(bearing), elbow.y + robot.arm.link2 * math.sin(bearing))


def forward_board(robot: Robot, joints: Joints, seat: Seat) -> Point:
    """Position of the nose in the board frame, metres."""
    return base_to_board(robot, forward_base(robot, joints), seat)


def forward_many(
    robot: Robot, shoulder: NDArray[np.float64], elbow: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Elbow and nose positions in the base frame, each (n, 2) metres, for (n,) joint angles in rad."""
    arm = robot.arm
    knee = arm.link1 * np.stack([np.cos(shoulder), np.sin(shoulder)], axis=-1)
    tip = knee + arm.link2 * np.stack([np.cos(shoulder + elbow), np.sin(shoulder + elbow)], axis=-1)
    return knee, tip


def inverse_base(robot: Robot, point: Point, lift: float) -> Joints:
    """Joints that bring the nose to `point` (base frame) at height `lift`, metres.

    Raises ReachError outside the arm's radii or its joint ranges.
    """
    arm = robot.arm
    radius = math.hypot(point.x, point.y)
    if not arm.inner_radius - _EDGE <= radius <= arm.outer_radius + _EDGE:
        raise ReachError(
            f"The point is {radius * 1000:.1f} mm from the shoulder; the arm reaches from "
            f"{arm.inner_radius * 1000:.0f} to {arm.outer_radius * 1000:.0f} mm."
        )
    cosine = (radius**2 - arm.link1**2 - arm.link2**2) / (2 * arm.link1 * arm.link2)
    elbow = -math.acos(max(-1.0, min(1.0, cosine)))
    own = math.atan2(arm.link2 * math.sin(elbow), arm.link1 + arm.link2 * math.cos(elbow))
    # The shoulder's range lies within one turn around +90 degrees; bring the angle there.
    middle = (robot.shoulder.low + robot.shoulder.high) / 2
    shoulder = math.atan2(point.y, point.x) - own
    shoulder = middle + math.remainder(shoulder - middle, math.tau)
    joints = Joints(shoulder, elbow, lift)
    for name, axis, value in zip(
        ("shoulder", "elbow"), (robot.shoulder, robot.elbow), (shoulder, elbow), strict=True
    ):
        if not axis.low - _EDGE <= value <= axis.high + _EDGE:
            raise ReachError(
                f"The {name} would stand at {math.degrees(value):.1f} degrees; its range is "
                f"{math.degrees(axis.low):.0f} to {math.degrees(axis.high):.0f}."
            )
    if not robot.lift.low - _EDGE <= lift <= robot.lift.high + _EDGE:
        raise ReachError(
            f"The nose would be at {lift * 1000:.1f} mm; its range is {robot.lift.low * 1000:.1f} to "
            f"{robot.lift.high * 1000:.1f} mm."
        )
    return joints


def inverse_board(robot: Robot, point: Point, lift: float, seat: Seat) -> Joints:
    """Like `inverse_base`, for a point in the board frame."""
    return inverse_base(robot, board_to_base(robot, point, seat), lift)
