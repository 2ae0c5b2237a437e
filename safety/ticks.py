"""Controller time: microseconds that wrap at 2^30, as `time.ticks_us` does on the Pico.

All times of the safety layer and of the wire are such ticks. They are compared by difference only;
a difference is right as long as the two times lie less than 2^29 us (8.9 minutes) apart.

Both functions are viper on a controller: they are called most, and an intermediate value beyond 31 bits
would be put on the heap, which an interrupt may not.
"""

import sys

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

PERIOD = 1 << 30
MASK = PERIOD - 1


@micropython.viper
def add(ticks: int, delta_us: int) -> int:
    """Ticks `delta_us` after (or, negative, before) `ticks`."""
    return (ticks + delta_us) & 0x3FFFFFFF


@micropython.viper
def diff(later: int, earlier: int) -> int:
    """Microseconds from `earlier` to `later`, in -2^29 .. 2^29 - 1; any integers, taken modulo 2^30."""
    apart = (later - earlier) & 0x3FFFFFFF
    if apart & 0x20000000:
        apart = apart - 0x20000000 - 0x20000000
    return apart
