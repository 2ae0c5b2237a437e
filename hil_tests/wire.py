"""The host's end of one serial line, in packets: the same for a virtual, an emulated and a real board."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from firmware.wire import messages, packet
from firmware.wire.session import Session
from host.link.decoder import FrameReader
from host.timebase import Inbox, Timebase

Row = tuple[int, tuple[int, ...]]
PATIENCE_US = 1_000_000


class WireController:
    """A controller, its port and the host's end of a session."""

    def __init__(self, time: Timebase, port: Inbox, limits_hash: int) -> None:
        self.time = time
        self.limits_hash = limits_hash
        self.session = Session()
        self.nonce = 0
        self._port = port
        self._frames = FrameReader()
        self._heard: list[Row] = []

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        self._port.write(data)

    def hello(self, table_hash: int = messages.TABLE_HASH, limits_hash: int | None = None) -> dict[str, int]:
        """Greet; the fields of WELCOME. Opens the session when it was accepted."""
        self.nonce += 1
        limits = self.limits_hash if limits_hash is None else limits_hash
        hello = messages.encode(messages.HELLO, table_hash, limits, self.nonce)
        self.write(b"\0" + self.session.greeting(self.nonce, hello))
        _, values = self.expect(messages.WELCOME, lambda fields: fields["host_nonce"] == self.nonce)
        return dict(messages.fields(messages.WELCOME, values))

    def say(self, message: int, *values: int) -> None:
        """One message as a datagram of the open session."""
        self.write(self.session.datagram(messages.encode(message, *values)))

    def expect(self, message: int, accept: Callable[[dict[str, int]], bool] = lambda _: True) -> Row:
        """Wait for a message that `accept` accepts; fails after a second."""
        until_us = self.time.now_us() + PATIENCE_US
        while True:
            for row in self._listen(until_us):
                if row[0] == message and accept(messages.fields(*row)):
                    return row
            if self.time.now_us() >= until_us:
                raise AssertionError(f"no {messages.NAMES[message]} within a second")

    def heard(self, duration_us: int) -> list[Row]:
        """Everything it says within `duration_us`."""
        until_us = self.time.now_us() + duration_us
        rows: list[Row] = []
        while self.time.now_us() < until_us:
            rows += self._listen(until_us)
        return rows

    def silent(self, duration_us: int) -> bool:
        """Whether the controller says nothing at all for a while."""
        until_us = self.time.now_us() + duration_us
        heard = False
        while self.time.now_us() < until_us:
            heard |= any(True for _ in self._listen(until_us))
        return not heard

    def _listen(self, until_us: int) -> Iterator[Row]:
        self.time.wait(until_us, [self._port])
        now_us = self.time.now_us()
        for buffer, length in self._frames.feed(self._port.read()):
            kind = self.session.receive(buffer, length, now_us)
            if kind < 0:
                continue
            rows = messages.decode(bytes(buffer[packet.HEADER_SIZE : length - packet.CRC_SIZE]))
            if kind == packet.GREETING and rows[0][1][0] == messages.ACCEPTED:
                self.session.open(packet.header(buffer)[0])
            yield from rows
        while frame := self.session.poll(now_us):
            self.write(frame)
