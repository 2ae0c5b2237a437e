"""One controller as the link sees it: greeting, session, clock, keep-alive. Sans-I/O.

Bytes and host time (us) go in; bytes to write and events come out.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from firmware.version import FIRMWARE
from firmware.wire import cobs, messages, packet
from firmware.wire.session import Session
from host.link import events
from host.link.clocksync import ClockSync
from host.link.decoder import FrameReader
from host.link.events import LinkEvent

GREETING_PERIOD_US = 100_000
KEEP_ALIVE_MOVING_US = 16_000
KEEP_ALIVE_IDLE_US = 100_000
# STATUS comes every 100 ms at rest: three missing ones are a dead controller.
SILENCE_US = 350_000
_UPDATE = "`qiyou flash` brings it up to date"

_ROLES = {"arm": messages.ROLE_ARM, "hand": messages.ROLE_HAND}


class Phase(Enum):
    """How far the conversation has come."""

    GREETING = "greeting"
    OPEN = "open"
    REFUSED = "refused"
    CLOSED = "closed"


class ControllerLink:
    """The host's end of one serial line."""

    def __init__(self, name: str, limits_hash: int, draw_nonce: Callable[[], int]) -> None:
        self.name = name
        self.phase = Phase.GREETING
        self.clock = ClockSync()
        self.status: events.Status | None = None
        self.status_us = 0
        self._limits_hash = limits_hash
        self._draw_nonce = draw_nonce
        self._nonce = 0
        self._frames = FrameReader()
        self._session = Session()
        self._greet_us = 0
        self._heard_us = 0
        self._keep_alive_us = 0
        self._pings: dict[int, int] = {}
        self._token = 0
        self._events: list[LinkEvent] = []

    @property
    def ready(self) -> bool:
        """Whether motions and commands can be sent: session open, clock known."""
        return self.phase is Phase.OPEN and self.clock.ready

    @property
    def in_flight(self) -> int:
        """Reliable packets not acknowledged yet."""
        return int(self._session.unacknowledged)

    @property
    def retries(self) -> int:
        """How often the window was sent again."""
        return int(self._session.retries)

    def take_events(self) -> list[LinkEvent]:
        """Events since the last call, in order."""
        taken, self._events = self._events, []
        return taken

    def send(self, payload: bytes) -> bool:
        """Queue messages (one packet's payload) for reliable delivery; False without a session."""
        return bool(self._session.send(payload))

    def stop_bytes(self) -> bytes:
        """The stop that needs no session."""
        return bytes(cobs.STOP)

    def hang_up(self, why: str) -> None:
        """The port is gone for good."""
        if self.phase is not Phase.CLOSED:
            self.phase = Phase.CLOSED
            self._session.close()
            self._events.append(events.Lost(self.name, why))

    def receive(self, data: bytes, now_us: int) -> None:
        """Take bytes that came in at `now_us`."""
        for buffer, length in self._frames.feed(data):
            kind = self._session.receive(buffer, length, now_us)
            if kind < 0:
                continue
            payload = bytes(buffer[packet.HEADER_SIZE : length - packet.CRC_SIZE])
            try:
                rows = messages.decode(payload)
            except messages.MessageError:
                continue
            if kind == packet.GREETING:
                self._greeted(packet.header(buffer)[0], rows, now_us)
                continue
            self._heard_us = now_us
            for message, values in rows:
                self._take(message, values, now_us)

    def poll(self, now_us: int, moving: bool) -> bytes:
        """What to write now. `moving`: a motion is under way, keep-alives say so and come often."""
        if self.phase is Phase.GREETING:
            return self._greeting(now_us)
        if self.phase is not Phase.OPEN:
            return b""
        out = bytearray()
        if now_us - self._heard_us > SILENCE_US:
            self._events.append(events.Lost(self.name, "it does not answer any more"))
            self._session.close()
            self.phase = Phase.GREETING
            return b""
        if self.clock.due(now_us):
            self._token = (self._token + 1) & 0xFFFFFFFF
            self._pings[self._token] = now_us
            out += self._session.datagram(messages.encode(messages.TIME, self._token)) or b""
        if now_us >= self._keep_alive_us:
            self._keep_alive_us = now_us + (KEEP_ALIVE_MOVING_US if moving else KEEP_ALIVE_IDLE_US)
            activity = messages.MOTION if moving else messages.IDLE
            out += self._session.datagram(messages.encode(messages.RUN, activity)) or b""
        while frame := self._session.poll(now_us):
            out += frame
            if moving:
                # Every packet is a sign of life.
                self._keep_alive_us = max(self._keep_alive_us, now_us + KEEP_ALIVE_MOVING_US)
        return bytes(out)

    def hurry(self) -> None:
        """Send the next keep-alive at once (a motion begins)."""
        self._keep_alive_us = 0

    def next_due_us(self, now_us: int) -> int:
        """Host time at which `poll` should be called again at the latest."""
        if self.phase is Phase.GREETING:
            return self._greet_us
        if self.phase is not Phase.OPEN:
            return now_us + 1_000_000
        due = min(self._keep_alive_us, self.clock.next_us, self._heard_us + SILENCE_US + 1)
        session_due = self._session.next_due_us(now_us)
        return due if session_due is None else min(due, now_us + session_due)

    def _greeting(self, now_us: int) -> bytes:
        if now_us < self._greet_us:
            return b""
        self._greet_us = now_us + GREETING_PERIOD_US
        self._nonce = self._draw_nonce() & 0xFFFFFFFF
        hello = messages.encode(messages.HELLO, messages.TABLE_HASH, self._limits_hash, self._nonce)
        # The leading zero ends whatever half a frame the controller may have in its buffer.
        return b"\0" + bytes(self._session.greeting(self._nonce, hello))

    def _greeted(self, nonce: int, rows: list[tuple[int, tuple[int, ...]]], now_us: int) -> None:
        if self.phase is not Phase.GREETING or len(rows) != 1 or rows[0][0] != messages.WELCOME:
            return
        accepted, role, version, table_hash, limits_hash, host_nonce, _ = rows[0][1]
        if host_nonce != self._nonce:
            return
        sentence = ""
        if accepted == messages.TABLE_DIFFERS or table_hash != messages.TABLE_HASH:
            sentence = (
                f"the {self.name} controller runs release {version} (message table {table_hash:08x}), this "
                f"host needs {FIRMWARE} ({messages.TABLE_HASH:08x}); {_UPDATE}"
            )
        elif accepted == messages.LIMITS_DIFFER or limits_hash != self._limits_hash:
            sentence = (
                f"the {self.name} controller was flashed with other limits ({limits_hash:08x}) than "
                f"robot.toml gives ({self._limits_hash:08x}); {_UPDATE}"
            )
        elif role != _ROLES.get(self.name, role):
            other = "hand" if role == messages.ROLE_HAND else "arm"
            sentence = (
                f"the {other} controller answers on the port of the {self.name} controller; "
                "exchange the two ports in robot.toml"
            )
        if sentence:
            self.phase = Phase.REFUSED
            self._events.append(events.Failed(self.name, "RefusedError", sentence))
            return
        self.phase = Phase.OPEN
        self._session.open(nonce)
        self.clock = ClockSync()
        self._pings.clear()
        self._heard_us = now_us
        self._keep_alive_us = now_us
        self._events.append(events.Connected(self.name))

    def _take(self, message: int, values: tuple[int, ...], now_us: int) -> None:
        name = self.name
        if message == messages.TIME_REPLY:
            token, ticks = values
            sent_us = self._pings.pop(token, None)
            if sent_us is not None:
                self.clock.add(sent_us, ticks, now_us)
                self._pings = {key: at for key, at in self._pings.items() if at > sent_us}
        elif message == messages.STATUS:
            _, state, reason, flags, inputs, a, b, c, e0, e1, motion, queue_ms, free, profile, magnet = values
            self.status = events.Status(
                name,
                state,
                reason,
                flags,
                inputs,
                (a, b, c),
                (e0, e1),
                motion,
                queue_ms,
                free,
                profile,
                magnet,
            )
            self.status_us = now_us
            self._events.append(self.status)
        elif message == messages.STATE:
            self._events.append(events.StateChanged(name, values[1], values[2]))
        elif message == messages.BUTTON:
            self._events.append(events.Button(name, values[1]))
        elif message == messages.NOSE:
            self._events.append(events.Nose(name, bool(values[1]), values[2]))
        elif message == messages.MOTION_DONE:
            _, motion, result, a, b, c = values
            self._events.append(events.MotionDone(name, motion, result, (a, b, c)))
        elif message == messages.HOMED:
            _, axis, a, b, c = values
            self._events.append(events.Homed(name, axis, (a, b, c)))
        elif message == messages.REFUSED:
            self._events.append(events.Refused(name, *values))
        elif message == messages.MAGNET_STATE:
            self._events.append(events.MagnetState(name, bool(values[1]), values[2]))
