"""The host's end of a service session: asking a board who it is, and writing a firmware to its other slot.

Time and bytes come through a `Line`, so the same code talks to a virtual board, an emulated one and a real
one.
"""

from __future__ import annotations

import hashlib
import random
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from firmware.wire import messages, packet
from firmware.wire.session import Session
from host.link.bundle import MANIFEST, Bundle
from host.link.decoder import FrameReader
from host.link.errors import ServiceError
from host.timebase import Inbox, Timebase
from safety import reasons, states

__all__ = ["Identity", "Line", "ServiceLink"]

VERSION = 1
ASK_AGAIN_US = 150_000
PATIENCE_US = 5_000_000
# A controller hashes a slot of 150 KB in well under a second; a worn flash may take its time.
FLIP_PATIENCE_US = 30_000_000
POLL_US = 4_000
# A board waits 200 ms before it restarts, so that its acknowledgement gets out.
REFUSAL_US = 150_000
RESTART_US = 500_000
UNDER_WAY = 12
TRIES = 3
_SELF_TEST = (states.OFF, states.SELF_TEST)
_BROKEN = (reasons.SELF_TEST, reasons.INTERNAL, reasons.STEP_UNDERRUN)

Progress = Callable[[str, int, int], None]
"""Called with what is done, bytes done and bytes in all."""


class Identity(NamedTuple):
    """What a board says about itself (IDENTITY)."""

    service_version: int
    role: int
    platform: int
    release: int
    table_hash: int
    limits_hash: int
    slot: int
    trial: bool
    starts: int
    fell_back: int
    state: int
    reason: int
    heap_free_kb: int
    temperature_c: int
    board_id: str

    @property
    def role_name(self) -> str:
        """Arm, hand or none."""
        return {messages.ROLE_ARM: "arm", messages.ROLE_HAND: "hand"}.get(self.role, "none")

    @property
    def well(self) -> bool:
        """Whether its self test is over and no fault of the controller itself is latched."""
        return self.state not in _SELF_TEST and self.reason not in _BROKEN


class Line(Protocol):
    """One serial line to a board, as long as it is there."""

    @property
    def time(self) -> Timebase:
        """The clock that belongs to the line."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Bytes to and from the board; another object after `reopen`."""
        ...

    def reopen(self, patience_us: int) -> bool:
        """Wait until the board is back after a restart; False when it is not."""
        ...


class ServiceLink:
    """Talks service over one line. Raises ServiceError when the board does not answer or refuses."""

    def __init__(self, line: Line, seed: int | None = None) -> None:
        self._line = line
        self._dice = random.SystemRandom() if seed is None else random.Random(seed)
        self._session = Session()
        self._frames = FrameReader()
        self._heard: deque[tuple[int, dict[str, int]]] = deque()

    # --- who ------------------------------------------------------------------------------------

    def who(self, patience_us: int = 1_000_000) -> Identity | None:
        """Ask the board who it is, without disturbing it; None when nobody answers in time."""
        return self._greet(messages.WHO, (), patience_us)

    def open(self) -> Identity:
        """Open a service session: the board stops and its motors lose their power."""
        identity = self._greet(messages.SERVICE, (VERSION,), PATIENCE_US)
        if identity is None:
            raise ServiceError("the controller does not answer; check its cable, then run the command again")
        return identity

    def _greet(self, message: int, values: tuple[int, ...], patience_us: int) -> Identity | None:
        time = self._line.time
        until_us = time.now_us() + patience_us
        self._session.close()
        while time.now_us() < until_us:
            nonce = self._dice.getrandbits(32)
            greeting = self._session.greeting(nonce, messages.encode(message, *values, nonce))
            # The zero ends whatever half a frame the controller may have in its buffer.
            self._line.inbox.write(b"\0" + bytes(greeting))
            again_us = min(until_us, time.now_us() + ASK_AGAIN_US)
            while time.now_us() < again_us:
                self._listen(again_us)
                while self._heard:
                    number, fields = self._heard.popleft()
                    if number == messages.IDENTITY and fields["host_nonce"] == nonce:
                        return _identity(fields)
        return None

    # --- the slot -------------------------------------------------------------------------------

    def write(self, bundle: Bundle, progress: Progress) -> int:
        """Bring every file of `bundle` into the other slot, the manifest last; returns the bytes sent.

        A file that stands there already (an update that was cut) is not sent again.
        """
        done = sent = 0
        for path, data in bundle.in_order():
            progress(path, done, bundle.size)
            for _ in range(TRIES):
                stood, whole = self._write_file(path, data, progress, done, bundle.size)
                sent += 0 if stood else len(data)
                if whole:
                    break
            else:
                raise ServiceError(
                    f"{path} arrived damaged {TRIES} times; try another cable (the board runs what it ran)"
                )
            done += len(data)
        progress(MANIFEST, done, bundle.size)
        return sent

    def _write_file(
        self, path: str, data: bytes, progress: Progress, done: int, total: int
    ) -> tuple[bool, bool]:
        """(it stood there already, it stands there now)."""
        self._say(messages.FILE_OPEN, len(data), hashlib.sha256(data).digest(), path.encode())
        result = self._file_state(path)
        if result == messages.FILE_STANDS:
            return True, True
        offset = 0
        while offset < len(data):
            self._wait_for_room(path)
            chunk = data[offset : offset + messages.FILE_CHUNK]
            self._say(messages.FILE_DATA, offset, len(chunk), chunk)
            offset += len(chunk)
            progress(path, done + offset, total)
        result = self._file_state(path)
        return False, result == messages.FILE_STANDS

    def _file_state(self, path: str) -> int:
        result = self._expect(messages.FILE_STATE, PATIENCE_US)["result"]
        if result == messages.FILE_ON_TRIAL:
            raise ServiceError(
                "the controller tries a new firmware out and keeps the old one for safety; wait two minutes, "
                "then run the command again"
            )
        if result == messages.FILE_REFUSED:
            raise ServiceError(
                f"the controller has no room for {path} or does not take it; the board still runs what it ran"
            )
        return result

    def flip(self, bundle: Bundle) -> None:
        """Have the other slot checked and chosen; the board restarts on trial. Raises ServiceError."""
        self._say(messages.FLIP, hashlib.sha256(bundle.manifest).digest())
        answer = self._expect(messages.SLOT_STATE, FLIP_PATIENCE_US)
        if answer["result"] != messages.SLOT_FLIPPED:
            raise ServiceError(
                "the controller found a file that is not what the manifest says; it still runs what it ran"
            )
        self._line.time.wait(self._line.time.now_us() + RESTART_US, [])

    def confirm(self) -> None:
        """The firmware on trial stays."""
        self._say(messages.CONFIRM)
        self._expect(messages.SLOT_STATE, PATIENCE_US)

    def restart(self, how: int = messages.RESTART_AGAIN) -> None:
        """Reset the board (`messages.RESTART_…`)."""
        self._say(messages.RESTART, how)
        until_us = self._line.time.now_us() + REFUSAL_US
        while self._line.time.now_us() < until_us:
            self._listen(until_us)
            if self._next(messages.SLOT_STATE) is not None:
                raise ServiceError("the other slot holds no whole firmware to go back to")
        self._line.time.wait(self._line.time.now_us() + RESTART_US, [])

    # --- packets --------------------------------------------------------------------------------

    def _say(self, message: int, *values: int | bytes) -> None:
        self._session.send(messages.encode(message, *values))

    def _wait_for_room(self, path: str) -> None:
        time = self._line.time
        until_us = time.now_us() + PATIENCE_US
        while self._session.unacknowledged > UNDER_WAY:
            # Before the last byte has gone the only answer is a refusal.
            self._listen(until_us)
            if self._next(messages.FILE_STATE) is not None:
                raise ServiceError(f"the controller did not take {path}; the board still runs what it ran")
            if time.now_us() >= until_us:
                raise ServiceError("the controller stopped answering; the board still runs what it ran")

    def _expect(self, message: int, patience_us: int) -> dict[str, int]:
        time = self._line.time
        until_us = time.now_us() + patience_us
        while time.now_us() < until_us:
            fields = self._next(message)
            if fields is not None:
                return fields
            self._listen(until_us)
        raise ServiceError("the controller stopped answering; the board still runs what it ran")

    def _next(self, message: int) -> dict[str, int] | None:
        """The first `message` heard and not yet taken; what came before it is dropped."""
        while self._heard:
            number, fields = self._heard.popleft()
            if number == message:
                return fields
        return None

    def _listen(self, until_us: int) -> None:
        """One wait; what came is appended to `_heard`."""
        line = self._line
        self._flush()
        if line.inbox.closed:
            raise ServiceError("the controller's cable is out; plug it in and run the command again")
        line.time.wait(min(until_us, line.time.now_us() + POLL_US), [line.inbox])
        now_us = line.time.now_us()
        for buffer, length in self._frames.feed(line.inbox.read()):
            kind = self._session.receive(buffer, length, now_us)
            if kind < 0:
                continue
            try:
                rows = messages.decode(bytes(buffer[packet.HEADER_SIZE : length - packet.CRC_SIZE]))
            except messages.MessageError:
                continue
            for number, values in rows:
                fields = messages.fields(number, values)
                if number == messages.IDENTITY and fields["service"] and kind == packet.GREETING:
                    self._session.open(packet.header(buffer)[0])
                self._heard.append((number, fields))
        self._flush()

    def _flush(self) -> None:
        while frame := self._session.poll(self._line.time.now_us()):
            self._line.inbox.write(bytes(frame))


def _identity(fields: dict[str, int]) -> Identity:
    board_id = bytes(fields["board_id"]).rstrip()
    return Identity(
        fields["service_version"],
        fields["role"],
        fields["platform"],
        fields["release"],
        fields["table_hash"],
        fields["limits_hash"],
        fields["slot"],
        bool(fields["trial"]),
        fields["starts"],
        fields["fell_back"],
        fields["state"],
        fields["reason"],
        fields["heap_free_kb"],
        fields["temperature_c"],
        board_id.decode("ascii") if board_id.isascii() and board_id.isalnum() else board_id.hex(),
    )
