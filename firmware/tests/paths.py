"""Paths for tests: one smooth stop-to-stop move, cut into segments. Plain code, runs on MicroPython too."""

from safety.axes import TICKS_PER_S
from safety.segment import Segment


def smooth(u):
    """Quintic from 0 to 1, at rest at both ends."""
    return u * u * u * (10 - 15 * u + 6 * u * u)


def step_times(steps, duration_s):
    """Times (ticks, float) of all `steps` of a smooth move that takes `duration_s`."""
    times = []
    for k in range(steps):
        target = (k + 0.5) / steps
        low, high = 0.0, 1.0
        for _ in range(40):
            middle = (low + high) / 2
            if smooth(middle) < target:
                low = middle
            else:
                high = middle
        times.append(low * duration_s * TICKS_PER_S)
    return times


def fit(times, begin, duration, sign):
    """(count, first, interval_q12, add_q12) of the steps at `times` in [begin, begin + duration)."""
    n = len(times)
    if n == 0:
        return (0, 0, 0, 0)
    first = int(times[0] - begin)
    if n == 1:
        return (sign, first, 0, 0)
    span = min(times[-1] - times[0], duration - 2 - first)
    middle = (n - 1) // 2
    interval = span / (n - 1)
    add = 0.0
    if n > 3:
        # Through the first, the middle and the last step.
        bend = (times[middle] - times[0]) - middle * interval
        add = -2 * bend / (middle * (n - 1 - middle))
        interval -= add * (n - 2) / 2
    return (sign * n, first, int(interval * 4096), int(add * 4096))


def move(steps, duration_s, segment_ticks=80000):
    """Segments of a smooth move of `steps` (three signed counts) that takes `duration_s`."""
    times = [step_times(abs(n), duration_s) for n in steps]
    total = int(duration_s * TICKS_PER_S)
    segments = []
    at = 0
    next_step = [0, 0, 0]
    while at < total:
        axes = []
        for axis in range(3):
            begin = next_step[axis]
            end = begin
            while end < len(times[axis]) and times[axis][end] < at + segment_ticks:
                end += 1
            next_step[axis] = end
            axes.append(fit(times[axis][begin:end], at, segment_ticks, 1 if steps[axis] > 0 else -1))
        segments.append(Segment(segment_ticks, axes[0], axes[1], axes[2]))
        at += segment_ticks
    return segments
