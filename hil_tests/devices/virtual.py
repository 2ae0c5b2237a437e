"""One real MicroPython process on a pseudo-terminal, in lock step with the test; its motors are ideal.

Its flash is a folder and outlives power cuts. When the process ends or hangs it is started again, as a
board's watchdog would; `starts` counts that. The cable can be pulled, or the power cut, after any byte.
"""

from __future__ import annotations

import os
import tty
from pathlib import Path
from typing import Any

from firmware.board import lockstep as pins
from firmware.encoders import Encoders
from host.arm.joints import Joints
from host.arm.robot import Robot
from host.twin.controllers import Controller, Done, install
from host.twin.pio import Pio

FRAME_US = 1000
WRAP_US = 1 << 30
# As in the twin; a pseudo-terminal holds 4 KB.
BYTES_PER_MS = 1000
WAVE_US = 10_000
_TICKS_PER_US = 8


class VirtualBoard:
    """A controller whose world is two encoders, three ideal motors and a peer that is always well."""

    kind = "virtual"

    def __init__(
        self,
        directory: Path,
        role: str,
        robot: Robot,
        *,
        board_id: str = "",
        hangs_s: float = 120.0,
        keep_flash: bool = False,
    ) -> None:
        self.role = role
        self.limits = robot.limits
        self.directory = directory
        self.flash = directory / role / "flash"
        self.inputs = pins.IN_MOTOR_POWER
        middle = (robot.shoulder.low + robot.shoulder.high) / 2
        self.position = list(robot.usteps(Joints(middle, -1.5, robot.lift.travel)))
        self.outputs = 0
        self.magnet_permille = 0
        self.led = 0
        self.starts = 0
        self.frame_us = FRAME_US
        """At most 4 ms; longer frames make long waits shorter."""
        self.edges: list[tuple[int, int, int]] = []
        """(axis, tick of 1/8 us, direction) of every step edge."""
        self.pio = Pio()
        self._encoders: Any = Encoders(robot.limits)
        self._board_id = board_id or f"test{role}"
        self._hangs_s = hangs_s
        self._now_us = 0
        self._plugged = True
        self._powered = True
        self._cut: tuple[int, bool] | None = None
        self._to_board = bytearray()
        self._from_board = bytearray()
        self.delivered = 0
        self._rx_total = 0
        self._tx_read = 0
        self._process: Controller | None = None
        self._terminal = (-1, -1)
        if not keep_flash:
            install(role, directory, {"limits": robot.limits.as_dict()})
        self._start(after_fault=False)

    # --- time -----------------------------------------------------------------------------------

    def now_us(self) -> int:
        """Microseconds since the test began."""
        return self._now_us

    def ticks(self) -> int:
        """What the controller's clock shows: it wraps at 2^30 two seconds after the test began."""
        return (WRAP_US - 2_000_000 + self._now_us) % WRAP_US

    def advance_us(self, duration_us: int) -> None:
        """Frames of `frame_us`; the last one may be shorter."""
        until_us = self._now_us + duration_us
        while self._now_us < until_us:
            self._frame(min(self.frame_us, until_us - self._now_us))

    def _frame(self, step_us: int) -> None:
        self._now_us += step_us
        for axis, taken in self.pio.take(self._now_us * _TICKS_PER_US):
            for tick, direction in zip(taken.ticks, taken.directions, strict=True):
                self.position[axis] += direction
                self.edges.append((axis, tick, direction))
        if self._process is None:
            return
        self._deliver()
        counts = [int(self._encoders.expected(i, self.position[i])) % 4096 for i in range(2)]
        self._process.grant(
            self.ticks(),
            self._rx_total,
            self.inputs,
            (counts[0], counts[1]),
            self.pio.pending(),
            self._now_us // WAVE_US,
        )
        done = self._process.collect()
        if done is None:
            at_prompt = self._process.at_prompt
            self._stop()
            if not at_prompt:
                self._start(after_fault=True)
        else:
            self._obey(done)
        if self._cut is not None and self.delivered >= self._cut[0]:
            power = self._cut[1]
            self._cut = None
            self.power_off() if power else self.unplug()

    def _obey(self, done: Done) -> None:
        self.outputs, self.magnet_permille, self.led = done.outputs, done.magnet_permille, done.led
        now_ticks = self._now_us * _TICKS_PER_US
        if done.flags & pins.FLAG_ABORT:
            self.pio.abort()
        self.pio.obey(done.words, now_ticks, start=bool(done.flags & pins.FLAG_START))
        while self._tx_read < done.tx_total:
            data = os.read(self._terminal[0], done.tx_total - self._tx_read)
            self._tx_read += len(data)
            if self._plugged:
                self._from_board += data

    # --- the cable ------------------------------------------------------------------------------

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._plugged

    def write(self, data: bytes) -> None:
        """Bytes to the controller; they are lost while the cable is out."""
        if self._plugged:
            self._to_board += data

    def read(self) -> bytes:
        """Bytes that have come from the controller."""
        data, self._from_board = bytes(self._from_board), bytearray()
        return data

    def cut_after(self, count: int, *, power: bool) -> None:
        """After `count` more bytes to the controller pull the cable, and with `power` cut its power too."""
        self._cut = (self.delivered + count, power)

    def cut_off(self) -> None:
        """Take a cut back that has not come."""
        self._cut = None

    def unplug(self) -> None:
        """Pull the cable."""
        self._plugged = False
        self._to_board.clear()

    def plug_in(self) -> None:
        """Put the cable back; the power comes with it."""
        self._plugged = True
        if not self._powered:
            self._powered = True
            self._start(after_fault=False)

    @property
    def waiting(self) -> int:
        """Bytes that have not reached the controller yet."""
        return len(self._to_board)

    def _deliver(self) -> None:
        room = BYTES_PER_MS * self.frame_us // 1000
        if self._cut is not None:
            room = min(room, self._cut[0] - self.delivered)
        data = bytes(self._to_board[:room])
        if data:
            del self._to_board[: len(data)]
            os.write(self._terminal[0], data)
            self._rx_total += len(data)
            self.delivered += len(data)

    # --- power ----------------------------------------------------------------------------------

    @property
    def process_id(self) -> int:
        """The process that runs the firmware, 0 without power."""
        return self._process.process_id if self._process is not None else 0

    @property
    def errors(self) -> str:
        """What the firmware wrote to standard error."""
        return (self.directory / self.role / "stderr.log").read_text()

    def restart(self) -> None:
        """Power off and on."""
        self.power_off()
        self.plug_in()

    def power_off(self) -> None:
        """Cut the power, and with it the cable."""
        self._stop()
        self._powered = False
        self.unplug()

    def close(self) -> None:
        """End the process."""
        self._stop()

    def _start(self, *, after_fault: bool) -> None:
        self._terminal = os.openpty()
        tty.setraw(self._terminal[1])
        self._rx_total = self._tx_read = 0
        self._to_board.clear()
        self.starts += 1
        self._process = Controller(
            self.role,
            self.directory,
            self._terminal[1],
            after_fault=after_fault,
            board_id=self._board_id,
            hangs_s=self._hangs_s,
        )

    def _stop(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None
            for fd in self._terminal:
                os.close(fd)
        self.pio.abort()
        self.outputs = self.magnet_permille = self.led = 0
