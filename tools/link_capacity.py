"""How much of the serial link motions use: their bytes against what a controller can take in.

The controller is real MicroPython behind a pseudo-terminal, running the controller's own receiving code
(`tools/controller_intake.py`), fed as fast as it reads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tty
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from firmware.wire import cobs, messages, packet
from host.arm.motion import Motion
from host.arm.robot import Robot
from host.link.controller import KEEP_ALIVE_MOVING_US
from host.link.streamer import SEGMENTS_PER_PACKET, QueuedMotion
from safety.axes import TICKS_PER_US

__all__ = ["LinkLoad", "measure_link_load"]

_ROOT = Path(__file__).resolve().parents[1]
_NONCE = 1
_NOT_AFTER_US = 1_000_000
_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class LinkLoad:
    """Bytes a second toward the arm controller while it moves, what it could take, and refused segments."""

    used_per_s: float
    capacity_per_s: float
    refused: int

    @property
    def share(self) -> float:
        """Used over capacity."""
        return self.used_per_s / self.capacity_per_s


def measure_link_load(robot: Robot, motions: Sequence[Motion]) -> LinkLoad:
    """Send `motions`, which follow each other, to a MicroPython process. Needs the `twin` extra."""
    stream, moving_s = _stream(motions)
    micropython = Path(sys.executable).with_name("micropython")
    with tempfile.TemporaryDirectory() as folder:
        limits = Path(folder) / "limits.json"
        limits.write_text(json.dumps(robot.limits.as_dict()))
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        script = str(_ROOT / "tools" / "controller_intake.py")
        process = subprocess.Popen(
            [str(micropython), "-X", "heapsize=4m", script, str(_ROOT), str(limits), str(len(stream))],
            stdin=theirs,
            stdout=subprocess.PIPE,
            text=True,
        )
        os.close(theirs)
        with process:
            if process.stdout is None or process.stdout.readline().strip() != "ready":
                raise RuntimeError(f"{micropython} did not start the controller's receiving code")
            view = memoryview(stream)
            while view:
                view = view[os.write(ours, view[:4096]) :]
            answer, _ = process.communicate(timeout=_TIMEOUT_S)
        os.close(ours)
    found = json.loads(answer)
    return LinkLoad(len(stream) / moving_s, len(stream) / (found["us"] * 1e-6), int(found["refused"]))


def _stream(motions: Sequence[Motion]) -> tuple[bytes, float]:
    """All bytes that go out for `motions` (segments and keep-alives), and the seconds they last."""
    parts = [_frame(packet.RELIABLE, 0, messages.encode(messages.SET_POSITION, *motions[0].start_usteps))]
    plays_us = 0.0
    packets, beats = 1, 0
    for index, motion in enumerate(motions):
        for payload, duration_us in _payloads(index, motion):
            parts.append(_frame(packet.RELIABLE, packets, payload))
            packets += 1
            plays_us += duration_us
            for _ in range(int(duration_us / KEEP_ALIVE_MOVING_US)):
                beats += 1
                parts.append(_frame(packet.DATAGRAM, beats, messages.encode(messages.RUN, messages.MOTION)))
    return b"".join(parts), plays_us * 1e-6


def _frame(kind: int, number: int, payload: bytes) -> bytes:
    frame: bytes = cobs.encode(packet.build(_NONCE, kind, number & 0xFFFF, 0, payload))
    return frame


def _payloads(number: int, motion: Motion) -> Iterator[tuple[bytes, float]]:
    """The motion by packets, as the host sends it, each with its path time in microseconds."""
    queued = QueuedMotion(number, list(motion.segments))
    while not queued.all_sent:
        taken = motion.segments[queued.sent : queued.sent + SEGMENTS_PER_PACKET]
        path_us = sum(segment.duration_ticks for segment in taken) / TICKS_PER_US
        yield queued.message(len(taken), 0, _NOT_AFTER_US), path_us
