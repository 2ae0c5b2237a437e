"""A serial line of the twin: a controller's pseudo-terminal, the link's, and the cable between them.

The link opens its end with pyserial, the controller has its end as stdin and stdout; both are
unmodified. The relay reads exactly as many bytes as a participant says it has written, passes them
through the cable (where tests may cut, drop, corrupt and delay), and counts what the other side may
read. So what is read when is the same in every run.
"""

from __future__ import annotations

import os
import random
import select
import tty
from collections import deque
from dataclasses import dataclass

# USB full speed bulk moves about 1 MB/s; it also keeps what is in a pseudo-terminal below its 4 KB.
BYTES_PER_MS = 1000


@dataclass
class CableFaults:
    """What the cable does to the bytes of one direction; all off by default."""

    drop: float = 0.0
    """Probability that a byte is lost."""
    corrupt: float = 0.0
    """Probability that a byte has one bit flipped."""
    delay_us: int = 0
    """Extra time every byte takes."""


class Cable:
    """One direction of the line, sans-I/O: bytes go in at one time and come out at a later one."""

    def __init__(self, seed: int) -> None:
        self.faults = CableFaults()
        self.cut = False
        self._random = random.Random(seed)
        self._queue: deque[tuple[int, bytes]] = deque()

    def push(self, data: bytes, now_us: int) -> None:
        """Bytes enter the cable."""
        if self.cut or not data:
            return
        if self.faults.drop or self.faults.corrupt:
            data = bytes(self._flip(byte) for byte in data if self._random.random() >= self.faults.drop)
        self._queue.append((now_us + self.faults.delay_us, data))

    def pull(self, now_us: int, room: int) -> bytes:
        """At most `room` bytes that have arrived by `now_us`."""
        out = bytearray()
        while self._queue and self._queue[0][0] <= now_us and len(out) < room:
            due_us, data = self._queue.popleft()
            taken = data[: room - len(out)]
            out += taken
            if len(taken) < len(data):
                self._queue.appendleft((due_us, data[len(taken) :]))
        return bytes(out)

    def put_back(self, data: bytes, now_us: int) -> None:
        """Bytes that the far end had no room for; they go first next time."""
        if data and not self.cut:
            self._queue.appendleft((now_us, data))

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way."""
        return not self._queue

    def clear(self) -> None:
        """Forget what is on its way."""
        self._queue.clear()

    def _flip(self, byte: int) -> int:
        if self._random.random() < self.faults.corrupt:
            return byte ^ (1 << self._random.randrange(8))
        return byte


class _Terminal:
    """A pseudo-terminal in raw mode, held open at both ends so that a death is no hang-up."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self.slave)
        self.read_total = 0
        self.written_total = 0

    def read_up_to(self, total: int) -> bytes:
        """Exactly the bytes up to `total` since the start, waiting for them if they are on their way."""
        out = bytearray()
        while self.read_total < total:
            if not select.select([self.master], [], [], 10.0)[0]:
                break
            part = os.read(self.master, total - self.read_total)
            self.read_total += len(part)
            out += part
        return bytes(out)

    def write(self, data: bytes) -> bytes:
        """Write what there is room for; returns the rest. Whoever reads cannot do so while we wait."""
        while data:
            try:
                count = os.write(self.master, data)
            except BlockingIOError:
                break
            self.written_total += count
            data = data[count:]
        return data

    def close(self) -> None:
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)
        self.master = self.slave = -1


class SerialLine:
    """Both terminals and the two directions of the cable between them."""

    def __init__(self, seed: int) -> None:
        self.controller = _Terminal()
        self.host = _Terminal()
        self.to_host = Cable(seed)
        self.to_controller = Cable(seed + 1)
        self.connected = True

    @property
    def host_path(self) -> str:
        """The device the link opens."""
        return self.host.path

    def controller_wrote(self, total: int, now_us: int) -> bytes:
        """Take up what the controller has written so far; returns the new bytes (for the black box)."""
        data = self.controller.read_up_to(total)
        self.to_host.push(data, now_us)
        return data

    def host_wrote(self, total: int, now_us: int) -> None:
        """Take up what the link has written so far."""
        if self.connected:
            self.to_controller.push(self.host.read_up_to(total), now_us)

    def deliver(self, now_us: int, elapsed_us: int, host_listens: bool) -> None:
        """Move arrived bytes on. Until the link has opened its port, what the controller says is lost."""
        room = max(1, BYTES_PER_MS * elapsed_us // 1000)
        self.to_controller.put_back(self.controller.write(self.to_controller.pull(now_us, room)), now_us)
        data = self.to_host.pull(now_us, room)
        if host_listens and self.connected:
            self.to_host.put_back(self.host.write(data), now_us)

    def controller_gone(self) -> None:
        """The controller is dead: nobody takes up what is sent to it."""
        self.to_controller.cut = True
        self.to_controller.clear()

    def cut(self) -> None:
        """Pull the cable: the link's device disappears, the controller hears nothing more."""
        if self.connected:
            self.connected = False
            for cable in (self.to_host, self.to_controller):
                cable.cut = True
                cable.clear()
            self.host.close()

    def close(self) -> None:
        """Close both terminals."""
        self.controller.close()
        self.host.close()
