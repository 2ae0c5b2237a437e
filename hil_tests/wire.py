"""One controller on one serial port, spoken to in packets: the same for a virtual and for a real board."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.wire import messages, packet
from firmware.wire.session import Session
from hil_tests.bench import Bench, plain_world
from host.arm.robot import load as load_robot
from host.link.decoder import FrameReader
from host.link.process import open_port
from host.timebase import Inbox, RealTime, Timebase
from host.twin.client import TwinProcess, TwinTime

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
            rows = messages.decode(bytes(buffer[packet.HEADER_SIZE : length - packet.CRC_SIZE]))
            if kind == packet.GREETING and rows[0][1][0] == messages.ACCEPTED:
                self.session.open(packet.header(buffer)[0])
            if kind >= 0:
                yield from rows
        while frame := self.session.poll(now_us):
            self.write(frame)


@contextmanager
def controller(device: str, directory: Path, role: str = "arm") -> Iterator[WireController]:
    """A controller of `device`: "virtual", or the path of a serial port with a flashed board."""
    robot = load_robot(None)
    if device != "virtual":
        time = RealTime()
        with open_port(role, device) as port:
            yield WireController(time, time.open(role, port.fileno()), robot.limits.hash())
        return
    twin = TwinProcess.start(
        {
            "participants": ["game"],
            "world": plain_world(Bench.home(robot), robot),
            "firmware": {"limits": robot.limits.as_dict()},
        },
        directory,
    )
    twin_time = TwinTime(twin.game, "game")
    try:
        with open_port(role, twin.ports[role]) as port:
            yield WireController(twin_time, twin_time.open(role, port.fileno()), robot.limits.hash())
            twin_time.close()
    finally:
        twin.close()
