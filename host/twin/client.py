"""The host's side of the twin: the lock-step `Timebase`, the camera, and starting the twin's process."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from host.timebase import ByteStream, Inbox
from host.twin import lockstep
from host.twin.lockstep import Channel, TwinGoneError, Wait

FRAME_SHAPE = (720, 1280, 3)
GLANCE_SHAPE = (180, 320, 3)


class TwinStream(ByteStream):
    """An inbox in twin time: exactly the bytes the twin has granted."""

    def __init__(self, name: str, fd: int) -> None:
        super().__init__(name, fd)
        self.granted = 0
        self.is_open = True
        self._received = 0

    @property
    def closed(self) -> bool:
        """True once the twin has said so and everything granted was read."""
        return self._closed

    def ready(self) -> bool:
        """See `Inbox.ready`."""
        return not self._closed and (self.granted > self._received or not self.is_open)

    def read(self) -> bytes:
        """See `Inbox.read`. Waits for granted bytes the kernel still carries."""
        parts = bytearray()
        try:
            while self._received < self.granted:
                # Not a blocking read: on a terminal that pyserial has set up it would come back empty.
                select.select([self.fd], [], [])
                part = os.read(self.fd, self.granted - self._received)
                if not part:
                    self.is_open = False
                    break
                self._received += len(part)
                parts += part
        except OSError:
            self.is_open = False
        if not self.is_open:
            self.hang_up()
        return bytes(parts)


class TwinTime:
    """`Timebase` served by the twin: time moves only inside `wait`.

    Every stream must be opened, under the name the twin knows, before the first `wait`.
    """

    def __init__(self, sock: socket.socket, participant: str) -> None:
        self._channel = Channel(sock)
        self._participant = participant
        self._streams: list[TwinStream] = []
        self._now_us = 0
        self._greeted = False

    def now_us(self) -> int:
        """Twin time in microseconds."""
        return self._now_us

    def open(self, name: str, fd: int) -> TwinStream:
        """See `Timebase.open`."""
        if self._greeted:
            raise RuntimeError(f"stream {name!r} was opened after the first wait")
        stream = TwinStream(name, fd)
        self._streams.append(stream)
        return stream

    def wait(self, until_us: int, inboxes: Sequence[Inbox]) -> None:
        """See `Timebase.wait`. Raises TwinGoneError when the twin has ended."""
        self._greet()
        if any(inbox.ready() for inbox in inboxes):
            return
        while True:
            for stream in self._streams:
                stream.flush()
            wait = Wait(until_us, tuple(stream.sent for stream in self._streams))
            self._channel.send(lockstep.WAIT, lockstep.pack_wait(wait))
            now = lockstep.unpack_now(self._channel.expect(lockstep.NOW))
            self._now_us = now.now_us
            for stream, (granted, is_open) in zip(self._streams, now.ports, strict=True):
                stream.granted, stream.is_open = granted, is_open
            if self._now_us >= until_us or any(inbox.ready() for inbox in inboxes):
                return

    def frame(self) -> tuple[int, NDArray[np.uint8]]:
        """The camera's picture now: (twin us, uint8 BGR of shape (720, 1280, 3))."""
        return self._picture(lockstep.FRAME, FRAME_SHAPE)

    def glance(self) -> tuple[int, NDArray[np.uint8]]:
        """A small picture of the watch stream: (twin us, uint8 BGR of shape (180, 320, 3))."""
        return self._picture(lockstep.GLANCE, GLANCE_SHAPE)

    def _picture(self, question: int, shape: tuple[int, int, int]) -> tuple[int, NDArray[np.uint8]]:
        self._greet()
        self._channel.send(question)
        payload = self._channel.expect(lockstep.FRAME_IS)
        (now_us,) = struct.unpack_from("<q", payload)
        return now_us, np.frombuffer(payload, np.uint8, offset=8).reshape(shape)

    def ask(self, question: str, **arguments: Any) -> dict[str, Any]:
        """Put a question to the twin: "say" speaks to the person; the others serve reports and tests alone.

        Raises ValueError when the twin does not answer that question.
        """
        self._greet()
        self._channel.send_json(lockstep.ASK, {"ask": question, **arguments})
        answer: dict[str, Any] = json.loads(self._channel.expect(lockstep.ANSWER))
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer

    def close(self) -> None:
        """Tell the twin that this participant leaves on purpose."""
        with contextlib.suppress(TwinGoneError):
            self._channel.send(lockstep.BYE)
        self._channel.close()

    def _greet(self) -> None:
        if not self._greeted:
            self._greeted = True
            names = [stream.name for stream in self._streams]
            self._channel.send_json(lockstep.HELLO, {"name": self._participant, "ports": names})
            self._channel.expect(lockstep.WELCOME)


@dataclass
class TwinProcess:
    """A running twin: its process, the lock-step sockets for game and link, and the serial ports."""

    process: subprocess.Popen[bytes]
    game: socket.socket
    link: socket.socket
    ports: dict[str, str]
    pids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def start(cls, config: dict[str, Any], directory: Path) -> TwinProcess:
        """Spawn `python -m host.twin.server` with `config` (see there), working in `directory`.

        Raises TwinGoneError, with what the twin wrote on stderr, when it does not come up.
        """
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "twin.json"
        path.write_text(json.dumps({**config, "directory": str(directory)}, indent=1))
        game, game_twin = socket.socketpair()
        link, link_twin = socket.socketpair()
        report, report_twin = socket.socketpair()
        sockets = (game_twin, link_twin, report_twin)
        with (directory / "twin.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "host.twin.server", "--config", str(path), "--sockets"]
                + [str(sock.fileno()) for sock in sockets],
                pass_fds=[sock.fileno() for sock in sockets],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for the game alone; the twin then comes to rest and writes down what it knows.
                process_group=0,
            )
        for sock in sockets:
            sock.close()
        try:
            ready = json.loads(Channel(report).expect(lockstep.WELCOME))
        except TwinGoneError as error:
            process.wait()
            game.close()
            link.close()
            said = (directory / "twin.log").read_text(errors="replace").strip().splitlines()
            raise TwinGoneError(f"the twin did not start: {said[-1] if said else 'no message'}") from error
        finally:
            report.close()
        return cls(process, game, link, ready["ports"], {"twin": process.pid, **ready["pids"]})

    def close(self, timeout_s: float = 30.0) -> None:
        """Wait for the twin to end by itself (it does when its participants are gone), else kill it."""
        self.game.close()
        self.link.close()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
