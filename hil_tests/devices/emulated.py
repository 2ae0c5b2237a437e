"""A whole Pico in this process: rp2040py runs the official MicroPython image, and our firmware on it.

It is stepped to the asked instant and stands still between. Only the hand controller runs here: the arm's
self test wants two encoders, which this emulation has not. It needs an image that no package brings, so it
runs only where somebody has set QIYOU_RP2_UF2.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path

from rp2040py.boards import BOARDS
from rp2040py.device import MicroPythonDevice

from firmware import manifest
from host.arm.robot import Robot
from host.link import bundle

_CHUNK = 512
_BOOT_S = 120.0
_WRITE_S = 60.0


class EmulatedPico:
    """A Pico with an empty flash, installed like a bare board, then reset into the firmware."""

    kind = "rp2040"
    frame_us = 1000
    plugged = True

    def __init__(self, image: Path, role: str, robot: Robot) -> None:
        if role != "hand":
            raise ValueError("only the hand controller runs on the emulated Pico: --role hand")
        self.role = role
        self._loop = asyncio.new_event_loop()
        self._received = bytearray()
        self._device = MicroPythonDevice(board=dataclasses.replace(BOARDS["pico"], image=image))
        self._loop.run_until_complete(self._install(role, robot))
        self._begin_ns = self._device.simulator.clock.nanos
        self._device.cdc.on_serial_data = self._received.extend
        self._device.hard_reset()

    async def _install(self, role: str, robot: Robot) -> None:
        device = self._device
        await device.astart(_BOOT_S)
        for path, data in _files(role, robot):
            folder, _, _ = path.rpartition("/")
            parts = folder.split("/") if folder else []
            for depth in range(1, len(parts) + 1):
                name = "/".join(parts[:depth])
                await device.aexec(f"import os\ntry:\n os.mkdir({name!r})\nexcept OSError:\n pass", _WRITE_S)
            await device.aexec(f"f = open({path!r}, 'wb')", _WRITE_S)
            for at in range(0, len(data), _CHUNK):
                await device.aexec(f"f.write({data[at : at + _CHUNK]!r})", _WRITE_S)
            await device.aexec("f.close()", _WRITE_S)
        # From here on the test owns the time.
        device.simulator.stop()
        await asyncio.sleep(0.2)

    def now_us(self) -> int:
        """Microseconds of the emulated chip since the test began."""
        return round((self._device.simulator.clock.nanos - self._begin_ns) / 1000)

    def advance_us(self, duration_us: int) -> None:
        """Run the chip to the asked instant."""
        simulator = self._device.simulator
        alarm = simulator.clock.create_alarm(simulator.stop)
        alarm.schedule(duration_us * 1000)
        self._loop.run_until_complete(simulator.execute())

    def write(self, data: bytes) -> None:
        """Bytes to the controller."""
        for byte in data:
            self._device.cdc.send_serial_byte(byte)

    def read(self) -> bytes:
        """Bytes that have come."""
        data, self._received[:] = bytes(self._received), b""
        return data

    def restart(self) -> None:
        """Reset the chip; its flash stays."""
        self._device.hard_reset()

    def close(self) -> None:
        """Drop it."""
        self._device.stop()
        self._loop.close()


def _files(role: str, robot: Robot) -> list[tuple[str, bytes]]:
    firmware = bundle.build(bundle.PICO, robot.limits.as_dict())
    files = [(f"a/{path}", data) for path, data in firmware.in_order()]
    files += [("role.json", json.dumps({"role": role}).encode())]
    return files + [(target, source.read_bytes()) for source, target in reversed(manifest.boot_files())]
