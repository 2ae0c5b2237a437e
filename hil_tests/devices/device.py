"""What a test knows of a controller, whichever it is: bytes, its own time, power, and its cable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from host.timebase import Inbox


class Device(Protocol):
    """One controller. The test owns the time: it passes only in `advance`."""

    kind: str
    role: str
    frame_us: int
    """The step in which its time passes."""

    def now_us(self) -> int:
        """Microseconds since the test began."""
        ...

    def advance_us(self, duration_us: int) -> None:
        """Let time pass: simulated on a virtual board, slept on a real one."""
        ...

    def write(self, data: bytes) -> None:
        """Bytes to the controller."""
        ...

    def read(self) -> bytes:
        """Bytes that have come from the controller since the last call."""
        ...

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        ...

    def restart(self) -> None:
        """Power off and on."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Simulated(Device, Protocol):
    """A controller whose pins the test holds: virtual or emulated."""

    inputs: int
    """IN_ bits of `firmware.board.lockstep`."""
    edges: list[tuple[int, int, int]]
    """(axis, tick of 1/8 us, direction) of every step edge."""


class DeviceInbox:
    """A device as `host.timebase.Inbox`."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._unread = b""

    @property
    def closed(self) -> bool:
        """True when the cable is out."""
        return not self._device.plugged

    def ready(self) -> bool:
        """Whether bytes are there."""
        self._unread += self._device.read()
        return bool(self._unread)

    def read(self) -> bytes:
        """All bytes that are there."""
        data, self._unread = self._unread + self._device.read(), b""
        return data

    def write(self, data: bytes) -> None:
        """Bytes to the controller."""
        self._device.write(data)


class DeviceTime:
    """A device's time as `host.timebase.Timebase`."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def now_us(self) -> int:
        """Microseconds since the test began."""
        return self._device.now_us()

    def wait(self, until_us: int, inboxes: Sequence[Inbox]) -> None:
        """Let time pass, a frame at a time, until then or until there is something to read."""
        while not any(inbox.ready() or inbox.closed for inbox in inboxes):
            left_us = until_us - self._device.now_us()
            if left_us <= 0:
                return
            self._device.advance_us(min(self._device.frame_us, left_us))

    def open(self, name: str, fd: int) -> Inbox:
        """A device has no descriptors of its own."""
        raise NotImplementedError(f"{name} ({fd}) is not read through a device's time")


class DeviceLine:
    """A device as `host.link.service.Line`."""

    def __init__(self, device: Device) -> None:
        self.time = DeviceTime(device)
        self.inbox = DeviceInbox(device)

    def reopen(self, patience_us: int) -> bool:
        """The cable of a device stays the same over a restart."""
        self.time.wait(self.time.now_us() + min(patience_us, 100_000), [])
        return not self.inbox.closed
