"""From joints to places and back, for whatever kind of arm the robot file names."""

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
    """Position in the base frame, metres, of the elbow axis (of a gantry: the middle of its bridge)."""
    knee, _ = forward_many(robot, np.array([joints.shoulder]), np.array([joints.elbow]))
    return Point(float(knee[0, 0]), float(knee[0, 1]))


def forward_base(robot: Robot, joints: Joints) -> Point:
    """Position of the nose in the base frame, metres."""
    _, tool = forward_many(robot, np.array([joints.shoulder]), np.array([joints.elbow]))
    return Point(float(tool[0, 0]), float(tool[0, 1]))


def forward_board(robot: Robot, joints: Joints, seat: Seat) -> Point:
    """Position of the nose in the board frame, metres."""
    return base_to_board(robot, forward_base(robot, joints), seat)


def forward_many(
    robot: Robot, shoulder: NDArray[np.float64], elbow: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Elbow and nose positions in the base frame, each (n, 2) metres, for (n,) joint angles in rad."""
    return robot.geometry.knee_and_tool(robot.arm, shoulder, elbow)


def inverse_base(robot: Robot, point: Point, lift: float) -> Joints:
    """Joints that bring the nose to `point` (base frame) at height `lift`, metres.

    Raises ReachError outside the arm's reach or its joint ranges.
    """
    shoulder, elbow = robot.geometry.joints_of(robot, point.x, point.y)
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
