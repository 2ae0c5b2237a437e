"""The wire between the twin and the host processes (game, link): waiting, clocks and byte counts.

A participant says "wait until T or until there is something to read" together with how many bytes
it has written to each of its ports; the twin answers "now is T" with how many bytes it may read
from each. The bytes themselves go over the ports. So nothing depends on how fast the kernel moves
them, and twin time stands still while a participant computes.

The wire between the twin and the controllers is defined in `firmware/board/lockstep.py`.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, NamedTuple

_HEADER = struct.Struct("<BI")
_WAIT = struct.Struct("<q")
_COUNT = struct.Struct("<Q")
_GRANTED = struct.Struct("<QB")

HELLO = 1
WELCOME = 2
WAIT = 3
NOW = 4
FRAME = 5
FRAME_IS = 6
ASK = 7
ANSWER = 8
BYE = 9
GLANCE = 10

MAX_MESSAGE = 16 * 1024 * 1024


class TwinGoneError(ConnectionError):
    """The process at the other end of the lock-step socket has ended."""


class Wait(NamedTuple):
    """A participant's wait: until when (twin us), and bytes written so far per port."""

    until_us: int
    written: tuple[int, ...]


class Now(NamedTuple):
    """A grant: the time (twin us) and per port (bytes readable in total, still connected)."""

    now_us: int
    ports: tuple[tuple[int, bool], ...]


def pack_wait(wait: Wait) -> bytes:
    """Wait → payload."""
    return _WAIT.pack(wait.until_us) + b"".join(map(_COUNT.pack, wait.written))


def unpack_wait(payload: bytes) -> Wait:
    """Payload → Wait; raises struct.error on a malformed one."""
    (until_us,) = _WAIT.unpack_from(payload)
    return Wait(until_us, tuple(count for (count,) in _COUNT.iter_unpack(payload[_WAIT.size :])))


def pack_now(now: Now) -> bytes:
    """Now → payload."""
    return _WAIT.pack(now.now_us) + b"".join(_GRANTED.pack(total, is_open) for total, is_open in now.ports)


def unpack_now(payload: bytes) -> Now:
    """Payload → Now; raises struct.error on a malformed one."""
    (now_us,) = _WAIT.unpack_from(payload)
    granted = _GRANTED.iter_unpack(payload[_WAIT.size :])
    return Now(now_us, tuple((total, bool(is_open)) for total, is_open in granted))


class Channel:
    """Framed messages over a connected Unix socket; blocking on purpose, lock step is waiting."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        self._sock = sock

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._sock.fileno()

    def send(self, kind: int, payload: bytes = b"") -> None:
        """Send one message. Raises TwinGoneError when the other end is gone."""
        try:
            self._sock.sendall(_HEADER.pack(kind, len(payload)) + payload)
        except OSError as error:
            raise TwinGoneError("the lock-step socket is closed") from error

    def receive(self) -> tuple[int, bytes]:
        """The next message as (kind, payload). Raises TwinGoneError when the other end is gone."""
        kind, size = _HEADER.unpack(self._exactly(_HEADER.size))
        if size > MAX_MESSAGE:
            raise TwinGoneError(f"a lock-step message of {size} bytes is longer than {MAX_MESSAGE}")
        return kind, self._exactly(size)

    def send_json(self, kind: int, value: dict[str, Any]) -> None:
        """Send one message with a JSON object as payload."""
        self.send(kind, json.dumps(value).encode())

    def expect(self, kind: int) -> bytes:
        """The payload of the next message, which must be of `kind`."""
        got, payload = self.receive()
        if got != kind:
            raise TwinGoneError(f"lock-step message {got} came where {kind} was due")
        return payload

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            try:
                part = self._sock.recv(min(size - len(parts), 1 << 20))
            except OSError as error:
                raise TwinGoneError("the lock-step socket is closed") from error
            if not part:
                raise TwinGoneError("the lock-step socket is closed")
            parts += part
        return bytes(parts)
