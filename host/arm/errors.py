"""Everything the arm room can refuse.

ArmError
├── RobotFileError      the robot file cannot be read as a robot (file, line, key, what would be right)
├── ReachError          a point or joint position the arm cannot take
├── PlanError           a plan cannot be made for this scene (no free tray slot, nothing to lift, ...)
├── CurveError          a sweep of a joint does not give the bend of its encoder
└── SafetyRefusalError  the safety room refused a planned motion: a fault of the planner, nothing moved
"""

from __future__ import annotations

__all__ = ["ArmError", "CurveError", "PlanError", "ReachError", "RobotFileError", "SafetyRefusalError"]


class ArmError(ValueError):
    """Base of all errors raised by host.arm."""


class RobotFileError(ArmError):
    """The robot file is wrong in one place; the message is one sentence with file, line and key."""


class ReachError(ArmError):
    """A point lies outside the reach of the arm, or joints outside their range."""


class CurveError(ArmError):
    """A sweep of a joint does not give the bend of its encoder."""


class PlanError(ArmError):
    """The scene does not allow what was asked of the arm."""


class SafetyRefusalError(ArmError):
    """The safety room said no to a motion before it was sent."""

    def __init__(self, label: str, segment: int, reason: int, words: str) -> None:
        super().__init__(
            f"Safety refused the motion '{label}' at segment {segment}: {words} (reason {reason})."
        )
        self.label = label
        self.segment = segment
        self.reason = reason
