"""Takes in SEGMENT messages: order, deadline, and the same speed and envelope check that the host made."""

import struct

from firmware.wire.messages import (
    SEGMENT_AXIS_MASK,
    SEGMENT_AXIS_SHIFT,
    SEGMENT_HOME,
    SEGMENT_LAST,
    SEGMENT_OFFSET,
    SEGMENT_START,
)
from safety import reasons, ticks
from safety.envelope import PathState, check_rest, check_segment
from safety.segment import Segment

# A start further ahead is no plan but a mistake, and the clock wraps.
LONGEST_WAIT_US = 30000000

_HEAD_FORMAT = "<HHBII"


class Intake:
    """Follows the path at the far end of the queue.

    `motion` is the motion of the segment taken last, `refused` the one whose remaining segments are ignored.
    """

    def __init__(self, limits, queue):
        self.path = PathState((0, 0, 0), False)
        self.motion = 0
        self._limits = limits
        self._queue = queue
        self._segment = Segment()
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
        motion, index, flags, start_us, deadline_us = struct.unpack_from(_HEAD_FORMAT, buffer, at)
        if motion == self.refused and not flags & SEGMENT_START:
            return -1
        self.refused = None
        reason = self._judge(buffer, at, now_us, profile, recovery, motion, index, flags, deadline_us)
        if reason == 0 and flags & SEGMENT_START and ticks.diff(start_us, now_us) > LONGEST_WAIT_US:
            reason = reasons.BAD_VALUE
        if reason == 0 and not self._queue.push(
            self._segment, flags, motion, start_us & ticks.MASK, deadline_us & ticks.MASK
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

    def _judge(self, buffer, at, now_us, profile, recovery, motion, index, flags, deadline_us):
        self.motion = motion
        if ticks.diff(deadline_us, now_us) < 0:
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
        segment = self._segment.load(buffer, at + SEGMENT_OFFSET)
        reason = check_segment(self._limits, path, segment)
        if reason:
            return reason
        self._index = index + 1
        if flags & SEGMENT_LAST:
            self._index = None
            return check_rest(self._limits, path)
        return 0
