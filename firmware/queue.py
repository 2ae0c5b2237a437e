"""The segment queue: a ring of whole segments in one preallocated array of 32-bit integers.

One side pushes (the loop), the other expands and pops (the player, perhaps in an interrupt). Each number of
`ring` is written by one of them only, so neither can disturb the other: what is in the queue is the
difference of what went in and what came out, modulo 2^30.
"""

from array import array

from firmware.wire.messages import SEGMENT_LAST
from safety import ticks

CAPACITY = 96
SLOT = 16

# Within a slot: 0 duration, then four integers for each axis, then what belongs to the motion.
AXIS0 = 1
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

    def push(self, segment, flags, motion, start_us, deadline_us):
        """Append a checked segment; False when the queue is full."""
        if self.count() == CAPACITY:
            return False
        ring = self.ring
        slot = ring[TAIL]
        fields = self.fields
        at = slot * SLOT
        fields[at] = segment.duration_ticks
        for axis in range(3):
            base = at + AXIS0 + 4 * axis
            fields[base] = segment.count[axis]
            fields[base + 1] = segment.first[axis]
            fields[base + 2] = segment.interval_q12[axis]
            fields[base + 3] = segment.add_q12[axis]
        fields[at + FLAGS] = flags
        fields[at + MOTION] = motion
        fields[at + DEADLINE] = deadline_us
        self.starts[slot] = start_us
        ring[TAIL] = (slot + 1) % CAPACITY
        if flags & SEGMENT_LAST:
            ring[PUSHED_RESTS] = (ring[PUSHED_RESTS] + 1) & _MASK
        ring[PUSHED_TICKS] = (ring[PUSHED_TICKS] + segment.duration_ticks) & _MASK
        # Last: from now on the player may take it.
        ring[PUSHED] = (ring[PUSHED] + 1) & _MASK
        return True

    def base(self):
        """Index in `fields` of the first segment."""
        return self.ring[HEAD] * SLOT

    def start_us(self):
        """When the motion at the head may begin."""
        return self.starts[self.ring[HEAD]]
