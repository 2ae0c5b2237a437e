"""The controllers of the twin: real MicroPython processes running the real firmware.

Each has a flash directory (what a Pico gets, see `firmware/manifest.py`), two FIFOs for the lock step and
a pseudo-terminal as stdin and stdout. A controller that has died is noticed as the end of its FIFO.
"""

from __future__ import annotations

import os
import select
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from firmware.board import lockstep as pins
from host.twin.flash import write_flash

_GRANT = struct.Struct(pins.GRANT_FORMAT)
_DONE = struct.Struct(pins.DONE_FORMAT)
_NO_WORDS = np.zeros(0, np.uint32)
_MOD32 = 0xFFFFFFFF
# A controller that has not answered for this long (wall clock) hangs for good: a frame takes it 0.1 ms.
_HANGS_S = 120.0
_LOOK_S = 0.05


class Done(NamedTuple):
    """A controller's answer to a grant; fields as in `firmware.board.lockstep`."""

    tx_total: int
    outputs: int
    flags: int
    magnet_permille: int
    led: int
    words: tuple[NDArray[np.uint32], ...]


def install(name: str, directory: Path, firmware: dict[str, Any]) -> None:
    """Make the folder of controller `name` in `directory` anew, with a freshly written flash."""
    home = directory / name
    shutil.rmtree(home, ignore_errors=True)
    write_flash(home / "flash", name, firmware)


class Controller:
    """One MicroPython process in lock step, started from the flash that `install` wrote."""

    def __init__(
        self,
        name: str,
        directory: Path,
        terminal: int,
        *,
        after_fault: bool = False,
        board_id: str = "",
        hangs_s: float = _HANGS_S,
    ) -> None:
        """Power on. `after_fault`: its watchdog did it; `hangs_s` (wall clock) of silence is a hang."""
        self.name = name
        self._hangs_s = hangs_s
        # The controller runs in its flash directory, so the paths it is given must not be relative.
        home = directory.resolve() / name
        flash = home / "flash"
        grant_path, done_path = home / "grant", home / "done"
        for path in (grant_path, done_path):
            path.unlink(missing_ok=True)
            os.mkfifo(path)
        # Opened for both so that neither opening nor writing waits for (or dies of) the other end.
        self._grant = os.open(grant_path, os.O_RDWR)
        self._done = os.open(done_path, os.O_RDONLY | os.O_NONBLOCK)
        self._poll = select.poll()
        self._poll.register(self._done, select.POLLIN | select.POLLHUP)
        environment = {
            "QIYOU_GRANT": str(grant_path),
            "QIYOU_DONE": str(done_path),
            "QIYOU_RESET": "watchdog" if after_fault else "power",
            "QIYOU_BOARD_ID": board_id or f"twin{name}",
            "PATH": os.environ.get("PATH", ""),
        }
        with (home / "stderr.log").open("ab") as errors:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).parent / "micropython"), "main.py"],
                cwd=flash,
                env=environment,
                stdin=terminal,
                stdout=terminal,
                stderr=errors,
            )

    @property
    def at_prompt(self) -> bool:
        """Whether its program has ended in peace: no firmware was to be started."""
        return self._process.wait() == 0

    @property
    def process_id(self) -> int:
        """The process id."""
        return self._process.pid

    def grant(
        self,
        now_ticks: int,
        rx_total: int,
        inputs: int,
        encoders: tuple[int, int],
        pending: tuple[int, ...],
        peer_edges: int,
    ) -> None:
        """Let it run its loop once; arguments as in `firmware.board.lockstep`."""
        os.write(
            self._grant,
            _GRANT.pack(now_ticks, rx_total & _MOD32, inputs, *encoders, *pending, peer_edges & _MOD32),
        )

    def collect(self) -> Done | None:
        """Wait for its answer; None when the process has ended."""
        head = self._exactly(_DONE.size)
        if head is None:
            return None
        tx_total, outputs, flags, magnet, led, *counts = _DONE.unpack(head)
        words = (_NO_WORDS, _NO_WORDS, _NO_WORDS)
        if any(counts):
            body = self._exactly(sum(counts) * pins.WORD_SIZE)
            if body is None:
                return None
            all_words = np.frombuffer(body, "<u4")
            first, second = counts[0], counts[0] + counts[1]
            words = (all_words[:first], all_words[first:second], all_words[second:])
        return Done(tx_total, outputs, flags, magnet, led, words)

    def close(self) -> None:
        """End the process, as pulling its power would."""
        self._process.kill()
        self._process.wait()
        for fd in (self._grant, self._done):
            os.close(fd)

    def _exactly(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            # Polled, because before the process has opened its end a read would already see an end.
            patience_s = self._hangs_s
            while not self._poll.poll(_LOOK_S * 1000):
                patience_s -= _LOOK_S
                if patience_s <= 0:
                    self._process.kill()
                # One that ended before it had opened its end leaves no sign in the FIFO.
                if self._process.poll() is not None or patience_s <= 0:
                    return None
            part = os.read(self._done, size - len(data))
            if not part:
                return None
            data += part
        return data
