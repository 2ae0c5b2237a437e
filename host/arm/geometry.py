"""What a kind of arm must say about itself; `scara` and `gantry` do. A third kind is a third such module.

Positions are in the base frame, metres. The first two joints are turning axes in radians: of a gantry the
drums that pull its belts. "Knee" is the inner point whose speed counts beside the tool's: the elbow of a
SCARA arm, the middle of a gantry's bridge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from host.arm.parts import Arm

if TYPE_CHECKING:
    from host.arm.robot import Robot
    from host.arm.robotfile import Source

__all__ = ["Body", "Geometry", "Place"]

Floats = NDArray[np.float64]
Place = tuple[float, float]


class Body(NamedTuple):
    """A part of the arm as the camera may see it: round a line by `radius`, from height `low` to `high`."""

    start: Place
    end: Place
    radius: float
    low: float
    high: float


class Geometry(Protocol):
    """One kind of arm."""

    gantry: bool
    """What the safety room is told (`safety.limits`)."""

    def knee_and_tool(self, arm: Arm, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """Both points, each (n, 2), for (n,) joint positions."""
        ...

    def joints_of(self, robot: Robot, x: float, y: float) -> tuple[float, float]:
        """The first two joints that bring the tool to (x, y). Raises ReachError where no joints could."""
        ...

    def speeds(self, arm: Arm, second: Floats, d_first: float, d_second: float) -> tuple[Floats, Floats]:
        """Speeds of knee and tool (m), by the second joint, for joint spans per unit of path."""
        ...

    def greatest_speed(self, arm: Arm, d_first: float, d_second: float) -> float:
        """A bound of both speeds wherever the joints stand."""
        ...

    def levers(self, arm: Arm) -> Place:
        """How far the tool moves at most per radian of either joint (m)."""
        ...

    def bodies(self, robot: Robot, first: float, second: float) -> list[Body]:
        """All of the arm but the tool."""
        ...

    def check(self, robot: Robot, source: Source) -> None:
        """Raise RobotFileError when board or trays are out of reach."""
        ...
