"""Missed steps, found at rest: every status of the arm is a reading of its joint encoders."""

from __future__ import annotations

from host.arm.encoder_curve import EncoderCurve
from host.arm.robot import Robot
from host.arm.step_check import RestReadings, Sample, StepCheck
from host.link.events import Status
from safety import states

__all__ = ["StepWatch"]

_STANDING = {states.READY, states.MOVING, states.HOLD}
"""States in which the motors hold the joints where they were brought."""


class StepWatch:
    """`curves` are those of a calibration; without them the arm measures them once it has found its place."""

    def __init__(self, robot: Robot, curves: tuple[EncoderCurve, EncoderCurve] | None = None) -> None:
        self.check = StepCheck(robot, curves)
        self.missed = (0, 0)
        """Cycles of four full steps that shoulder and elbow are off; until the place is looked for anew."""
        self.sample: Sample | None = None
        """The mean of the last rest long enough to be read."""
        self._rest = RestReadings(robot)

    def heard(self, status: Status, now_us: int, *, found: bool) -> bool:
        """Whether this status tells of steps missed that were not known yet; `found`: the place is known."""
        if status.state not in _STANDING:
            self._rest.forget()
            return False
        sample = self._rest.heard(now_us, status.usteps, status.encoders)
        if sample is None:
            return False
        self.sample = sample
        if not found or self.missed != (0, 0):
            return False
        self.missed = self.check.missed(*sample)
        return self.missed != (0, 0)

    def searches(self) -> None:
        """The arm looks for its place anew: what was missed before is over."""
        self.missed = (0, 0)
        self.sample = None
        self._rest.forget()
