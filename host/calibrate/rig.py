"""What the calibration needs of a robot: the bench of the twin has it, and so has a robot behind the link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from host.arm.choreography import Step
from host.arm.joints import Usteps
from host.arm.motion import Motion
from host.arm.robot import Robot
from vision.reading import Frame

__all__ = ["Rig"]


class Rig(Protocol):
    """An arm that has found its place, and the camera above it."""

    @property
    def robot(self) -> Robot:
        """The robot as drawn."""
        ...

    @property
    def usteps(self) -> Usteps:
        """Where the motors are counted to be."""
        ...

    def picture(self) -> Frame:
        """What the camera sees now."""
        ...

    def encoders(self) -> tuple[int, int]:
        """What the joint encoders read, anew with every call."""
        ...

    def wait(self, us: int) -> None:
        """Let time pass."""
        ...

    def settle(self) -> None:
        """Let the arm come to rest."""
        ...

    def move(self, motion: Motion) -> None:
        """Play one motion to its end."""
        ...

    def run(self, steps: Iterable[Step]) -> None:
        """Carry out the steps of a plan."""
        ...

    def feel(self, expected: float) -> float | None:
        """Lower the nose until its switch closes, at the lift height `expected` (m) or so; then raise it.

        The lift height (m) at which it closed, or None when it did not.
        """
        ...

    def park(self) -> None:
        """Go to the park position."""
        ...
