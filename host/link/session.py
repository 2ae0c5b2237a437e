"""A small blocking face of `LinkClient` for the game: do one thing, come back with its outcome.

Blocking means `Timebase.wait` in a loop with the lease renewed; in the twin that is twin time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from firmware.wire import messages
from host.link import errors, events
from host.link.client import LinkClient, Motion
from host.link.errors import LinkError
from host.link.events import LinkEvent, Usteps
from host.timebase import Timebase
from safety import reasons, states

RENEW_US = 30_000
_IDLE_US = 1_000_000
_MEANWHILE_US = 80_000
_PATIENCE_US = 5_000_000


class End(Enum):
    """How a motion ended, as far as it has."""

    FINISHED = "finished"
    STOPPED = "stopped"
    HELD = "held"


@dataclass(frozen=True)
class Outcome:
    """What became of a motion. `usteps` is where the arm stands (None if nobody knows)."""

    end: End
    reason: int
    usteps: Usteps | None
    lost: str = ""
    """Which controller was lost and why, if that is what ended it."""


Watch = Callable[[LinkEvent], None]


class LinkSession:
    """Executes motions and switchings one after the other.

    `watch` is called for every event heard meanwhile (buttons, states, nose), so none is lost.
    """

    def __init__(self, client: LinkClient, time: Timebase, watch: Watch = lambda _: None) -> None:
        self.client = client
        self.states: dict[str, int] = {}
        self.reasons: dict[str, int] = {}
        self.status: dict[str, events.Status] = {}
        self.usteps: Usteps | None = None
        self.magnet_on = False
        self.meanwhile: Callable[[], None] | None = None
        """Called at least every 80 ms while this waits, if set; it must not wait itself."""
        self._time = time
        self._watch = watch
        self._number: int | None = None
        self._end: Outcome | None = None
        self._heard: deque[LinkEvent] = deque()
        self._lost: dict[str, str] = {}

    def connect(self, patience_us: int = _PATIENCE_US) -> None:
        """Wait until both controllers are there. Raises a LinkError with one sentence otherwise."""
        for event in self._hear(self._time.now_us() + patience_us):
            match event:
                case events.Ready():
                    return
                case events.Failed(error=error, sentence=sentence):
                    raise getattr(errors, error, LinkError)(sentence)
        raise LinkError(
            "the controllers did not answer: are both cables plugged in and is the robot switched on?"
        )

    def begin(self, motion: Motion) -> None:
        """Let `motion` run; `await_end` tells its outcome."""
        self._follow(self.client.run(motion))

    def execute(self, motion: Motion) -> Outcome:
        """Run `motion` until it finished, was stopped, or is held."""
        self.begin(motion)
        return self.await_end()

    def home(self, axis: int, motion: Motion) -> tuple[Outcome, Usteps | None]:
        """Search the limit switch of `axis`; the outcome, and the step counters where the switch changed."""
        self._follow(self.client.home(axis, motion))
        found: list[Usteps] = []

        def note(event: LinkEvent) -> None:
            if isinstance(event, events.Homed) and event.axis == axis:
                found.append(event.usteps)

        outcome = self.await_end(note)
        return outcome, found[-1] if found else None

    def await_end(self, also: Watch = lambda _: None) -> Outcome:
        """Wait for the running motion; after HELD this is called again when a person lets it go on.

        Raises ValueError when no motion was begun, or its end was told already.
        """
        if self._number is None:
            raise ValueError("no motion is under way")
        heard = self._hear(None)
        while self._end is None:
            event = next(heard)
            also(event)
            if (
                isinstance(event, events.StateChanged)
                and event.controller == "arm"
                and event.state == states.HOLD
            ):
                return Outcome(End.HELD, event.reason, self.usteps)
        self._number = None
        return self._end

    def magnet(self, on: bool, patience_us: int = 1_000_000) -> bool:
        """Switch the magnet and wait for the controller's word; whether it is now as wanted."""
        self.client.magnet(on)
        if self.magnet_on == on:
            return True  # it reports changes alone
        for event in self._hear(self._time.now_us() + patience_us):
            match event:
                case events.MagnetState(on=is_on):
                    return is_on == on
                case events.Refused(message=messages.MAGNET):
                    return False
        return False

    def until(self, wanted: Callable[[LinkEvent], bool], patience_us: int) -> bool:
        """Wait for an event that `wanted` accepts; False when it did not come in time."""
        return any(wanted(event) for event in self._hear(self._time.now_us() + patience_us))

    def pause(self, duration_us: int) -> None:
        """Let time pass, hearing events."""
        for _ in self._hear(self._time.now_us() + duration_us):
            pass

    def _hear(self, until_us: int | None) -> Iterator[LinkEvent]:
        while True:
            # What a caller who had heard enough left over stands here for the next one.
            while self._heard:
                event = self._heard.popleft()
                self._note(event)
                self._watch(event)
                yield event
            if until_us is not None and self._time.now_us() >= until_us:
                return
            wake_us = self._time.now_us() + (_IDLE_US if self.meanwhile is None else _MEANWHILE_US)
            if self.meanwhile is not None:
                self.meanwhile()
            if self.client.moving:
                self.client.renew()
                wake_us = self._time.now_us() + RENEW_US
            self._time.wait(wake_us if until_us is None else min(wake_us, until_us), [self.client.inbox])
            self._heard.extend(self.client.events())

    def _follow(self, number: int) -> None:
        self._number = number
        self._end = None
        # Nobody would ever tell the end of a motion of a controller that is not there.
        if self._lost:
            self._end_lost(*next(iter(self._lost.items())))

    def _end_lost(self, name: str, why: str) -> None:
        self._end = Outcome(End.STOPPED, reasons.NONE, None, f"{name}: {why}")

    def _note(self, event: LinkEvent) -> None:
        match event:
            case events.Status(controller=name, state=state, reason=reason):
                self.status[name], self.states[name], self.reasons[name] = event, state, reason
                if name == "arm":
                    self.usteps = event.usteps
                else:
                    self.magnet_on = bool(event.flags & messages.STATUS_MAGNET_ON)
            case events.MagnetState(on=on):
                self.magnet_on = on
            case events.StateChanged(controller=name, state=state, reason=reason):
                self.states[name], self.reasons[name] = state, reason
            case events.MotionDone(motion=number, result=result, usteps=usteps):
                self.usteps = usteps
                if number == self._number:
                    self._end = Outcome(End.STOPPED if result else End.FINISHED, result, usteps)
            case events.Lost(controller=name, why=why):
                self._lost[name] = why
                if self._number is not None:
                    self._end_lost(name, why)
            case events.Connected(controller=name):
                self._lost.pop(name, None)
