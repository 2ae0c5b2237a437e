"""Installing on a board at its MicroPython prompt (empty, or in maintenance), by mpremote's library.

The order makes a pulled cable harmless: `main.py` goes last, so that a board that was cut still comes up at
its prompt. Settings that lie there already are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, cast

from firmware import manifest
from host.link.bundle import Bundle
from host.link.service import Progress
from tools.errors import BadInputError, ToolError

__all__ = ["PromptBoard", "PromptError", "install", "prompt"]

SLOT = "a"
_BOARD = "import sys\nprint(sys.platform, '|', sys.implementation._machine)"
# A file of an earlier firmware that is not listed any more could be imported instead of a new one.
_CLEAN = """
import os
def clean(folder):
    for name in os.listdir(folder):
        path = folder + "/" + name
        if os.stat(path)[0] & 0x4000:
            clean(path)
        elif path not in wanted:
            os.remove(path)
clean("%s")
"""
_RESET = "import machine\nmachine.reset()"


class PromptError(ToolError):
    """A board did not do at its prompt what it was asked to do."""


class PromptBoard(Protocol):
    """What is used of mpremote's `SerialTransport`."""

    def exec(self, command: str) -> bytes:
        """Run code; what it printed."""
        ...

    def exec_raw_no_follow(self, command: str) -> None:
        """Run code and do not wait for its end."""
        ...

    def fs_exists(self, src: str) -> bool:
        """Whether a file or folder is there."""
        ...

    def fs_mkdir(self, path: str) -> None:
        """Make a folder."""
        ...

    def fs_readfile(self, src: str) -> bytes:
        """A file's bytes."""
        ...

    def fs_writefile(self, dest: str, data: bytes) -> None:
        """Write a file."""
        ...

    def fs_hashfile(self, path: str, algo: str) -> bytes:
        """Hash of a file, made on the board."""
        ...

    def fs_rmfile(self, path: str) -> None:
        """Remove a file."""
        ...


@contextmanager
def prompt(port: str) -> Iterator[PromptBoard]:
    """The board at `port`, interrupted and at its raw prompt. Raises PromptError when it is not to be had."""
    try:
        from mpremote.transport import TransportError
        from mpremote.transport_serial import SerialTransport
    except ImportError as error:
        raise BadInputError(
            "an empty board needs mpremote; `pip install 'qiyou[flash]'` installs it"
        ) from error
    try:
        transport = SerialTransport(port, baudrate=115200)
    except TransportError as error:
        raise PromptError(f"{port} cannot be opened: {error}") from error
    try:
        transport.enter_raw_repl()
        yield cast("PromptBoard", transport)
        transport.exit_raw_repl()
    except TransportError as error:
        raise PromptError(
            f"the board at {port} does not come to its prompt or lost it ({error}); a running controller is "
            "updated without --bare, an empty board needs MicroPython first (--uf2)"
        ) from error
    finally:
        transport.close()


def machine_of(board: PromptBoard) -> str:
    """What the board is. Raises PromptError unless it is a Pico (any with an RP2040 on the Pico's pins)."""
    platform, _, machine = board.exec(_BOARD).decode(errors="replace").strip().partition(" | ")
    if platform != "rp2" or "Pico" not in machine or "RP2040" not in machine:
        raise PromptError(
            f"the board is {machine or platform or 'something unknown'!r}; a Raspberry Pi Pico with RP2040 "
            "would be right"
        )
    return machine


def install(board: PromptBoard, bundle: Bundle, role: str, *, force: bool, progress: Progress) -> str:
    """Boot layer, role and firmware onto the board, every file hashed there; returns what board it is.

    Raises PromptError for the wrong board, for another role than the one it has, and for a hash that differs.
    """
    machine = machine_of(board)
    _check_role(board, role, force)
    files = [(f"{SLOT}/{path}", data) for path, data in bundle.in_order()]
    files += [("boot.json", json.dumps({"slot": SLOT, "trial": False, "starts": 0, "fell_back": 0}).encode())]
    files += [("role.json", json.dumps({"role": role}).encode())]
    files += [(target, source.read_bytes()) for source, target in reversed(manifest.boot_files())]
    total = sum(len(data) for _, data in files)
    done = 0
    # A main.py of an earlier installation must not start half a firmware.
    if board.fs_exists("main.py"):
        board.fs_rmfile("main.py")
    for path, data in files:
        progress(path, done, total)
        _write(board, path, data)
        done += len(data)
    progress("main.py", done, total)
    board.exec(f"wanted = {[path for path, _ in files]!r}\n" + _CLEAN % SLOT)
    if board.fs_exists("maintenance"):
        board.fs_rmfile("maintenance")
    board.exec_raw_no_follow(_RESET)
    return machine


def _check_role(board: PromptBoard, role: str, force: bool) -> None:
    if force or not board.fs_exists("role.json"):
        return
    try:
        there = json.loads(board.fs_readfile("role.json"))["role"]
    except (ValueError, KeyError, TypeError):
        return
    if there != role:
        raise PromptError(
            f"this board was set up as the {there} controller, not the {role}; exchange the boards, or use "
            "--force"
        )


def _write(board: PromptBoard, path: str, data: bytes) -> None:
    folder, _, _ = path.rpartition("/")
    parts = folder.split("/") if folder else []
    for depth in range(1, len(parts) + 1):
        if not board.fs_exists("/".join(parts[:depth])):
            board.fs_mkdir("/".join(parts[:depth]))
    digest = hashlib.sha256(data).digest()
    if board.fs_exists(path) and board.fs_hashfile(path, "sha256") == digest:
        return
    board.fs_writefile(path, data)
    if board.fs_hashfile(path, "sha256") != digest:
        raise PromptError(f"{path} arrived damaged; try another cable and run the command again")
