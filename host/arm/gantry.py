"""Cartesian gantries: a bridge that travels along the files carries a carriage that travels along the ranks.

Each axis is pulled by a belt over a drum whose shaft also turns the encoder, so that one turn covers the
whole travel. The first joint is the carriage's drum: x = link1 q1; the second the bridge's: y = link2 q2.
`link1` and `link2` are the drums' radii.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from host.arm.geometry import Body, Place
from host.arm.parts import Arm

if TYPE_CHECKING:
    from host.arm.robot import Robot
    from host.arm.robotfile import Source

__all__ = ["Gantry"]

Floats = NDArray[np.float64]


class Gantry:
    """See `host.arm.geometry.Geometry`."""

    gantry = True

    def knee_and_tool(self, arm: Arm, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """The middle of the bridge, and the nose."""
        y = arm.link2 * second
        return np.stack([np.zeros_like(y), y], axis=-1), np.stack([arm.link1 * first, y], axis=-1)

    def joints_of(self, robot: Robot, x: float, y: float) -> tuple[float, float]:
        """Each joint has one coordinate to itself; the joints' ranges say what can be reached."""
        return x / robot.arm.link1, y / robot.arm.link2

    def speeds(self, arm: Arm, second: Floats, d_first: float, d_second: float) -> tuple[Floats, Floats]:
        """The same everywhere."""
        across, along = arm.link1 * d_first, arm.link2 * d_second
        return np.full_like(second, abs(along)), np.full_like(second, float(np.hypot(across, along)))

    def greatest_speed(self, arm: Arm, d_first: float, d_second: float) -> float:
        """Both travels added, as the safety room does for slow moves."""
        return arm.link1 * abs(d_first) + arm.link2 * abs(d_second)

    def levers(self, arm: Arm) -> Place:
        """The drums' radii."""
        return arm.link1, arm.link2

    def bodies(self, robot: Robot, first: float, second: float) -> list[Body]:
        """The bridge over the whole range of the carriage; the carriage is part of the tool."""
        arm, axis, y = robot.arm, robot.shoulder, robot.arm.link2 * second
        radius, low, high = robot.outline.link_width / 2, arm.underside, robot.outline.link_top
        return [Body((arm.link1 * axis.low, y), (arm.link1 * axis.high, y), radius, low, high)]

    def check(self, robot: Robot, source: Source) -> None:
        """Trays to both sides, the near rank and the far one."""
        arm, board, tray = robot.arm, robot.board, robot.tray
        side = tray.offset + (tray.columns - 1) * tray.pitch
        if min(-robot.shoulder.low, robot.shoulder.high) * arm.link1 < side:
            words = f"the carriage must reach the farthest trays, {side * 1000:.0f}mm to either side"
            raise source.error("shoulder.high", words)
        half = max(4.5 * board.pitch, (tray.rows - 1) * tray.pitch / 2)
        middle = arm.base_distance + 4.5 * board.pitch
        if robot.elbow.low * arm.link2 > middle - half or robot.elbow.high * arm.link2 < middle + half:
            near, far = (middle - half) * 1000, (middle + half) * 1000
            raise source.error("elbow.high", f"the bridge must travel from {near:.0f}mm to {far:.0f}mm")
