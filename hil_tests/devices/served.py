"""A simulated board on a pseudo-terminal that any program can open as its serial port.

Its time runs on its own here, so nothing of what is measured through it says anything about a real board.

    python -m hil_tests.devices.served arm DIRECTORY     prints the port and serves until it is ended
"""

from __future__ import annotations

import os
import select
import sys
import threading
import tty
from pathlib import Path

from hil_tests.devices.device import Simulated
from hil_tests.devices.virtual import VirtualBoard
from host.arm.robot import load

_STEP_US = 2000
_STEP_S = 0.002


class ServedBoard:
    """Relays between a board and the far end of a pseudo-terminal, in a thread; `port` is its name."""

    def __init__(self, board: Simulated) -> None:
        self.board = board
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ServedBoard:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)

    def _serve(self) -> None:
        while not self._ended.is_set():
            if select.select([self._master], [], [], _STEP_S)[0]:
                self.board.write(os.read(self._master, 4096))
            self.board.advance_us(_STEP_US)
            data = self.board.read()
            # Nobody listens: what a terminal has no room for is lost, as on a port that is not open.
            if data and select.select([], [self._master], [], 0)[1]:
                os.write(self._master, data)


def main() -> int:
    """Serve one virtual board until the keyboard ends it."""
    role, directory = sys.argv[1], Path(sys.argv[2])
    keep = (directory / role / "flash").exists()
    board = VirtualBoard(directory, role, load(None), keep_flash=keep)
    try:
        with ServedBoard(board) as served:
            print(served.port, flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        board.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
