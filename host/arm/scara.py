"""SCARA arms in closed form, one elbow handedness (the elbow bends clockwise: negative angle).

Forward:  x = L1 cos q1 + L2 cos(q1 + q2),  y = L1 sin q1 + L2 sin(q1 + q2).
Inverse:  the law of cosines gives q2; q1 is the bearing of the tool less its bearing with the shoulder at 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from host.arm.errors import ReachError
from host.arm.geometry import Body, Place
from host.arm.parts import Arm

if TYPE_CHECKING:
    from host.arm.robot import Robot
    from host.arm.robotfile import Source

__all__ = ["Scara"]

_EDGE = 1e-9

Floats = NDArray[np.float64]


class Scara:
    """See `host.arm.geometry.Geometry`."""

    gantry = False

    def knee_and_tool(self, arm: Arm, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """Elbow and nose."""
        knee = arm.link1 * np.stack([np.cos(first), np.sin(first)], axis=-1)
        tip = knee + arm.link2 * np.stack([np.cos(first + second), np.sin(first + second)], axis=-1)
        return knee, tip

    def joints_of(self, robot: Robot, x: float, y: float) -> tuple[float, float]:
        """Shoulder and elbow; the shoulder's angle is brought near the middle of its range."""
        arm = robot.arm
        radius = math.hypot(x, y)
        if not arm.inner_radius - _EDGE <= radius <= arm.outer_radius + _EDGE:
            raise ReachError(
                f"The point is {radius * 1000:.1f} mm from the shoulder; the arm reaches from "
                f"{arm.inner_radius * 1000:.0f} to {arm.outer_radius * 1000:.0f} mm."
            )
        cosine = (radius**2 - arm.link1**2 - arm.link2**2) / (2 * arm.link1 * arm.link2)
        elbow = -math.acos(max(-1.0, min(1.0, cosine)))
        own = math.atan2(arm.link2 * math.sin(elbow), arm.link1 + arm.link2 * math.cos(elbow))
        middle = (robot.shoulder.low + robot.shoulder.high) / 2
        shoulder = math.atan2(y, x) - own
        return middle + math.remainder(shoulder - middle, math.tau), elbow

    def speeds(self, arm: Arm, second: Floats, d_first: float, d_second: float) -> tuple[Floats, Floats]:
        """The elbow's, and the tool's by the formula of the design: v^2 = (L1^2 + L2^2 + 2 L1 L2 cos q2) w1^2
        + 2 (L2^2 + L1 L2 cos q2) w1 w2 + L2^2 w2^2.
        """
        a, b = arm.link1, arm.link2
        cosine = np.cos(second)
        squared = (
            (a * a + b * b + 2 * a * b * cosine) * d_first**2
            + 2 * (b * b + a * b * cosine) * d_first * d_second
            + b * b * d_second**2
        )
        tool = np.sqrt(np.clip(squared, 0.0, None))
        return np.full_like(tool, a * abs(d_first)), tool

    def greatest_speed(self, arm: Arm, d_first: float, d_second: float) -> float:
        """With the arm stretched."""
        return (arm.link1 + arm.link2) * abs(d_first) + arm.link2 * abs(d_second)

    def levers(self, arm: Arm) -> Place:
        """The stretched arm about the shoulder, link 2 about the elbow."""
        return arm.link1 + arm.link2, arm.link2

    def bodies(self, robot: Robot, first: float, second: float) -> list[Body]:
        """Both links."""
        knee, tool = self.knee_and_tool(robot.arm, np.array([first]), np.array([second]))
        joint, end = (float(knee[0, 0]), float(knee[0, 1])), (float(tool[0, 0]), float(tool[0, 1]))
        radius, low, high = robot.outline.link_width / 2, robot.arm.underside, robot.outline.link_top
        return [Body((0.0, 0.0), joint, radius, low, high), Body(joint, end, radius, low, high)]

    def check(self, robot: Robot, source: Source) -> None:
        """Every radius from the near rank to the far corners and the trays."""
        arm, board, tray = robot.arm, robot.board, robot.tray
        if robot.elbow.high >= 0.0:
            words = "the elbow bends clockwise only, so its range must stay below 0deg"
            raise source.error("elbow.high", words)
        if not arm.inner_radius < arm.outer_radius < arm.link1 + arm.link2:
            raise source.error(
                "arm.outer_radius", "the outer radius must lie between the inner one and link1 + link2"
            )
        if arm.inner_radius <= abs(arm.link1 - arm.link2):
            words = "the inner radius must be above the difference of the links"
            raise source.error("arm.inner_radius", words)
        for radius, key in ((arm.inner_radius, "elbow.low"), (arm.outer_radius, "elbow.high")):
            cosine = (radius**2 - arm.link1**2 - arm.link2**2) / (2 * arm.link1 * arm.link2)
            if not robot.elbow.low <= -math.acos(cosine) <= robot.elbow.high:
                bend = -math.degrees(math.acos(cosine))
                raise source.error(key, f"the elbow must bend to {bend:.1f}deg to reach every radius")
        far = math.hypot(4 * board.pitch, arm.base_distance + 9 * board.pitch)
        if far > arm.outer_radius:
            words = f"the far corners of the board are {far * 1000:.0f}mm away"
            raise source.error("arm.outer_radius", words)
        if arm.base_distance < arm.inner_radius:
            raise source.error("arm.base_distance", "the near rank lies inside the inner radius")
        x = tray.offset + (tray.columns - 1) * tray.pitch
        y = arm.base_distance + 4.5 * board.pitch + (tray.rows - 1) * tray.pitch / 2
        if math.hypot(x, y) > arm.outer_radius:
            raise source.error("tray.rows", "the farthest tray slot is out of reach")
