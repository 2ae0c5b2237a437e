"""A whole Pico in this process: rp2040py runs a MicroPython image for the Pico, and our firmware on it.

It is stepped to the asked instant and stands still between. Its world is that of the virtual board: two
encoders on their buses, three ideal motors, a peer that is always well, and inputs that the test sets. The
image is the official one, or one built from the same sources; no package brings it, so this runs only where
somebody has set QIYOU_RP2_UF2.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rp2040py.boards import BOARDS
from rp2040py.device import MicroPythonDevice
from rp2040py.gpio_pin import GPIOPinState

from firmware import manifest
from firmware.board import lockstep, pins
from firmware.encoders import Encoders
from host.arm.joints import Joints
from host.arm.robot import Robot
from host.link import bundle

FRAME_US = 1000
_CHUNK = 512
# The host hands the bus no more than it has room for.
_BUS_BYTES = 256
_BOOT_S = 120.0
_WRITE_S = 60.0
_SCRIPT_S = 300.0
_BEFORE_LOADING_US = 200_000
_WAVE_NS = 10_000_000
# What MicroPython prints when the handler of an interrupt fails; it never calls it again.
_UNCAUGHT = b"caught exception in"
_TIMEHW, _TIMELW, _TIMERAWL = 0x40054000, 0x40054004, 0x40054028
_AS5600 = 0x36
_RAW_ANGLE = 0x0C

_Files = tuple[tuple[str, bytes], ...]
# A flash as it stands after the installation, by image and files: a test need not write it again.
_written: dict[tuple[Path, _Files], bytes] = {}


# Put before the program: a collection every so many milliseconds, in the middle of whatever its loop does.
_COLLECTING = """import gc, machine
_collector = machine.Timer(period={ms}, callback=lambda _: gc.collect())
"""


class EmulatedPico:
    """A Pico with an empty flash, installed like a bare board, then reset into the firmware.

    With `collect_ms` the heap is collected every so often, needed or not. With `bare` nothing is installed:
    the board comes up at its prompt. `begins_at_us` is what its clock shows as the firmware is loaded.
    """

    kind = "rp2040"
    frame_us = FRAME_US
    plugged = True

    def __init__(
        self,
        image: Path,
        role: str,
        robot: Robot,
        *,
        collect_ms: int = 0,
        bare: bool = False,
        begins_at_us: int = 0,
    ) -> None:
        self.role = role
        self.robot = robot
        middle = (robot.shoulder.low + robot.shoulder.high) / 2
        self.position = list(robot.usteps(Joints(middle, -1.5, robot.lift.travel)))
        self.edges: list[tuple[int, int, int]] = []
        """(axis, tick, direction) of every step edge; ticks of 1/8 us of the axis' state machine.

        Its own cycles, not the chip's clock: the emulated machines lose some of them, up to 0.06 %, while
        the processor reads a register. A chip has one clock for both.
        """
        self.first_edge_us = self.last_edge_us = 0
        """The controller's clock at the first and the last of `edges`."""
        self.encoder_reads = 0
        self._received = bytearray()
        self._to_chip = bytearray()
        self._loop = asyncio.new_event_loop()
        key = image, () if bare else _files(role, robot, collect_ms)
        if key not in _written:
            _written[key] = self._loop.run_until_complete(_install(image, key[1]))
        self._device = MicroPythonDevice(board=dataclasses.replace(BOARDS["pico"], image=image))
        self._chip.flash[:] = _written[key]
        self._inputs = 0
        self._wire(role)
        self._device.cdc.on_serial_data = self._received.extend
        self._device.hard_reset()
        if begins_at_us:
            # After the chip's own start, which resets its timer, and before anything waits for it.
            self.advance_us(_BEFORE_LOADING_US)
            self._chip.write_uint32(_TIMELW, begins_at_us)
            self._chip.write_uint32(_TIMEHW, 0)

    @property
    def _chip(self) -> Any:
        return self._device.mcu

    # --- the world ------------------------------------------------------------------------------

    def _wire(self, role: str) -> None:
        self.inputs = lockstep.IN_MOTOR_POWER
        self._wave(0)
        if role != "arm":
            return
        encoders: Any = Encoders(self.robot.limits)

        def counts(axis: int) -> int:
            self.encoder_reads += 1
            return int(encoders.expected(axis, self.position[axis])) % 4096

        for axis, (bus, _, _) in enumerate(pins.ENCODERS):
            _Encoder(self._chip.i2c[bus], partial(counts, axis))
        for axis, (direction, step) in enumerate(pins.AXES):
            self._chip.gpio[step].add_listener(self._stepper(axis, direction))

    def _stepper(self, axis: int, direction: int) -> Callable[[GPIOPinState, GPIOPinState], None]:
        pin, machine = self._chip.gpio[direction], self._chip.pio[0].machines[axis]

        def changed(now: GPIOPinState, before: GPIOPinState) -> None:
            if now == GPIOPinState.HIGH and before == GPIOPinState.LOW:
                way = 1 if pin.value == GPIOPinState.HIGH else -1
                self.position[axis] += way
                self.last_edge_us = self.clock_us()
                if not self.edges:
                    self.first_edge_us = self.last_edge_us
                self.edges.append((axis, int(machine.cycles), way))

        return changed

    def _wave(self, level: int) -> None:
        """The peer's square wave."""
        self._chip.gpio[pins.WAVE_IN].set_input_value(bool(level))
        alarm = self._chip.clock.create_alarm(lambda: self._wave(1 - level))
        alarm.schedule(_WAVE_NS)
        self._alarm = alarm

    @property
    def inputs(self) -> int:
        """IN_ bits, as on a virtual board; pressed is low, but for the mushroom button."""
        return self._inputs

    @inputs.setter
    def inputs(self, bits: int) -> None:
        self._inputs = bits
        for bit, pin in _INPUTS:
            level = bool(bits & bit) if bit == lockstep.IN_MUSHROOM else not bits & bit
            self._chip.gpio[pin].set_input_value(level)

    # --- time -----------------------------------------------------------------------------------

    def clock_us(self) -> int:
        """The controller's own clock, 32 bits."""
        return int(self._chip.read_uint32(_TIMERAWL))

    def now_us(self) -> int:
        """Microseconds of the emulated chip since the test began."""
        return round(float(self._chip.clock.nanos) / 1000)

    def advance_us(self, duration_us: int) -> None:
        """Run the chip to the asked instant."""
        simulator = self._device.simulator
        until_us = self.now_us() + duration_us
        while (left_us := until_us - self.now_us()) > 0:
            self._hand_over()
            alarm = simulator.clock.create_alarm(simulator.stop)
            alarm.schedule(min(left_us, FRAME_US) * 1000)
            self._loop.run_until_complete(simulator.execute())

    # --- the cable ------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Bytes to the controller."""
        self._to_chip += data

    def _hand_over(self) -> None:
        cdc = self._device.cdc
        room = max(0, _BUS_BYTES - cdc.tx_fifo.item_count)
        for byte in self._to_chip[:room]:
            cdc.send_serial_byte(byte)
        del self._to_chip[:room]

    def read(self) -> bytes:
        """Bytes that have come."""
        assert _UNCAUGHT not in self._received, bytes(self._received)
        data, self._received[:] = bytes(self._received), b""
        return data

    def flash(self) -> bytes:
        """What its flash holds."""
        return bytes(self._chip.flash)

    def put_flash(self, content: bytes) -> None:
        """Put back what `flash` gave; `restart` comes next."""
        self._chip.flash[:] = content

    def restart(self) -> None:
        """Reset the chip; its flash stays, and what was on its way is lost."""
        self._to_chip.clear()
        self._device.hard_reset()

    def close(self) -> None:
        """Drop it."""
        self._device.stop()
        self._loop.close()


_INPUTS = (
    *((lockstep.IN_LIMIT_SHOULDER << axis, pin) for axis, pin in enumerate(pins.LIMITS)),
    (lockstep.IN_NOSE, pins.NOSE),
    (lockstep.IN_MUSHROOM, pins.MUSHROOM),
    (lockstep.IN_BUTTON_ACK, pins.BUTTONS[0]),
    (lockstep.IN_BUTTON_GO, pins.BUTTONS[1]),
    (lockstep.IN_BUTTON_TAKEOVER, pins.BUTTONS[2]),
    (lockstep.IN_MOTOR_POWER, pins.MOTOR_POWER),
)


class _Encoder:
    """An AS5600 on the emulated bus `bus`: its raw angle, high byte first, is `counts()` when it is read."""

    def __init__(self, bus: Any, counts: Callable[[], int]) -> None:
        self._bus = bus
        self._counts = counts
        self._register = 0
        self._angle = 0
        bus.on_connect = self._connect
        bus.on_write_byte = self._write
        bus.on_read_byte = self._read

    def _connect(self, address: int, _mode: object) -> None:
        self._bus.complete_connect(address == _AS5600)

    def _write(self, value: int) -> None:
        self._register = value
        self._angle = self._counts()
        self._bus.complete_write(True)

    def _read(self, _ack: bool) -> None:
        high = self._register == _RAW_ANGLE
        self._register += 1
        self._bus.complete_read(self._angle >> 8 if high else self._angle & 0xFF)


def at_prompt(image: Path, robot: Robot, script: bytes) -> str:
    """What `script` prints on a chip that has the firmware in its path but has not started it."""
    return asyncio.run(_run(image, _files("arm", robot, 0), script))


async def _run(image: Path, files: _Files, script: bytes) -> str:
    flash = await _install(image, (*(file for file in files if "/" in file[0]), ("script.py", script)))
    device = MicroPythonDevice(board=dataclasses.replace(BOARDS["pico"], image=image))
    device.mcu.flash[:] = flash
    await device.astart(_BOOT_S)
    said, failed = await device.aexec("import sys; sys.path.insert(0, 'a'); import script", _SCRIPT_S)
    device.stop()
    await asyncio.sleep(0)
    assert not failed, failed
    return bytes(said).decode()


async def _install(image: Path, files: _Files) -> bytes:
    """Write the files through the prompt of a bare board; what its flash holds then."""
    device = MicroPythonDevice(board=dataclasses.replace(BOARDS["pico"], image=image))
    await device.astart(_BOOT_S)
    for path, data in files:
        folder, _, _ = path.rpartition("/")
        parts = folder.split("/") if folder else []
        for depth in range(1, len(parts) + 1):
            name = "/".join(parts[:depth])
            await device.aexec(f"import os\ntry:\n os.mkdir({name!r})\nexcept OSError:\n pass", _WRITE_S)
        await device.aexec(f"f = open({path!r}, 'wb')", _WRITE_S)
        for at in range(0, len(data), _CHUNK):
            await device.aexec(f"f.write({data[at : at + _CHUNK]!r})", _WRITE_S)
        await device.aexec("f.close()", _WRITE_S)
    flash = bytes(device.mcu.flash)
    device.stop()
    await asyncio.sleep(0)
    return flash


def _files(role: str, robot: Robot, collect_ms: int) -> _Files:
    firmware = bundle.build(bundle.PICO, robot.limits.as_dict())
    files = [(f"a/{path}", data) for path, data in firmware.in_order()]
    files += [("role.json", json.dumps({"role": role}).encode())]
    boot = [(target, source.read_bytes()) for source, target in reversed(manifest.boot_files())]
    if collect_ms:
        collecting = _COLLECTING.format(ms=collect_ms).encode()
        boot = [(target, collecting + data if target == "main.py" else data) for target, data in boot]
    return tuple(files + boot)
