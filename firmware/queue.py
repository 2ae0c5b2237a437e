"""The segment queue: a ring of whole segments in one preallocated array of 32-bit integers.

One side pushes (the loop), the other expands and pops (the player, perhaps in an interrupt). Each number of
`ring` is written by one of them only, so neither can disturb the other: what is in the queue is the
difference of what went in and what came out, modulo 2^30.
"""

import sys
from array import array

from firmware.wire.messages import SEGMENT_LAST
from safety import ticks

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

    ptr32 = None

CAPACITY = 64
SLOT = 16

# Within a slot: the 13 numbers of the segment, then what belongs to the motion.
FLAGS = 13
MOTION = 14
DEADLINE = 15

# Within `ring`; the loop's: segments, ends of motions and path ticks pushed, the slot for the next one.
PUSHED = 0
PUSHED_RESTS = 1
PUSHED_TICKS = 2
TAIL = 3
# The player's: the same of what is played, and the slot of the first segment.
POPPED = 4
POPPED_RESTS = 5
PLAYED_TICKS = 6
HEAD = 7
RING_SIZE = 8

_MASK = ticks.MASK


@micropython.viper
def copy(numbers: ptr32, fields: ptr32, at: int):
    """The 13 numbers of a segment to `fields[at:]`."""
    i = 0
    while i < 13:
        fields[at + i] = numbers[i]
        i += 1


class SegmentQueue:
    """Segments waiting to be expanded; `fields` holds them, `ring` where they stand."""

    def __init__(self):
        self.fields = array("i", [0] * (SLOT * CAPACITY))
        self.ring = array("i", [0] * RING_SIZE)
        self.starts = array("i", [0] * CAPACITY)

    def clear(self):
        """Forget everything; only while nothing is expanded."""
        for i in range(RING_SIZE):
            self.ring[i] = 0

    def count(self):
        """Segments that wait, the one under way included."""
        return (self.ring[PUSHED] - self.ring[POPPED]) & _MASK

    def ticks(self):
        """Path time of what waits, less what is expanded of the first segment."""
        return (self.ring[PUSHED_TICKS] - self.ring[PLAYED_TICKS]) & _MASK

    def rests(self):
        """Ends of motions (LAST segments) that wait: with one of them the path under way ends at rest."""
        return (self.ring[PUSHED_RESTS] - self.ring[POPPED_RESTS]) & _MASK

    def free(self):
        """Slots that are left."""
        return CAPACITY - self.count()

    def push(self, numbers, flags, motion, start_us, deadline_us):
        """Append the numbers (as `Segment.numbers`) of a checked segment; False when the queue is full."""
        if self.count() == CAPACITY:
            return False
        ring = self.ring
        slot = ring[TAIL]
        fields = self.fields
        at = slot * SLOT
        copy(numbers, fields, at)
        fields[at + FLAGS] = flags
        fields[at + MOTION] = motion
        fields[at + DEADLINE] = deadline_us
        self.starts[slot] = start_us
        ring[TAIL] = (slot + 1) % CAPACITY
        if flags & SEGMENT_LAST:
            ring[PUSHED_RESTS] = (ring[PUSHED_RESTS] + 1) & _MASK
        ring[PUSHED_TICKS] = (ring[PUSHED_TICKS] + numbers[0]) & _MASK
        # Last: from now on the player may take it.
        ring[PUSHED] = (ring[PUSHED] + 1) & _MASK
        return True

    def base(self):
        """Index in `fields` of the first segment."""
        return self.ring[HEAD] * SLOT

    def start_us(self):
        """When the motion at the head may begin."""
        return self.starts[self.ring[HEAD]]
