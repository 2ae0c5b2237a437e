"""The link's process: serial ports, the game's socket and a clock around `LinkCore`. No disk I/O.

    python -m host.link.process '{"game": FD, "twin": FD or null, "ports": {"arm": PATH, "hand": PATH},
                                  "limits_hash": N, "seed": N or null}'

It ends when the game's end of the socket (or the twin) is gone. With the game gone nothing is forwarded
any more, and the controllers brake by themselves.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import sys
from typing import Any

import serial

from host.link import events
from host.link.core import LinkCore
from host.link.errors import LinkError, PortError
from host.timebase import Inbox, RealTime, Timebase
from host.twin.client import TwinTime
from host.twin.lockstep import TwinGoneError

_NICE = -10


class LinkLoop:
    """Feeds `LinkCore` with what comes in, and writes what it says."""

    def __init__(self, core: LinkCore, time: Timebase, game: Inbox, ports: dict[str, Inbox]) -> None:
        self._core = core
        self._time = time
        self._game = game
        self._ports = ports
        self._lines = bytearray()

    def run(self) -> None:
        """Serve until the game is gone."""
        while not self._game.closed:
            now_us = self._time.now_us()
            self._read_game(now_us)
            self._read_ports(now_us)
            for name, data in self._core.poll(now_us).items():
                if data and name in self._ports:
                    self._ports[name].write(data)
            told = b"".join(map(events.to_line, self._core.take_events()))
            if told:
                self._game.write(told)
            self._time.wait(self._core.next_due_us(now_us), [self._game, *self._ports.values()])

    def _read_game(self, now_us: int) -> None:
        self._lines += self._game.read()
        *lines, rest = self._lines.split(b"\n")
        self._lines = bytearray(rest)
        for line in lines:
            self._core.on_game(bytes(line), now_us)

    def _read_ports(self, now_us: int) -> None:
        for name, port in list(self._ports.items()):
            data = port.read()
            if data:
                self._core.on_bytes(name, data, now_us)
            if port.closed:
                del self._ports[name]
                self._core.on_closed(name, now_us)


def open_port(name: str, path: str) -> serial.Serial:
    """A controller's serial port, for this process alone. Raises PortError with one sentence."""
    try:
        # USB serial has no baud rate; 115200 is what tools expect. Exclusive: two links would be chaos.
        return serial.Serial(path, 115200, timeout=0, write_timeout=0, exclusive=True)
    except (serial.SerialException, OSError, ValueError) as error:
        errno = getattr(error, "errno", None)
        if not os.path.exists(path):
            sentence = f"no {name} controller at {path}: check its cable, and the port in robot.toml"
        elif errno == 13:
            sentence = (
                f"{path} ({name} controller) may not be opened by this user: add it to the group that owns it"
            )
        else:
            sentence = f"{path} ({name} controller) is in use by another program: close that one first"
        raise PortError(sentence) from error


def serve(config: dict[str, Any]) -> None:
    """Run one link as `config` says (see the module's docstring)."""
    twin = config.get("twin")
    time: Timebase = TwinTime(socket.socket(fileno=twin), "link") if twin is not None else RealTime()
    game = time.open("game", config["game"])
    seed = config.get("seed")
    dice = random.SystemRandom() if seed is None else random.Random(seed)

    def draw_nonce() -> int:
        return dice.getrandbits(32)

    core = LinkCore(int(config["limits_hash"]), tuple(config["ports"]), draw_nonce)
    held: list[serial.Serial] = []
    ports: dict[str, Inbox] = {}
    try:
        for name, path in config["ports"].items():
            port = open_port(name, path)
            held.append(port)
            ports[name] = time.open(name, port.fileno())
        LinkLoop(core, time, game, ports).run()
    except LinkError as error:
        game.write(events.to_line(events.Failed("", type(error).__name__, str(error))))
        time.wait(time.now_us() + 1, [])
    finally:
        for port in held:
            port.close()


def main() -> int:
    """Serve; 0 when the game left, 1 when the twin did."""
    config = json.loads(sys.argv[1])
    if config.get("twin") is None:
        # Without the right to it the link runs at normal priority; the controllers watch it anyway.
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    try:
        serve(config)
    except TwinGoneError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
