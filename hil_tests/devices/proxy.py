"""A cable that drops, delays, duplicates, reorders and corrupts bytes, before any device."""

from __future__ import annotations

import random
from dataclasses import dataclass

from hil_tests.devices.device import Device


@dataclass(frozen=True)
class Mischief:
    """What happens to the bytes of one direction; probabilities per byte or per write, 0 by default."""

    drop: float = 0.0
    """A byte is lost."""
    corrupt: float = 0.0
    """One bit of a byte is turned."""
    duplicate: float = 0.0
    """What was written at once comes twice."""
    reorder: float = 0.0
    """What was written at once comes after what is written next."""
    delay_us: int = 0
    """Everything comes up to this much later; the order of what is not reordered stays."""


class _Direction:
    def __init__(self, seed: int) -> None:
        self.mischief = Mischief()
        self._dice = random.Random(seed)
        self._queue: list[tuple[int, bytes]] = []
        self._held = b""

    def push(self, data: bytes, now_us: int) -> None:
        mischief, dice = self.mischief, self._dice
        if not data:
            return
        if mischief.drop or mischief.corrupt:
            data = bytes(self._spoil(byte) for byte in data if dice.random() >= mischief.drop)
        held, self._held = self._held, b""
        if mischief.reorder and not held and dice.random() < mischief.reorder:
            self._held = data
            return
        out = data + held
        if mischief.duplicate and dice.random() < mischief.duplicate:
            out += data
        due_us = now_us + (dice.randrange(mischief.delay_us) if mischief.delay_us else 0)
        if self._queue:
            due_us = max(due_us, self._queue[-1][0])
        self._queue.append((due_us, out))

    def pull(self, now_us: int) -> bytes:
        out = bytearray()
        while self._queue and self._queue[0][0] <= now_us:
            out += self._queue.pop(0)[1]
        return bytes(out)

    def _spoil(self, byte: int) -> int:
        if self._dice.random() < self.mischief.corrupt:
            return byte ^ (1 << self._dice.randrange(8))
        return byte


class HostileCable:
    """A device behind a bad cable. Set `to_board` and `from_board` to what it shall do."""

    def __init__(self, device: Device, seed: int) -> None:
        self.device = device
        self.kind, self.role, self.frame_us = device.kind, device.role, device.frame_us
        self._out = _Direction(seed)
        self._in = _Direction(seed + 1)

    def misbehave(self, to_board: Mischief, from_board: Mischief) -> None:
        """From now on."""
        self._out.mischief, self._in.mischief = to_board, from_board

    def behave(self) -> None:
        """A good cable from now on."""
        self.misbehave(Mischief(), Mischief())

    def now_us(self) -> int:
        """Microseconds since the test began."""
        return self.device.now_us()

    def advance_us(self, duration_us: int) -> None:
        """Let time pass, a frame at a time."""
        until_us = self.now_us() + duration_us
        while (left_us := until_us - self.now_us()) > 0:
            self.device.write(self._out.pull(self.now_us()))
            self.device.advance_us(min(self.frame_us, left_us))
            self._in.push(self.device.read(), self.now_us())

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self.device.plugged

    def write(self, data: bytes) -> None:
        """Bytes to the controller, as far as they get."""
        self._out.push(data, self.now_us())

    def read(self) -> bytes:
        """Bytes that have come through."""
        self._in.push(self.device.read(), self.now_us())
        return self._in.pull(self.now_us())

    def restart(self) -> None:
        """Power off and on."""
        self.device.restart()

    def close(self) -> None:
        """Let go of the device."""
        self.device.close()
