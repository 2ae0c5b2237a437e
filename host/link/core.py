"""The link as a state machine: two controllers, the stream of motions, the game's lease. Sans-I/O.

    game's lines ─▶ on_game ─┐                 ┌─▶ poll ─▶ bytes for each port
    port's bytes ─▶ on_bytes ┴─▶ (this class) ─┴─▶ take_events ─▶ lines for the game

The lease: while a motion is under way nothing is forwarded unless the game renewed within 80 ms. The
controllers then hear nothing, and brake by themselves after 100 ms.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from firmware.wire import messages
from host.link import events
from host.link.controller import ControllerLink, Phase
from host.link.events import LinkEvent
from host.link.streamer import QueuedMotion, Streamer
from safety import states
from safety.segment import Segment

LEASE_US = 80_000
_STATUS_TO_GAME_US = 40_000
_STOPS = (states.STOPPED, states.TAKEOVER, states.SAFE)
_ARM = "arm"
_HAND = "hand"


class LinkCore:
    """All decisions of the link process."""

    def __init__(self, limits_hash: int, names: tuple[str, ...], draw_nonce: Callable[[], int]) -> None:
        self.controllers = {name: ControllerLink(name, limits_hash, draw_nonce) for name in names}
        self.streamer = Streamer()
        self._lease_until_us = 0
        self._lease_lost = False
        self._was_ready = False
        self._stops: set[str] = set()
        self._status_sent: dict[str, tuple[int, tuple[int, int, int, int]]] = {}
        self._events: list[LinkEvent] = []

    @property
    def ready(self) -> bool:
        """Whether motions can run."""
        return all(each.ready for each in self.controllers.values())

    def on_game(self, line: bytes, now_us: int) -> None:
        """One line of the game: a JSON object with the key "do". Raises ValueError for anything else."""
        try:
            message: dict[str, Any] = json.loads(line)
            self._obey(message, now_us)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a message to the link: {line[:80]!r}") from error

    def on_bytes(self, name: str, data: bytes, now_us: int) -> None:
        """Bytes from a controller's port."""
        controller = self.controllers[name]
        controller.receive(data, now_us)
        self._gather(controller, now_us)

    def on_closed(self, name: str, now_us: int) -> None:
        """A controller's port has gone: report, and stop the other."""
        self.controllers[name].hang_up("its serial port is gone")
        self._gather(self.controllers[name], now_us)

    def poll(self, now_us: int) -> dict[str, bytes]:
        """Bytes to write to each port now."""
        if self.ready and not self._was_ready:
            self._was_ready = True
            self._events.append(events.Ready(""))
        if not self._forwarding(now_us):
            return self._emergency({})
        arm = self.controllers.get(_ARM)
        if arm is not None and self.ready:
            moving_before = self.streamer.active
            for payload in self.streamer.poll(now_us, arm.clock, arm.in_flight):
                arm.send(payload)
            if self.streamer.active and not moving_before:
                for controller in self.controllers.values():
                    controller.hurry()
        out = {}
        for name, controller in self.controllers.items():
            out[name] = controller.poll(now_us, self.streamer.active)
            self._gather(controller, now_us)
        return self._emergency(out)

    def take_events(self) -> list[LinkEvent]:
        """Events for the game since the last call."""
        taken, self._events = self._events, []
        return taken

    def next_due_us(self, now_us: int) -> int:
        """Host time at which `poll` should be called again at the latest."""
        due = min(each.next_due_us(now_us) for each in self.controllers.values())
        if self.streamer.active:
            if self._lease_lost:
                return now_us + LEASE_US
            due = min(due, self._lease_until_us + 1)
        if self.ready:
            more = self.streamer.next_due_us(now_us)
            due = due if more is None else min(due, more)
        return due

    def _obey(self, message: dict[str, Any], now_us: int) -> None:
        match message["do"]:
            case "renew":
                self._renew(now_us)
            case "run":
                self._renew(now_us)
                segments = [
                    Segment(row[0], *(tuple(axis) for axis in row[1:])) for row in message["segments"]
                ]
                if segments:
                    number, profile = int(message["motion"]), int(message["profile"])
                    self.streamer.run(QueuedMotion(number, segments, message["home_axis"], profile))
            case "hold":
                self._send(_ARM, messages.encode(messages.HOLD))
            case "stop":
                self._stop_all()
            case "magnet":
                self._send(_HAND, messages.encode(messages.MAGNET, int(bool(message["on"]))))
            case "led":
                self._send(_HAND, messages.encode(messages.LED, int(message["pattern"]) & 0xFF))
            case "profile":
                self._send_all(messages.encode(messages.PROFILE, int(message["profile"]) & 0xFF))
            case "position":
                shoulder, elbow, lift = message["usteps"]
                self._send(_ARM, messages.encode(messages.SET_POSITION, shoulder, elbow, lift))
            case "looked":
                self._send_all(messages.encode(messages.LOOKED))
            case other:
                raise ValueError(f"the link does not know how to do {other!r}")

    def _renew(self, now_us: int) -> None:
        self._lease_until_us = now_us + LEASE_US
        self._lease_lost = False

    def _forwarding(self, now_us: int) -> bool:
        if not self.streamer.active or now_us <= self._lease_until_us:
            return True
        if not self._lease_lost:
            self._lease_lost = True
            self._events.append(events.LeaseLost(""))
        return False

    def _send(self, name: str, payload: bytes) -> None:
        controller = self.controllers.get(name)
        if controller is not None:
            controller.send(payload)

    def _send_all(self, payload: bytes) -> None:
        for controller in self.controllers.values():
            controller.send(payload)

    def _stop_all(self) -> None:
        self._stops.update(self.controllers)

    def _emergency(self, out: dict[str, bytes]) -> dict[str, bytes]:
        for name in self._stops:
            out[name] = self.controllers[name].stop_bytes() + out.get(name, b"")
        self._stops.clear()
        return out

    def _gather(self, controller: ControllerLink, now_us: int) -> None:
        for event in controller.take_events():
            match event:
                case events.Status():
                    self._follow(event, now_us)
                    if not self._worth_telling(event, now_us):
                        continue
                case events.MotionDone(motion=motion, result=result, usteps=usteps):
                    self.streamer.done(motion)
                    self._events.append(event)
                    if result:
                        self._give_up(result, usteps)
                    continue
                case events.StateChanged(controller="arm", state=state):
                    if state == states.MOVING:
                        self.streamer.note_begun()
                    elif state in _STOPS:
                        self.streamer.stop_sending()
                case events.Refused(message=messages.SEGMENTS, reason=reason, detail=motion):
                    self._refused(motion, reason)
                case events.Lost() | events.Failed():
                    self._was_ready = False
                    self._stops.update(
                        name
                        for name, other in self.controllers.items()
                        if other is not controller and other.phase is not Phase.CLOSED
                    )
                    if event.controller == _ARM:
                        self.streamer.drop_all()
            self._events.append(event)

    def _follow(self, status: events.Status, now_us: int) -> None:
        if status.controller != _ARM:
            return
        self.streamer.note_room(status.free_segments)
        if self.streamer.active:
            if status.state == states.RECOVERY and status.motion == self.streamer.current:
                self.streamer.note_begun()
            if status.state == states.HOLD:
                self.streamer.hold(status.queue_ms * 1000, now_us)
            elif status.motion == self.streamer.current:
                self.streamer.note_queue(status.queue_ms * 1000, now_us)

    def _refused(self, motion: int, reason: int) -> None:
        # A motion that has begun ends with MOTION_DONE; for one that never did nothing else will come.
        if motion == self.streamer.current and not self.streamer.begun:
            status = self.controllers[_ARM].status
            self._give_up(reason, status.usteps if status is not None else (0, 0, 0))

    def _give_up(self, reason: int, usteps: events.Usteps) -> None:
        for number in self.streamer.drop_all():
            self._events.append(events.MotionDone(_ARM, number, reason, usteps))

    def _worth_telling(self, status: events.Status, now_us: int) -> bool:
        key = (status.state, status.reason, status.flags, status.inputs)
        told_us, told = self._status_sent.get(status.controller, (-_STATUS_TO_GAME_US, None))
        pause_us = _STATUS_TO_GAME_US if status.controller == _ARM else 1_000_000
        if key == told and now_us - told_us < pause_us:
            return False
        self._status_sent[status.controller] = (now_us, key)
        return True
