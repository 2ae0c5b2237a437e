"""Learning from one's own work: what the camera sees of a piece just put down corrects the next aim."""

from __future__ import annotations

import math

from host.arm.aim import Aim
from host.arm.choreography import MoveStep, Stage, Step
from host.arm.frames import Point, Seat
from host.arm.joints import Joints
from host.arm.robot import Robot
from host.game.requests import Offsets

__all__ = ["PLACED_SIGMA_M", "Practice"]

PLACED_SIGMA_M = 0.0003
"""What a look at a piece just put down tells about the arm: slip on release, camera, height of the piece."""
_MOST_M = 0.002
"""Farther off, something else moved the piece: nothing is to be learned from it."""


class Practice:
    """Keeps the aim of an arm of this robot. A gantry has none: it goes by its drawing."""

    def __init__(self, robot: Robot, seat: Seat, aim: Aim | None = None) -> None:
        self.aim = None if robot.geometry.gantry else aim or Aim(robot)
        self._robot = robot
        self._seat: Seat = seat
        self._put: dict[int, tuple[Joints, Joints]] = {}

    def forget(self) -> None:
        """The next plan is made: what was put down before may have been touched since."""
        self._put.clear()

    def put_down(self, stage: Stage) -> None:
        """The piece of a stage was carried from its source to its target without a stop."""
        if stage.source is not None and stage.target is not None and stage.fetch:
            self._put[stage.target] = (self._lowest(stage.fetch), self._lowest(stage.put))

    def measured(self, squares: tuple[int, ...], offsets: Offsets) -> None:
        """The camera measured the pieces at `squares`: those the robot put down last teach it."""
        for square in squares:
            carried, error = self._put.pop(square, None), offsets.get(square)
            if self.aim is None or carried is None or error is None or math.hypot(*error) > _MOST_M:
                continue
            self.aim.saw_carried(*carried, Point(*error), self._seat, PLACED_SIGMA_M)

    def _lowest(self, steps: tuple[Step, ...]) -> Joints:
        """Where the motors stand when the nose is lowest."""
        ends = [step.motion.end_usteps for step in steps if isinstance(step, MoveStep)]
        return self._robot.joints(min(ends, key=lambda usteps: usteps[2]))
