"""Takes in SEGMENTS messages: order, deadline, and the same speed and envelope check that the host made."""

import sys
from array import array

from firmware.wire.messages import (
    SEGMENT_AXIS_MASK,
    SEGMENT_AXIS_SHIFT,
    SEGMENT_HOME,
    SEGMENT_LAST,
    SEGMENT_START,
)
from safety import reasons, ticks
from safety.envelope import PathState, check_rest, check_values

if sys.implementation.name == "micropython":
    import micropython
else:
    from safety import interpreted as micropython

    ptr8 = ptr32 = None

# A start further ahead is no plan but a mistake, and the clock wraps.
LONGEST_WAIT_US = 30000000

# A packet is judged in one loop: more rows than a host sends would keep it too long.
MOST_ROWS = 4

# What stands before the rows.
MOTION = 0
INDEX = 1
FLAGS = 2
START = 3
DEADLINE = 4
SIZE = 5
HEAD = 6
HEAD_BYTES = 14
NUMBERS = 13


@micropython.viper
def unpack_head(body: ptr8, at: int, head: ptr32):
    """What stands before the rows of a SEGMENTS at `body[at:]`, in place; the layout of the message table."""
    head[0] = int(body[at]) | int(body[at + 1]) << 8
    head[1] = int(body[at + 2]) | int(body[at + 3]) << 8
    head[2] = int(body[at + 4])
    i = 3
    at += 5
    while i < 5:
        high = int(body[at + 3])
        if high > 127:
            high -= 256
        head[i] = int(body[at]) | int(body[at + 1]) << 8 | int(body[at + 2]) << 16 | high << 24
        at += 4
        i += 1
    head[5] = int(body[at])


@micropython.viper
def unpack_row(body: ptr8, at: int, end: int, numbers: ptr32) -> int:
    """The segment at `body[at:end]` as 13 numbers, in place; where the next begins, or -1 when it is no row.

    A row is that of `Segment.row`. A number has 31 bits at most.
    """
    if at >= end:
        return -1
    shape = int(body[at])
    at += 1
    if shape > 7:
        return -1
    count = 0
    i = 0
    while i < 13:
        value = 0
        there = 1
        folded = 0
        # First the duration; then of each axis 1 count, 2 first, 3 interval (two steps), 0 add (three steps).
        part = i & 3
        if i > 0:
            there = (shape >> ((i - 1) >> 2)) & 1
            if part == 3 and count < 2:
                there = 0
            if part == 0 and count < 3:
                there = 0
            if part < 2:
                folded = 1
        if there:
            shift = 0
            while shift < 35:
                if at >= end:
                    return -1
                byte = int(body[at])
                at += 1
                if shift == 28 and byte > 7:
                    return -1
                value = value | (byte & 127) << shift
                shift += 7
                if byte < 128:
                    shift = 35
            if folded:
                value = (value >> 1) ^ (0 - (value & 1))
            if part == 1:
                count = value
                if count < 0:
                    count = 0 - count
        numbers[i] = value
        i += 1
    return at


class Intake:
    """Follows the path at the far end of the queue.

    `motion` is the motion of the segment taken last, `refused` the one whose remaining segments are ignored.
    """

    def __init__(self, limits, queue):
        self.path = PathState((0, 0, 0), False)
        self.motion = 0
        self._limits = limits
        self._queue = queue
        self._head = array("i", [0] * HEAD)
        self._numbers = array("i", [0] * NUMBERS)
        self._index = None
        self._path_motion = 0
        self.refused = None

    def reset(self, position, known):
        """The queue is empty and the arm stands at `position`."""
        for axis in range(3):
            self.path.position[axis] = position[axis]
        self.path.known = known
        self.path.rest()
        self._index = None

    def take(self, buffer, at, now_us, profile, recovery):
        """Check and queue the segments of the SEGMENTS whose body starts at `buffer[at]`.

        Returns a reason id: 0 when they were queued, -1 when they belong to a motion already refused. After a
        refusal the rest of that motion is ignored; what to do with its first part is the caller's decision.
        """
        head = self._head
        unpack_head(buffer, at, head)
        motion = head[MOTION]
        if motion == self.refused and not head[FLAGS] & SEGMENT_START:
            return -1
        self.refused = None
        at += HEAD_BYTES
        end = at + head[SIZE]
        flags = head[FLAGS] & ~SEGMENT_LAST
        reason = reasons.SEGMENT_INVALID
        rows = 0
        while at < end:
            at = unpack_row(buffer, at, end, self._numbers)
            reason = reasons.SEGMENT_INVALID
            if at < 0 or rows == MOST_ROWS:
                break
            if at == end:
                flags |= head[FLAGS] & SEGMENT_LAST
            reason = self._queued(now_us, profile, recovery, head[INDEX] + rows, flags)
            if reason:
                break
            flags &= ~SEGMENT_START
            rows += 1
        if reason:
            self.refuse(motion)
        return reason

    def _queued(self, now_us, profile, recovery, index, flags):
        head = self._head
        reason = self._judge(now_us, profile, recovery, index, flags)
        if reason:
            return reason
        if flags & SEGMENT_START and ticks.diff(head[START], now_us) > LONGEST_WAIT_US:
            return reasons.BAD_VALUE
        starts, deadline = head[START] & ticks.MASK, head[DEADLINE] & ticks.MASK
        if not self._queue.push(self._numbers, flags, head[MOTION], starts, deadline):
            return reasons.QUEUE_FULL
        return 0

    def refuse(self, motion):
        """Ignore the rest of `motion`."""
        self.motion = motion
        self.refused = motion
        self._index = None

    def _judge(self, now_us, profile, recovery, index, flags):
        head = self._head
        motion = self.motion = head[MOTION]
        if ticks.diff(head[DEADLINE], now_us) < 0:
            return reasons.SEGMENT_STALE
        path = self.path
        if flags & SEGMENT_START:
            if index != 0 or self._index is not None:
                return reasons.SEGMENT_ORDER
            axis = (flags >> SEGMENT_AXIS_SHIFT) & SEGMENT_AXIS_MASK
            path.home_axis = axis if flags & SEGMENT_HOME else None
            path.profile = profile
            path.recovery = recovery
            path.rest()
            self._path_motion = motion
        elif self._index is None or index != self._index or motion != self._path_motion:
            return reasons.SEGMENT_ORDER
        reason = check_values(self._limits, path, self._numbers)
        if reason:
            return reason
        self._index = index + 1
        if flags & SEGMENT_LAST:
            self._index = None
            return check_rest(self._limits, path)
        return 0
