"""Paths for the tests of the envelope check: one axis at a steady speed. Runs on MicroPython too."""

from safety.axes import TICKS_PER_S
from safety.envelope import PathState, check_segment
from safety.limits import REFERENCE, Limits
from safety.segment import Segment

LIMITS = Limits(REFERENCE)
TEN_MS = 80000
MIDDLE = (10000, -12000, 30000)


def steady(axis, usteps_s, duration=TEN_MS):
    """A segment in which one axis runs at a steady speed."""
    size = abs(usteps_s)
    count = size * duration // TICKS_PER_S
    interval = TICKS_PER_S * 4096 // size if size else 0
    values = (count if usteps_s > 0 else -count, interval // 8192, interval, 0)
    axes = [(0, 0, 0, 0)] * 3
    axes[axis] = values
    return Segment(duration, axes[0], axes[1], axes[2])


def cruise(axis, usteps_s, position=MIDDLE, profile=0, prepare=None):
    """Verdict on a steady speed, reached slowly enough that only speed is in question."""
    state = PathState(position, True, profile)
    if prepare:
        prepare(state)
    speed = 0
    reason = 0
    step = 500 if usteps_s > 0 else -500
    start = list(position)
    while speed != usteps_s and not reason:
        speed = min(speed + step, usteps_s) if step > 0 else max(speed + step, usteps_s)
        reason = check_segment(LIMITS, state, steady(axis, speed))
        for i in range(3):
            state.position[i] = start[i]
    return reason
