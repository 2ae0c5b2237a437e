"""What the controllers say about their state: heard event by event, and put into one word."""

from dataclasses import dataclass

from firmware.wire import messages
from host.game.step_watch import StepWatch
from host.link import events
from host.link.client import LinkClient
from host.link.events import LinkEvent
from host.link.session import LinkSession
from host.timebase import Timebase
from safety import reasons, states

__all__ = ["SafetyEvent", "SafetyWatch"]


@dataclass(frozen=True)
class SafetyEvent:
    """A stop, a hold or a takeover: when (us), which controller, which state, why."""

    at_us: int
    controller: str
    state: str
    reason: str

    def as_dict(self) -> dict[str, object]:
        """The event as JSON."""
        return {
            "at_us": self.at_us,
            "controller": self.controller,
            "state": self.state,
            "reason": self.reason,
        }


class SafetyWatch:
    """Opens the `session` with the controllers and hears every event of it.

    `steps` finds missed steps: the robot then stops, and its place counts as lost.
    """

    def __init__(self, client: LinkClient, time: Timebase, steps: StepWatch | None = None) -> None:
        self.session = LinkSession(client, time, self._hear)
        self.steps = steps
        self.safety_events: list[SafetyEvent] = []
        self.found = False
        """Whether the arm has found its place since power-on."""
        self.reason = reasons.NONE
        """Why the robot stopped last."""
        self.magnet_on = False
        self.lost: dict[str, int] = {}
        """Controllers that do not answer, and since when (us)."""
        self._client = client
        self._time = time

    def _hear(self, event: LinkEvent) -> None:
        """Hear every event of the link."""
        match event:
            case events.Status(controller="arm") if self.steps is not None:
                if self.steps.heard(event, self._time.now_us(), found=self.found):
                    self.found = False
                    self._client.stop()
            case events.StateChanged(controller=name, state=state, reason=reason):
                reason = self.named(reason)
                # Until it has found its place after power-on the arm may well stand outside its range.
                lost = state == states.RECOVERY and self.found
                if lost or state in {states.STOPPED, states.HOLD, states.TAKEOVER}:
                    text = reasons.TEXTS.get(reason, "none")
                    self.safety_events.append(
                        SafetyEvent(self._time.now_us(), name, states.NAMES[state], text)
                    )
                if state in {states.STOPPED, states.TAKEOVER} and reason != reasons.NONE:
                    self.reason = reason
            case events.MagnetState(on=on):
                self.magnet_on = on
            case events.Lost(controller=name):
                self.lost.setdefault(name, self._time.now_us())
            case events.Connected(controller=name):
                self.lost.pop(name, None)

    def named(self, reason: int) -> int:
        """`reason`, or why the host itself asked for a stop."""
        missed = self.steps is not None and self.steps.missed != (0, 0)
        return reasons.ENCODER if missed and reason == reasons.HOST_STOP else reason

    def state(self) -> str:
        """One word for both controllers, the most careful one."""
        now = self.session.states
        if any(each == states.TAKEOVER for each in now.values()):
            return "takeover"
        latched = [name for name, state in now.items() if state == states.SAFE and self._latched(name)]
        if latched or any(each == states.STOPPED for each in now.values()):
            return "stopped"
        if len(now) < 2 or any(each in {states.OFF, states.SELF_TEST, states.SAFE} for each in now.values()):
            return "safe"
        if any(each == states.HOLD for each in now.values()):
            return "hold"
        if any(each == states.MOVING for each in now.values()):
            return "moving"
        return "ready"

    def _latched(self, name: str) -> bool:
        status = self.session.status.get(name)
        return status is not None and bool(status.flags & messages.STATUS_LATCHED)

    def why(self) -> str:
        """Why the robot stopped last, in a few fixed words."""
        return reasons.TEXTS.get(self.reason, "unknown")
