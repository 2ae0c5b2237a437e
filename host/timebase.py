"""Where host code takes its time from, and how it waits for bytes.

Everything above this module is written against `Timebase`. `RealTime` is the monotonic clock and
`select`; the twin's lock-step client (`host.twin.client`) is the other implementation. Nothing
above knows which one it has.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Sequence
from typing import Protocol

READ_CHUNK = 65536


class Inbox(Protocol):
    """One end of a byte stream: a serial port, or the socket between game and link."""

    @property
    def closed(self) -> bool:
        """True once the other end is gone and everything it sent was read."""
        ...

    def ready(self) -> bool:
        """Whether `read` would give something (or the news that the stream is closed) at once."""
        ...

    def read(self) -> bytes:
        """All bytes that are there now; empty if none. Never blocks, never raises on a hang-up."""
        ...

    def write(self, data: bytes) -> None:
        """Hand over `data`, in order. What the kernel does not take at once goes at the next wait."""
        ...


class Timebase(Protocol):
    """The clock of one host process."""

    def now_us(self) -> int:
        """Microseconds since an arbitrary start; never runs backwards."""
        ...

    def wait(self, until_us: int, inboxes: Sequence[Inbox]) -> None:
        """Return at `until_us`, or earlier when one of `inboxes` is ready."""
        ...

    def open(self, name: str, fd: int) -> Inbox:
        """Make an inbox of an open file descriptor. `name` identifies the stream to the twin."""
        ...


class ByteStream:
    """Buffered, non-blocking bytes over a file descriptor; the base of both worlds' inboxes."""

    def __init__(self, name: str, fd: int) -> None:
        os.set_blocking(fd, False)
        self.name = name
        self.fd = fd
        self.sent = 0
        self._unsent = bytearray()
        self._closed = False

    @property
    def closed(self) -> bool:
        """True once a read or write met the end of the stream."""
        return self._closed

    @property
    def unsent(self) -> int:
        """Bytes accepted by `write` that the kernel has not taken yet."""
        return len(self._unsent)

    def write(self, data: bytes) -> None:
        """See `Inbox.write`."""
        if not self._closed:
            self._unsent += data
            self.flush()

    def flush(self) -> None:
        """Hand as many waiting bytes to the kernel as it takes without blocking."""
        while self._unsent and not self._closed:
            try:
                count = os.write(self.fd, self._unsent)
            except BlockingIOError:
                return
            except OSError:
                self.hang_up()
                return
            self.sent += count
            del self._unsent[:count]

    def hang_up(self) -> None:
        """Note that the other end is gone; unsent bytes are dropped."""
        self._closed = True
        self._unsent.clear()


class RealStream(ByteStream):
    """An inbox in real time: whatever the kernel has."""

    def ready(self) -> bool:
        """See `Inbox.ready`."""
        return not self._closed and bool(select.select([self.fd], [], [], 0)[0])

    def read(self) -> bytes:
        """See `Inbox.read`."""
        parts = []
        # A serial port that has nothing also reads as empty; only one that is readable and empty has ended.
        while self.ready():
            try:
                part = os.read(self.fd, READ_CHUNK)
            except BlockingIOError:
                break
            except OSError:
                part = b""
            if not part:
                self.hang_up()
            parts.append(part)
            if len(part) < READ_CHUNK:
                break
        return b"".join(parts)


class RealTime:
    """The monotonic clock and `select`."""

    def now_us(self) -> int:
        """See `Timebase.now_us`."""
        return time.monotonic_ns() // 1000

    def open(self, name: str, fd: int) -> RealStream:
        """See `Timebase.open`."""
        return RealStream(name, fd)

    def wait(self, until_us: int, inboxes: Sequence[Inbox]) -> None:
        """See `Timebase.wait`."""
        streams = [inbox for inbox in inboxes if isinstance(inbox, RealStream) and not inbox.closed]
        while True:
            left_s = max(0, until_us - self.now_us()) / 1e6
            writers = [stream.fd for stream in streams if stream.unsent]
            readable, writable, _ = select.select([stream.fd for stream in streams], writers, [], left_s)
            for stream in streams:
                if stream.fd in writable:
                    stream.flush()
            if readable or left_s == 0:
                return
