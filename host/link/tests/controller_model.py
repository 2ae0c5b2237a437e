"""A controller in one process, for tests of the link: same session code, a queue instead of motors."""

from array import array

from firmware.intake import NUMBERS, unpack_row
from firmware.wire import cobs, messages, packet
from firmware.wire.session import Session
from host.link.decoder import FrameReader
from safety import reasons, states, ticks


class ControllerModel:
    def __init__(self, role, limits_hash, offset_us=0, ppm=0.0, nonce=77):
        self.role, self.limits_hash, self.nonce = role, limits_hash, nonce
        self.offset_us, self.ppm = offset_us, ppm
        self.session, self.frames = Session(), FrameReader()
        self.table_hash = messages.TABLE_HASH
        self.state, self.reason = states.READY, 0
        self.segments, self.done_after, self.started_ticks = [], None, None
        self.heard_us, self.activity, self.stopped = 0, None, False
        self.motion, self.seen = 0, []
        self.free_segments = 64
        self._status_us = 0
        self._out = bytearray()

    def ticks(self, now_us):
        return int(self.offset_us + now_us * (1 + self.ppm * 1e-6)) & ticks.MASK

    def receive(self, data, now_us):
        if cobs.STOP in data:
            self.stopped = True
        for buffer, n in self.frames.feed(data):
            kind = self.session.receive(buffer, n, now_us)
            if kind < 0:
                continue
            if kind != packet.GREETING:
                self.heard_us = now_us
            rows = messages.decode(bytes(buffer[packet.HEADER_SIZE : n - packet.CRC_SIZE]))
            for message, values in rows:
                self.seen.append(message)
                getattr(self, "on_" + messages.NAMES[message].lower(), lambda *_: None)(values, now_us)

    def poll(self, now_us):
        if self.session.nonce is not None and now_us >= self._status_us:
            self._status_us = now_us + 20_000
            self._out += self.session.datagram(
                messages.encode(
                    messages.STATUS, self.ticks(now_us), self.state, self.reason, 0, 0, 1, 2, 3, 0, 0,
                    self.motion, self.queue_us(now_us) // 1000, self.free_segments, 0, 0,
                )
            )  # fmt: skip
        if self.done_after is not None and ticks.diff(self.ticks(now_us), self.done_after) >= 0:
            self.finish(reasons.NONE, now_us)
        while frame := self.session.poll(now_us):
            self._out += frame
        out, self._out = bytes(self._out), bytearray()
        return out

    def finish(self, result, now_us):
        self.done_after = None
        self.state = states.READY
        self.session.send(
            messages.encode(messages.MOTION_DONE, self.ticks(now_us), self.motion, result, 1, 2, 3)
        )

    def queue_us(self, now_us):
        if self.started_ticks is None:
            return 0
        total = sum(segment[1] for segment in self.segments) // 8
        return max(0, total - max(0, ticks.diff(self.ticks(now_us), self.started_ticks)))

    def on_hello(self, values, now_us):
        table_hash, limits_hash, host_nonce = values
        accepted = messages.ACCEPTED
        if table_hash != self.table_hash:
            accepted = messages.TABLE_DIFFERS
        elif limits_hash != self.limits_hash:
            accepted = messages.LIMITS_DIFFER
        welcome = messages.encode(
            messages.WELCOME,
            accepted,
            self.role,
            1,
            self.table_hash,
            self.limits_hash,
            host_nonce,
            self.ticks(now_us),
        )
        self._out += self.session.greeting(self.nonce, welcome)
        if accepted == messages.ACCEPTED:
            self.session.open(self.nonce)

    def on_time(self, values, now_us):
        self._out += self.session.datagram(
            messages.encode(messages.TIME_REPLY, values[0], self.ticks(now_us))
        )

    def on_run(self, values, now_us):
        self.activity = values[0]

    def on_segments(self, values, now_us):
        motion, index, flags, start, not_after, rows = values
        assert ticks.diff(not_after, self.ticks(now_us)) > 0, "a segment came too late"
        if flags & messages.SEGMENT_START:
            assert index == 0
            self.motion, self.segments, self.started_ticks = motion, [], start
            self.state = states.MOVING
        assert index == len(self.segments)
        at, numbers = 0, array("i", [0] * NUMBERS)
        while at < len(rows):
            at = unpack_row(rows, at, len(rows), numbers)
            assert at > 0, "a row that is none"
            first = messages.SEGMENT_START if self.segments else 0
            last = 0 if at == len(rows) else messages.SEGMENT_LAST
            self.segments.append((flags & ~first & ~last, numbers[0], now_us))
        if flags & messages.SEGMENT_LAST:
            self.done_after = ticks.add(self.started_ticks, sum(segment[1] for segment in self.segments) // 8)
