"""Every motion passes here before it leaves the planner: the safety room says no, or nothing."""

from __future__ import annotations

from host.arm.errors import SafetyRefusalError
from host.arm.motion import Motion
from host.arm.robot import Robot
from safety import envelope, reasons

__all__ = ["check"]


def check(robot: Robot, motion: Motion) -> None:
    """Judge `motion` as the controller will. Raises SafetyRefusalError naming the first refused segment."""
    limits = robot.limits
    profile = envelope.FAST if motion.profile == "fast" else envelope.NORMAL
    state = envelope.PathState(motion.start_usteps, motion.profile != "home", profile)
    state.recovery = motion.profile == "recovery"
    state.home_axis = motion.home_axis
    for index, segment in enumerate(motion.segments):
        reason = envelope.check_segment(limits, state, segment)
        if reason:
            raise SafetyRefusalError(motion.label, index, reason, reasons.TEXTS[reason])
    reason = envelope.check_rest(limits, state)
    if reason:
        raise SafetyRefusalError(motion.label, len(motion.segments) - 1, reason, reasons.TEXTS[reason])
    if tuple(state.position) != motion.end_usteps:
        words = f"the steps lead to {tuple(state.position)}, not to {motion.end_usteps}"
        raise SafetyRefusalError(motion.label, len(motion.segments) - 1, 0, words)
