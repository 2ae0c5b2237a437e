"""Streams motions to the arm controller, segment by segment, a quarter to half a second ahead. Sans-I/O."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from firmware.wire import messages
from host.link.clocksync import ClockSync
from safety import ticks
from safety.axes import TICKS_PER_US
from safety.segment import Segment

# The first segments must be there and checked before the start; after a retransmission it comes late.
START_LEAD_US = 60_000
AHEAD_US = 430_000
# A controller checks a whole packet in one loop, a millisecond a segment; its steps go on by themselves.
SEGMENTS_PER_PACKET = 3
WINDOW_PACKETS = 8
# A segment is of use until a little after its time: the start waits for the controller's next loop.
NOT_AFTER_US = 100_000
# Places of the controller's queue that are left free for what its last report could not know of.
_SPARE_SEGMENTS = 16
# How soon to look again when the window was full: acknowledgements wake the link anyway.
_RETRY_US = 5_000


@dataclass
class QueuedMotion:
    """A motion on its way. `home_axis` is the axis whose limit switch is searched, or None."""

    number: int
    segments: list[Segment]
    home_axis: int | None = None
    profile: int = messages.PROFILE_NORMAL
    sent: int = 0

    @property
    def all_sent(self) -> bool:
        """Whether its last segment was handed over."""
        return self.sent == len(self.segments)

    def message(self, count: int, start_us: int, not_after_us: int) -> bytes:
        """The SEGMENTS message of the next `count` segments; both times are the controller's."""
        segments = self.segments[self.sent : self.sent + count]
        flags = messages.SEGMENT_START if self.sent == 0 else 0
        if self.sent + len(segments) == len(self.segments):
            flags |= messages.SEGMENT_LAST
        if self.home_axis is not None:
            flags |= messages.SEGMENT_HOME | self.home_axis << messages.SEGMENT_AXIS_SHIFT
        rows = b"".join(segment.row() for segment in segments)
        encoded: bytes = messages.encode(
            messages.SEGMENTS, self.number, self.sent, flags, start_us, not_after_us, rows
        )
        self.sent += len(segments)
        return encoded


class Streamer:
    """Decides which segments go out when. One motion runs at a time; the next starts after its end."""

    def __init__(self) -> None:
        self._queue: deque[QueuedMotion] = deque()
        self._plays_until_us = 0.0
        self._room = 0
        self._given_up = False
        self._begun = False

    @property
    def active(self) -> bool:
        """Whether a motion is under way: from its first segment to the controller's word that it ended."""
        return bool(self._queue) and self._queue[0].sent > 0

    @property
    def begun(self) -> bool:
        """Whether the controller has begun to move: then its word that the motion ended will come."""
        return self._begun

    @property
    def current(self) -> int | None:
        """Number of the motion under way or next in line."""
        return self._queue[0].number if self._queue else None

    def run(self, motion: QueuedMotion) -> None:
        """Append a motion."""
        self._queue.append(motion)

    def done(self, number: int) -> None:
        """The controller said that motion `number` came to rest."""
        if self.active and self._queue[0].number == number:
            self._queue.popleft()
            self._reset()

    def drop_all(self) -> list[int]:
        """Forget everything queued; the numbers of the motions given up."""
        numbers = [motion.number for motion in self._queue]
        self._queue.clear()
        self._reset()
        return numbers

    def note_begun(self) -> None:
        """The controller moves along the motion under way."""
        self._begun = self.active

    def stop_sending(self) -> None:
        """The controller stopped: the rest of the motion under way is not wanted any more."""
        self._given_up = self.active

    def note_room(self, free_segments: int) -> None:
        """The controller's queue has this many free places (some may be on their way to being filled)."""
        self._room = free_segments - _SPARE_SEGMENTS

    def hold(self, queue_us: int, now_us: int) -> None:
        """The controller stands in HOLD with `queue_us` of path queued: its path time stands still.

        The queue is still filled up, because it must hold enough path to move on.
        """
        self._plays_until_us = now_us + queue_us

    def note_queue(self, queue_us: int, now_us: int) -> None:
        """The controller has `queue_us` of path left to play: it ends no earlier than that.

        A motion that is slowed under way plays later than was planned; so do the segments still to come, and
        they are of use for longer.
        """
        self._plays_until_us = max(self._plays_until_us, now_us + queue_us)

    def poll(self, now_us: int, clock: ClockSync, in_flight: int) -> list[bytes]:
        """Payloads of SEGMENTS messages to hand to the reliable session now."""
        payloads: list[bytes] = []
        if not self._queue or self._given_up:
            return payloads
        motion = self._queue[0]
        if motion.sent == 0:
            self._plays_until_us = now_us + START_LEAD_US
        while (
            not motion.all_sent
            and self._plays_until_us - now_us < AHEAD_US
            and in_flight + len(payloads) < WINDOW_PACKETS
            and self._room >= SEGMENTS_PER_PACKET
        ):
            # A slowed path is played later than it was sent for; what waited for room is not late for that.
            self._plays_until_us = max(self._plays_until_us, now_us)
            payloads.append(self._packet(motion, clock))
        return payloads

    def next_due_us(self, now_us: int) -> int | None:
        """When more can be sent, as far as time alone decides; None when nothing is left to send."""
        if not self._queue or self._given_up or self._queue[0].all_sent:
            return None
        if self._queue[0].sent == 0:
            return now_us + _RETRY_US if self._room < SEGMENTS_PER_PACKET else now_us
        return max(now_us + _RETRY_US, round(self._plays_until_us) - AHEAD_US)

    def _reset(self) -> None:
        self._given_up = self._begun = False

    def _packet(self, motion: QueuedMotion, clock: ClockSync) -> bytes:
        payload = bytearray()
        if motion.sent == 0:
            payload += messages.encode(messages.PROFILE, motion.profile)
        plays = clock.to_ticks(round(self._plays_until_us))
        taken = motion.segments[motion.sent : motion.sent + SEGMENTS_PER_PACKET]
        payload += motion.message(len(taken), plays, ticks.add(plays, NOT_AFTER_US))
        self._room -= len(taken)
        self._plays_until_us += sum(segment.duration_ticks for segment in taken) / TICKS_PER_US
        return bytes(payload)
