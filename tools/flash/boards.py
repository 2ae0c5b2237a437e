"""Boards at this computer: found by their USB identity, known by what they answer."""

from __future__ import annotations

import os
import time as wall
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import serial
from serial.tools import list_ports

from host.link.errors import PortError
from host.link.process import open_port
from host.link.service import Identity, ServiceLink
from host.timebase import RealTime

__all__ = ["Board", "SerialLine", "ask", "at_port", "connected", "find", "touch"]

RASPBERRY_PI = 0x2E8A
MICROPYTHON_ON_RP2 = 0x0005
# The boot ROM shows itself as a disk, not as a port; these are serial identities of other firmware.
_OTHERS = {0x000A: "a program of the Pico SDK", 0x000F: "a Pico 2 in its boot loader"}
_LOOK_S = 0.1


@dataclass(frozen=True)
class Board:
    """A serial port that is, by its USB identity, a Pico with MicroPython; or one that somebody named."""

    port: str
    serial_number: str = ""
    named: bool = False


def find() -> list[Board]:
    """Boards with the USB identity of a Pico that runs MicroPython, by port name."""
    found = [
        Board(info.device, info.serial_number or "")
        for info in list_ports.comports()
        if (info.vid, info.pid) == (RASPBERRY_PI, MICROPYTHON_ON_RP2)
    ]
    return sorted(found, key=lambda board: board.port)


def at_port(port: str) -> Board:
    """The board at `port`. Raises PortError when its USB identity is that of something else."""
    target = os.path.realpath(port)
    for info in list_ports.comports():
        if os.path.realpath(info.device) != target or info.vid is None:
            continue
        if (info.vid, info.pid) == (RASPBERRY_PI, MICROPYTHON_ON_RP2):
            return Board(info.device, info.serial_number or "", named=True)
        what = _OTHERS.get(info.pid or 0) if info.vid == RASPBERRY_PI else info.product
        raise PortError(
            f"{port} is {what or 'another device'} ({info.vid:04x}:{info.pid or 0:04x}), not a Pico with "
            f"MicroPython ({RASPBERRY_PI:04x}:{MICROPYTHON_ON_RP2:04x}); `qiyou flash --uf2 FILE` installs it"
        )
    return Board(port, named=True)


class SerialLine:
    """A board's port in real time, as `host.link.service.Line`; it finds the port again after a restart."""

    def __init__(self, board: Board, port: serial.Serial) -> None:
        self.time = RealTime()
        self._board = board
        self._port = port
        self.inbox = self.time.open(board.port, port.fileno())

    def reopen(self, patience_us: int) -> bool:
        """Wait until the board is back, perhaps under another name."""
        if not self.inbox.closed and Path(self._board.port).exists():
            self.time.wait(self.time.now_us() + 300_000, [self.inbox])
            if not self.inbox.closed:
                return True
        self._port.close()
        until_us = self.time.now_us() + patience_us
        while self.time.now_us() < until_us:
            for board in self._candidates():
                try:
                    self._port = open_port("restarted", board.port)
                except PortError:
                    continue
                self._board = board
                self.inbox = self.time.open(board.port, self._port.fileno())
                return True
            wall.sleep(_LOOK_S)
        return False

    def close(self) -> None:
        """Close the port."""
        self._port.close()

    def _candidates(self) -> list[Board]:
        if self._board.serial_number:
            return [board for board in find() if board.serial_number == self._board.serial_number]
        return [self._board] if Path(self._board.port).exists() else []


@contextmanager
def connected(board: Board) -> Iterator[SerialLine]:
    """A line to the board. Raises PortError when its port is missing or busy."""
    line = SerialLine(board, open_port("Qiyou", board.port))
    try:
        yield line
    finally:
        line.close()


def ask(board: Board, patience_us: int = 700_000) -> Identity | None:
    """Who is there, without disturbing it; None when no firmware of ours answers. Raises PortError."""
    with connected(board) as line:
        return ServiceLink(line).who(patience_us)


def touch(board: Board) -> None:
    """Send a board into its boot loader: open and close its port at 1200 baud. Raises PortError."""
    try:
        serial.Serial(board.port, 1200, exclusive=True).close()
    except (serial.SerialException, OSError) as error:
        raise PortError(f"{board.port} cannot be opened: {error}") from error
