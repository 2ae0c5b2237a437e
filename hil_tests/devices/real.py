"""A real board on its serial port. Here, and nowhere else in these tests, time is slept."""

from __future__ import annotations

from host.link.process import open_port
from host.timebase import RealTime


class RealBoard:
    """A flashed controller at `path`."""

    kind = "real"
    frame_us = 1000

    def __init__(self, path: str, role: str) -> None:
        self.role = role
        self._time = RealTime()
        self._begin_us = self._time.now_us()
        self._port = open_port(role, path)
        self._stream = self._time.open(role, self._port.fileno())

    def now_us(self) -> int:
        """Microseconds since the test began."""
        return self._time.now_us() - self._begin_us

    def advance_us(self, duration_us: int) -> None:
        """Sleep."""
        self._time.wait(self._time.now_us() + duration_us, [])

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return not self._stream.closed

    def write(self, data: bytes) -> None:
        """Bytes to the controller."""
        self._stream.write(data)

    def read(self) -> bytes:
        """Bytes that have come."""
        return self._stream.read()

    def restart(self) -> None:
        """Nobody can cut a real board's power from here."""
        raise NotImplementedError("unplug the board by hand")

    def close(self) -> None:
        """Close the port."""
        self._port.close()
