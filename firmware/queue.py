"""The segment queue: a ring of whole segments in one preallocated array of 32-bit integers."""

from array import array

from firmware.wire.messages import SEGMENT_LAST

CAPACITY = 96
SLOT = 16

# Within a slot: 0 duration, then four integers for each axis, then what belongs to the motion.
AXIS0 = 1
FLAGS = 13
MOTION = 14
DEADLINE = 15


class SegmentQueue:
    """Segments waiting to be expanded.

    `ticks` is their path time, less what is expanded of the first; `rests` counts the ends of motions among
    them (LAST segments): with one of them the path under way ends at rest.
    """

    def __init__(self):
        self.fields = array("i", [0] * (SLOT * CAPACITY))
        self.count = 0
        self.ticks = 0
        self.rests = 0
        self.head = 0
        self.starts = array("i", [0] * CAPACITY)

    def clear(self):
        """Forget everything."""
        self.count = 0
        self.ticks = 0
        self.rests = 0
        self.head = 0

    def free(self):
        """Slots that are left."""
        return CAPACITY - self.count

    def push(self, segment, flags, motion, start_us, deadline_us):
        """Append a checked segment; False when the queue is full."""
        if self.count == CAPACITY:
            return False
        slot = (self.head + self.count) % CAPACITY
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
        self.count += 1
        if flags & SEGMENT_LAST:
            self.rests += 1
        self.ticks += segment.duration_ticks
        return True

    def pop(self):
        """Drop the first segment; its path time was taken from `ticks` as it was expanded."""
        if self.fields[self.base() + FLAGS] & SEGMENT_LAST:
            self.rests -= 1
        self.head = (self.head + 1) % CAPACITY
        self.count -= 1

    def base(self):
        """Index in `fields` of the first segment."""
        return self.head * SLOT
