"""Where the arm really is: its drawing, corrected by what the camera has seen of its work.

Six numbers say how a SCARA arm departs from its drawing: the zeros of both joints, the lengths of both links,
and where the shoulder axis stands against the board (a turn of the board is a turn of the shoulder's zero).
`Aim` keeps an estimate of them with its uncertainty and corrects the joints it is asked for; every look at a
piece that was just put down, or at the arm's own marker, makes it better (a Kalman filter on a state that
hardly moves; Thrun, Burgard and Fox, Probabilistic Robotics, 3.2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from host.arm.frames import Point, Seat, base_to_seat, seat_to_base, turn_seat
from host.arm.joints import Joints
from host.arm.kinematics import forward_base, inverse_base
from host.arm.robot import Robot

__all__ = ["DRAWING_SIGMA", "PARAMETERS", "Aim", "ArmGeometry"]

Array = NDArray[np.float64]

PARAMETERS = ("shoulder_rad", "elbow_rad", "link1_m", "link2_m", "base_x_m", "base_y_m")
"""The names of an `ArmGeometry` in the order of its vector."""

DRAWING_SIGMA = (0.0006, 0.0005, 0.00015, 0.00015, 0.0002, 0.0002)
"""How far an arm departs from its drawing before anything was measured (standard deviations, rad and m):
about half a millimetre at the nose. Wider, the slip and the camera's errors would be taken for the arm's."""

_LEAST_SIGMA = 0.00002
"""What an estimate forgets from one measurement to the next (m at the nose): belts, warmth, a knock."""


@dataclass(frozen=True)
class ArmGeometry:
    """What must be added to the drawing: joint zeros (rad), link lengths and place of the shoulder axis (m).

    The joints stand where the motors were counted to plus the zeros; the axis stands in the seat frame.
    """

    shoulder_rad: float = 0.0
    elbow_rad: float = 0.0
    link1_m: float = 0.0
    link2_m: float = 0.0
    base_x_m: float = 0.0
    base_y_m: float = 0.0

    def vector(self) -> Array:
        """The six numbers in the order of `PARAMETERS`."""
        return np.array([getattr(self, name) for name in PARAMETERS], dtype=np.float64)

    @classmethod
    def of(cls, values: Sequence[float] | Array) -> ArmGeometry:
        """The geometry with these six numbers."""
        return cls(*(float(value) for value in values))

    def tool(self, robot: Robot, joints: Joints) -> Point:
        """Where the nose is in the seat frame when the motors were counted to `joints`, metres."""
        real = self._real(robot)
        turned = Joints(joints.shoulder + self.shoulder_rad, joints.elbow + self.elbow_rad, joints.lift)
        seat = base_to_seat(robot, forward_base(real, turned))
        return Point(seat.x + self.base_x_m, seat.y + self.base_y_m)

    def joints(self, robot: Robot, point: Point, lift: float) -> Joints:
        """What to count the motors to so that the nose comes to `point` (seat frame). Raises ReachError."""
        here = Point(point.x - self.base_x_m, point.y - self.base_y_m)
        real = inverse_base(self._real(robot), seat_to_base(robot, here), lift)
        return Joints(real.shoulder - self.shoulder_rad, real.elbow - self.elbow_rad, lift)

    def sensitivity(self, robot: Robot, joints: Joints) -> Array:
        """How the nose moves with each parameter: (2, 6), metres per rad or per metre."""
        arm = robot.arm
        one = joints.shoulder + self.shoulder_rad
        two = one + joints.elbow + self.elbow_rad
        first = np.array([math.cos(one), math.sin(one)])
        second = np.array([math.cos(two), math.sin(two)])
        turn = np.array([[0.0, -1.0], [1.0, 0.0]])
        by_elbow = turn @ second * (arm.link2 + self.link2_m)
        by_shoulder = turn @ first * (arm.link1 + self.link1_m) + by_elbow
        return np.column_stack([by_shoulder, by_elbow, first, second, [1.0, 0.0], [0.0, 1.0]])

    def _real(self, robot: Robot) -> Robot:
        arm = replace(robot.arm, link1=robot.arm.link1 + self.link1_m, link2=robot.arm.link2 + self.link2_m)
        return replace(robot, arm=arm)


class Aim:
    """The estimate of one arm's geometry, made better by every measurement."""

    def __init__(
        self,
        robot: Robot,
        geometry: ArmGeometry | None = None,
        covariance: Array | None = None,
    ) -> None:
        self._robot = robot
        self._mean = (geometry or ArmGeometry()).vector()
        start = np.diag(np.square(DRAWING_SIGMA)) if covariance is None else covariance
        self._covariance: Array = np.array(start, dtype=np.float64)

    @property
    def geometry(self) -> ArmGeometry:
        """The best estimate."""
        return ArmGeometry.of(self._mean)

    @property
    def covariance(self) -> Array:
        """Its covariance (6, 6), in the units of `PARAMETERS`."""
        return self._covariance.copy()

    def joints(self, point: Point, lift: float, seat: Seat) -> Joints:
        """What to count the motors to so that the nose comes to `point` (board frame). Raises ReachError."""
        return self.geometry.joints(self._robot, turn_seat(point, seat), lift)

    def saw_carried(
        self, source: Joints, target: Joints, error: Point, seat: Seat, sigma_m: float
    ) -> None:
        """Learn from a piece taken at `source` and put down at `target` (joints as counted).

        On the way it turned with link 2, and so did what the nose was off its centre: where the nose sits
        on link 2 makes no difference then, and nothing is learned of it. `error` is how far its centre
        stands from where it was to be put (board frame, metres), `sigma_m` the standard deviation of that
        measurement with everything else that moves a piece.
        """
        geometry = self.geometry
        turn = target.shoulder + target.elbow - source.shoulder - source.elbow
        taken = _turned(turn) @ geometry.sensitivity(self._robot, source)
        by = geometry.sensitivity(self._robot, target) - taken
        self._update(by, np.array(turn_seat(error, seat)), sigma_m)

    def saw_tool(self, joints: Joints, place: Point, seat: Seat, sigma_m: float) -> None:
        """Learn from the nose itself seen at `place` (board frame) while the motors stand at `joints`."""
        geometry = self.geometry
        expected = np.array(geometry.tool(self._robot, joints))
        by = geometry.sensitivity(self._robot, joints)
        self._update(by, np.array(turn_seat(place, seat)) - expected, sigma_m)

    def _update(self, by: Array, error: Array, sigma_m: float) -> None:
        spread = by @ self._covariance @ by.T + np.eye(2) * sigma_m**2
        gain = self._covariance @ by.T @ np.linalg.inv(spread)
        self._mean = self._mean + gain @ error
        left = np.eye(len(PARAMETERS)) - gain @ by
        # Joseph's form keeps it symmetric and positive whatever the rounding.
        self._covariance = left @ self._covariance @ left.T + gain @ gain.T * sigma_m**2
        reach = self._robot.arm.link1 + self._robot.arm.link2
        forgotten = np.array([1 / reach, 1 / reach, 1.0, 1.0, 1.0, 1.0]) * _LEAST_SIGMA
        self._covariance += np.diag(np.square(forgotten))


def _turned(angle: float) -> Array:
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
