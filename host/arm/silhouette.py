"""Which part of the table the arm hides: its outline in space, from its joint positions alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from host.arm.frames import Point, Seat, base_to_board
from host.arm.geometry import Body, Place
from host.arm.joints import Joints
from host.arm.kinematics import forward_base
from host.arm.robot import Robot

__all__ = ["Prism", "silhouette"]

_ROUND = 12


@dataclass(frozen=True)
class Prism:
    """An upright convex body: its outline seen from above, (n, 2) metres in the board frame, and the heights
    (m) it reaches from and to.
    """

    outline: NDArray[np.float64]
    low: float
    high: float


def silhouette(robot: Robot, joints: Joints, seat: Seat, margin: float = 0.0) -> list[Prism]:
    """Prisms that hold all of the arm at `joints` and what hangs on its nose, wider by `margin` (m)."""
    outline = robot.outline
    tool = forward_base(robot, joints)
    nose = max(outline.tool_width, robot.piece.diameter) / 2
    bodies = robot.geometry.bodies(robot, joints.shoulder, joints.elbow)
    bodies.append(Body(tool, tool, nose, 0.0, outline.tool_top))
    return [
        Prism(_board(robot, _stadium(each.start, each.end, each.radius + margin), seat), each.low, each.high)
        for each in bodies
    ]


def _stadium(start: Place, end: Place, radius: float) -> NDArray[np.float64]:
    """Points round a line with round ends; a circle when both ends are one."""
    angles = np.arange(_ROUND) * (math.tau / _ROUND)
    # Circumscribed, so that the polygon holds the circle.
    circle = radius / math.cos(math.pi / _ROUND) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate([circle + np.array(start), circle + np.array(end)])


def _board(robot: Robot, points: NDArray[np.float64], seat: Seat) -> NDArray[np.float64]:
    return np.array([base_to_board(robot, Point(float(x), float(y)), seat) for x, y in points])
