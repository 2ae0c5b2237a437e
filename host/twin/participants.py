"""The host processes (game, link) as the twin sees them: who waits for what, and who may read how much."""

from __future__ import annotations

import contextlib
import json
import select
from collections.abc import Callable
from dataclasses import dataclass, field

from host.twin import lockstep
from host.twin.lockstep import Channel, Now, TwinGoneError
from host.twin.serialport import SerialLine

Answer = Callable[["Participant", int, bytes], None]
Notice = Callable[["Participant"], None]


@dataclass
class Port:
    """One byte stream of a participant: what it has written, what it may read."""

    name: str
    written: int = 0
    readable: int = 0
    is_open: bool = True

    def granted(self) -> tuple[int, bool]:
        """What a grant says about this port."""
        return self.readable, self.is_open


@dataclass
class Participant:
    """One host process in lock step."""

    name: str
    channel: Channel
    ports: dict[str, Port] = field(default_factory=dict)
    alive: bool = True
    computing: bool = True
    until_us: int = 0
    _seen: tuple[tuple[int, bool], ...] = ()

    def due(self, now_us: int) -> bool:
        """Whether its time has come or something new is there for it."""
        return self.alive and (now_us >= self.until_us or self._ports_now() != self._seen)

    def grant(self, now_us: int) -> None:
        """Let it compute at `now_us`."""
        self._seen = self._ports_now()
        # Its end is noticed, like any other, when its answer is collected.
        with contextlib.suppress(TwinGoneError):
            self.channel.send(lockstep.NOW, lockstep.pack_now(Now(now_us, self._seen)))
        self.computing = True

    def take(self) -> tuple[int, bytes] | None:
        """One message of it that others must answer, or None if it waits again now.

        Raises TwinGoneError when it has ended or left.
        """
        kind, payload = self.channel.receive()
        if kind == lockstep.BYE:
            raise TwinGoneError(f"{self.name} left")
        if kind == lockstep.HELLO:
            self.ports = {name: Port(name) for name in json.loads(payload)["ports"]}
            self._seen = self._ports_now()
            self.channel.send(lockstep.WELCOME)
            return None
        if kind == lockstep.WAIT:
            wait = lockstep.unpack_wait(payload)
            for port, written in zip(self.ports.values(), wait.written, strict=True):
                port.written = written
            self.until_us = wait.until_us
            self.computing = False
            return None
        return kind, payload

    def _ports_now(self) -> tuple[tuple[int, bool], ...]:
        return tuple(port.granted() for port in self.ports.values())


class Exchange:
    """All host processes, and the streams between them and to the serial lines.

    A port named after another participant is a direct stream to it; one named after a controller
    ends at that controller's serial line.
    """

    def __init__(self, participants: list[Participant], lines: dict[str, SerialLine]) -> None:
        self.participants = participants
        self._lines = lines

    def grant(self, now_us: int) -> None:
        """Let all that are due compute."""
        for participant in self.participants:
            if participant.due(now_us):
                participant.grant(now_us)

    def collect(self, answer: Answer, notice: Notice) -> None:
        """Serve those who compute until each waits again, in the order in which they speak."""
        while computing := [each for each in self.participants if each.alive and each.computing]:
            spoke = computing
            if len(computing) > 1:
                ready = select.select([each.channel for each in computing], [], [])[0]
                spoke = [each for each in computing if each.channel in ready]
            for participant in spoke:
                try:
                    request = participant.take()
                    if request is not None:
                        answer(participant, *request)
                except TwinGoneError:
                    self._remove(participant)
                    notice(participant)

    def deliver(self, now_us: int, elapsed_us: int) -> None:
        """Make what was written in this frame readable in the next one."""
        listening = set()
        for participant in self.participants:
            for name, port in participant.ports.items():
                if name in self._lines:
                    line = self._lines[name]
                    if participant.alive:
                        listening.add(name)
                        line.host_wrote(port.written, now_us)
                else:
                    other = self._port_of(name, participant.name)
                    if other is not None:
                        other.readable = port.written
        for name, line in self._lines.items():
            line.deliver(now_us, elapsed_us, name in listening)
        for participant in self.participants:
            for name, port in participant.ports.items():
                if name in self._lines:
                    port.readable = self._lines[name].host.written_total
                    port.is_open = self._lines[name].connected

    def _port_of(self, owner: str, name: str) -> Port | None:
        return next((each.ports.get(name) for each in self.participants if each.name == owner), None)

    def _remove(self, participant: Participant) -> None:
        participant.alive = participant.computing = False
        for name in participant.ports:
            other = self._port_of(name, participant.name)
            if other is not None:
                other.is_open = False
