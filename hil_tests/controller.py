"""The controller of a test: a device, the host's end of its wire, and what must hold afterwards."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

from firmware.board import lockstep as pins
from firmware.wire import messages
from hil_tests.devices.device import Device, DeviceLine, Simulated
from hil_tests.devices.proxy import HostileCable
from hil_tests.devices.real import RealBoard
from hil_tests.devices.virtual import VirtualBoard
from hil_tests.wire import WireController
from host.arm.homing import joints_from_encoders
from host.arm.robot import Robot
from host.link.service import Identity, ServiceLink
from safety import reasons, states

HEAP_KB = 2
START_MS = 2500
GO_MS = 30_000
IMAGE = "QIYOU_RP2_UF2"
NO_IMAGE = (
    "NOT RUN ON THE EMULATED PICO: rp2040py needs a MicroPython image for the Pico, which no package brings; "
    f"set {IMAGE} to its path (RPI_PICO-*.uf2)"
)


class NoDeviceError(Exception):
    """The device that was asked for is not to be had here; the message says what is missing."""


def open_device(kind: str, role: str, directory: Path, robot: Robot) -> Device:
    """The device `--device` names. Raises NoDeviceError."""
    if kind == "virtual":
        return VirtualBoard(directory, role, robot)
    if kind == "rp2040":
        from hil_tests.devices.emulated import EmulatedPico

        return EmulatedPico(pico_image(), role, robot)
    return RealBoard(kind, role)


def pico_image() -> Path:
    """The image for the emulated Pico. Raises NoDeviceError."""
    image = os.environ.get(IMAGE)
    if not image or not Path(image).is_file():
        raise NoDeviceError(NO_IMAGE)
    return Path(image)


class Controller(WireController):
    """A controller under test; the test owns its time."""

    def __init__(self, device: Device, robot: Robot, seed: int = 1) -> None:
        self.cable = HostileCable(device, seed)
        self.line = DeviceLine(self.cable)
        super().__init__(self.line.time, self.line.inbox, robot.limits.hash())
        self.device = device
        self.robot = robot
        self._expected = {reasons.NONE}
        self.advance(START_MS)
        self._before = self.who()

    def now(self) -> int:
        """Milliseconds since the test began."""
        return self.cable.now_us() // 1000

    def advance(self, milliseconds: int) -> None:
        """Let time pass."""
        self.cable.advance_us(milliseconds * 1000)

    def who(self) -> Identity:
        """How it describes itself."""
        identity = ServiceLink(self.line, 5).who(3_000_000)
        assert identity is not None, "the controller does not answer any more"
        return identity

    def expect_fault(self, *expected: int) -> None:
        """Reasons that may be latched when the test is over."""
        self._expected.update(expected)

    def until(self, holds: Callable[[dict[str, int]], bool]) -> dict[str, int]:
        """Wait for a STATUS for which `holds`."""
        _, values = self.expect(messages.STATUS, holds)
        return dict(messages.fields(messages.STATUS, values))

    @property
    def board(self) -> VirtualBoard:
        """The virtual board itself, its pins and motors."""
        assert isinstance(self.device, VirtualBoard), "only a virtual board shows its pins"
        return self.device

    @property
    def simulated(self) -> Simulated:
        """The device of a virtual or an emulated board, whose pins the test holds."""
        assert not isinstance(self.device, RealBoard), "nobody but a person holds the pins of a real board"
        return cast(Simulated, self.device)

    def press(self, button: int) -> None:
        """Press and release a button of a virtual or an emulated board."""
        self.simulated.inputs |= button
        self.advance(60)
        self.simulated.inputs &= ~button
        self.advance(60)

    def make_ready(self) -> None:
        """A session, a look, a go and (arm) the position: READY with power.

        On a real board a person presses the go button, within 30 s of being asked on the terminal.
        """
        assert self.hello()["accepted"] == messages.ACCEPTED
        self.say(messages.LOOKED)
        self.say(messages.RUN, messages.IDLE)
        if not isinstance(self.device, RealBoard):
            self.press(pins.IN_BUTTON_GO)
        else:
            sys.stderr.write("\npress the go button now\n")
            while self.now() < GO_MS and self.until(lambda _: True)["state"] != states.READY:
                self.say(messages.RUN, messages.IDLE)
        status = self.until(lambda fields: fields["state"] == states.READY)
        if self.device.role == "arm":
            encoders = (status["encoder0"], status["encoder1"])
            self.say(messages.SET_POSITION, *self.robot.usteps(joints_from_encoders(self.robot, encoders)))
            self.until(lambda fields: bool(fields["flags"] & messages.STATUS_POSITION_KNOWN))

    def check_after(self) -> None:
        """No fault, the same firmware, no lost memory. Raises AssertionError."""
        self.cable.behave()
        # Whatever half a frame is under way, the greeting's leading zero ends it.
        after, before = self.who(), self._before
        assert after.reason in self._expected, reasons.TEXTS[after.reason]
        same = ("release", "table_hash", "limits_hash", "slot", "trial", "starts", "board_id")
        for field in same:
            assert getattr(after, field) == getattr(before, field), field
        assert before.heap_free_kb - after.heap_free_kb <= HEAP_KB, (before.heap_free_kb, after.heap_free_kb)
