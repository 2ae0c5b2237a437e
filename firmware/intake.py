"""Takes in SEGMENT messages: order, deadline, and the same speed and envelope check that the host made."""

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

# What stands before the 13 numbers of a segment.
MOTION = 0
INDEX = 1
FLAGS = 2
START = 3
DEADLINE = 4
HEAD = 5
NUMBERS = 13


@micropython.viper
def unpack(body: ptr8, at: int, head: ptr32, numbers: ptr32):
    """The body of a SEGMENT at `body[at:]` as 5 numbers of `head` and 13 of `numbers`, in place.

    The layout is that of the message table. What has four bytes is read with a sign, counts too.
    """
    i = 0
    while i < 18:
        size = 4
        if i < 3:
            size = 2
            if i == 2:
                size = 1
        if i > 5 and (i & 3) == 2:
            size = 2
        k = at + size - 1
        value = int(body[k])
        if value > 127 and (size == 4 or i > 5):
            value -= 256
        while k > at:
            k -= 1
            value = (value << 8) + int(body[k])
        at += size
        if i < 5:
            head[i] = value
        else:
            numbers[i - 5] = value
        i += 1


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
        """Check and queue the SEGMENT whose body starts at `buffer[at]`.

        Returns a reason id: 0 when it was queued, -1 when it belongs to a motion already refused. After a
        refusal the rest of that motion is ignored; what to do with its first part is the caller's decision.
        """
        head = self._head
        unpack(buffer, at, head, self._numbers)
        motion = head[MOTION]
        flags = head[FLAGS]
        if motion == self.refused and not flags & SEGMENT_START:
            return -1
        self.refused = None
        reason = self._judge(now_us, profile, recovery, motion, flags)
        if reason == 0 and flags & SEGMENT_START and ticks.diff(head[START], now_us) > LONGEST_WAIT_US:
            reason = reasons.BAD_VALUE
        if reason == 0 and not self._queue.push(
            self._numbers, flags, motion, head[START] & ticks.MASK, head[DEADLINE] & ticks.MASK
        ):
            reason = reasons.QUEUE_FULL
        if reason:
            self.refuse(motion)
        return reason

    def refuse(self, motion):
        """Ignore the rest of `motion`."""
        self.motion = motion
        self.refused = motion
        self._index = None

    def _judge(self, now_us, profile, recovery, motion, flags):
        head = self._head
        index = head[INDEX]
        self.motion = motion
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
