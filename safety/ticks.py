"""Controller time: microseconds that wrap at 2^30, as `time.ticks_us` does on the Pico.

All times of the safety layer and of the wire are such ticks. They are compared by difference only;
a difference is right as long as the two times lie less than 2^29 us (8.9 minutes) apart.
"""

PERIOD = 1 << 30
MASK = PERIOD - 1
_HALF = 1 << 29


def add(ticks, delta_us):
    """Ticks `delta_us` after (or, negative, before) `ticks`."""
    return (ticks + delta_us) & MASK


def diff(later, earlier):
    """Microseconds from `earlier` to `later`, in -2^29 .. 2^29 - 1; any integers, taken modulo 2^30."""
    return ((later - earlier + _HALF) & MASK) - _HALF
