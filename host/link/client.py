"""The game's handle on the link process: spawn it, queue motions, hear events. Nothing here blocks."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Protocol

from firmware.wire import messages
from host.link import events
from host.link.errors import LinkGoneError
from host.link.events import LinkEvent
from host.timebase import Inbox, Timebase
from safety.segment import Segment

_MOTION_NUMBERS = 1 << 16


class Motion(Protocol):
    """What the link needs of a motion (`host.arm.motion.Motion` is one)."""

    @property
    def segments(self) -> Sequence[Segment]:
        """Slices of path time, without gaps; the last one ends at rest."""
        ...

    @property
    def profile(self) -> str:
        """Which limits it was planned for; "fast" asks the controllers for the fast ones."""
        ...

    @property
    def home_axis(self) -> int | None:
        """The axis (0-2) whose limit switch it searches, or None."""
        ...


class LinkClient:
    """The link as the game sees it.

    Take `inbox` into the game's `Timebase.wait`, call `events` after it, and `renew` at least every
    40 ms while a motion is under way: the link stops forwarding when 80 ms pass without it.
    """

    def __init__(
        self,
        time: Timebase,
        ports: dict[str, str],
        limits_hash: int,
        twin: socket.socket | None = None,
        seed: int | None = None,
    ) -> None:
        """`ports`: device paths by controller ("arm", "hand"); `twin`: lock-step socket for the link."""
        self._time = time
        self._config: dict[str, Any] = {"ports": ports, "limits_hash": limits_hash, "seed": seed}
        self._twin = twin
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._inbox: Inbox | None = None
        self._rest = b""
        self._motion = 0
        self._under_way: set[int] = set()

    @property
    def moving(self) -> bool:
        """Whether a motion was queued that has not been reported as ended: then the lease must be renewed."""
        return bool(self._under_way)

    @property
    def inbox(self) -> Inbox:
        """What to wait for. Raises LinkGoneError before `start`."""
        if self._inbox is None:
            raise LinkGoneError("the link was not started")
        return self._inbox

    @property
    def process_id(self) -> int:
        """Process id of the link. Raises LinkGoneError before `start`."""
        if self._process is None:
            raise LinkGoneError("the link was not started")
        return self._process.pid

    def start(self) -> None:
        """Spawn the link process. Its ports open, sessions and clocks come up; `Ready` tells when.

        To be called before the first wait: in the twin all streams must be known by then.
        """
        mine, theirs = socket.socketpair()
        passed = [theirs.fileno()]
        config = {**self._config, "game": theirs.fileno(), "twin": None}
        if self._twin is not None:
            config["twin"] = self._twin.fileno()
            passed.append(self._twin.fileno())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "host.link.process", json.dumps(config)],
            pass_fds=passed,
            stdin=subprocess.DEVNULL,
            # Ctrl-C is for the game alone; the link ends with it.
            process_group=0,
        )
        theirs.close()
        if self._twin is not None:
            self._twin.close()
        self._socket = mine
        self._inbox = self._time.open("link", mine.fileno())

    def run(self, motion: Motion) -> int:
        """Queue a motion; the number under which `MotionDone` will report it."""
        return self._run(motion, motion.home_axis)

    def home(self, axis: int, motion: Motion) -> int:
        """Queue a search of the limit switch of `axis` (0-2): `motion` moves that axis alone, slowly."""
        return self._run(motion, axis)

    def magnet(self, on: bool) -> None:
        """Switch the magnet; `MagnetState` or `Refused` answers."""
        self._say({"do": "magnet", "on": on})

    def led(self, pattern: int) -> None:
        """Show a pattern (0-255) on the LED ring."""
        self._say({"do": "led", "pattern": pattern})

    def profile(self, profile: int) -> None:
        """Choose the speed limits now (firmware.wire.messages PROFILE_…); each motion brings its own too."""
        self._say({"do": "profile", "profile": profile})

    def set_position(self, usteps: tuple[int, int, int]) -> None:
        """Say where the arm is (shoulder, elbow, lift), at rest only."""
        self._say({"do": "position", "usteps": list(usteps)})

    def looked(self) -> None:
        """The board was looked at since the last stop."""
        self._say({"do": "looked"})

    def hold(self) -> None:
        """Brake on the path and wait for a person's act."""
        self._say({"do": "hold"})

    def stop(self) -> None:
        """Stop both controllers at once, latched."""
        self._say({"do": "stop"})

    def renew(self) -> None:
        """Renew the lease for 80 ms."""
        self._say({"do": "renew"})

    def events(self) -> list[LinkEvent]:
        """What happened since the last call; empty if nothing. Raises LinkGoneError when the link ended."""
        *lines, self._rest = (self._rest + self.inbox.read()).split(b"\n")
        heard = [events.from_line(line) for line in lines]
        for event in heard:
            match event:
                case events.MotionDone(motion=number):
                    self._under_way.discard(number)
                case events.Lost(controller="arm"):
                    self._under_way.clear()
        if not heard and self.inbox.closed:
            raise LinkGoneError("the link process has ended; the controllers brake by themselves")
        return heard

    def close(self) -> None:
        """Let the link end (it does when its socket closes) and forget it."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def join(self, timeout_s: float = 10.0) -> None:
        """Wait for the process after `close`; kill it when it does not end. Wall clock."""
        if self._process is not None:
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _run(self, motion: Motion, home_axis: int | None) -> int:
        self._motion = (self._motion + 1) % _MOTION_NUMBERS
        self._under_way.add(self._motion)
        profile = messages.PROFILE_FAST if motion.profile == "fast" else messages.PROFILE_NORMAL
        rows = [segment.axes() for segment in motion.segments]
        self._say(
            {
                "do": "run",
                "motion": self._motion,
                "profile": profile,
                "home_axis": home_axis,
                "segments": rows,
            }
        )
        return self._motion

    def _say(self, message: dict[str, Any]) -> None:
        self.inbox.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
