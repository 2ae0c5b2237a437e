"""What the link tells the game. Each event is one JSON line on the socket between them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

Usteps = tuple[int, int, int]


@dataclass(frozen=True)
class LinkEvent:
    """Base of all events. `controller` is "arm" or "hand", empty where it concerns both."""

    controller: str


@dataclass(frozen=True)
class Connected(LinkEvent):
    """A session with a controller is open."""


@dataclass(frozen=True)
class Ready(LinkEvent):
    """All sessions are open and all clocks agree: motions can run."""


@dataclass(frozen=True)
class Lost(LinkEvent):
    """A controller does not answer any more, or its port is gone."""

    why: str


@dataclass(frozen=True)
class Failed(LinkEvent):
    """The link cannot work; `sentence` says what to do. `error` is the class in `host.link.errors`."""

    error: str
    sentence: str


@dataclass(frozen=True)
class LeaseLost(LinkEvent):
    """The game did not renew its lease in motion, so the link stopped forwarding."""


@dataclass(frozen=True)
class StateChanged(LinkEvent):
    """A controller's safety state (safety.states) and the reason (safety.reasons, 0 none)."""

    state: int
    reason: int


@dataclass(frozen=True)
class Status(LinkEvent):
    """Where a controller stands; sent often in motion. Positions are usteps (shoulder, elbow, lift)."""

    state: int
    reason: int
    flags: int
    inputs: int
    usteps: Usteps
    encoders: tuple[int, int]
    motion: int
    queue_ms: int
    free_segments: int
    profile: int
    magnet_permille: int


@dataclass(frozen=True)
class Button(LinkEvent):
    """A person pressed a button (firmware.wire.messages BUTTON_…)."""

    button: int


@dataclass(frozen=True)
class Nose(LinkEvent):
    """The nose switch changed, at this lift position."""

    pressed: bool
    lift_usteps: int


@dataclass(frozen=True)
class MotionDone(LinkEvent):
    """A motion came to rest: at its end (result 0) or earlier (result is the reason)."""

    motion: int
    result: int
    usteps: Usteps


@dataclass(frozen=True)
class Homed(LinkEvent):
    """The limit switch of `axis` changed; step counters at that moment."""

    axis: int
    usteps: Usteps


@dataclass(frozen=True)
class Refused(LinkEvent):
    """A controller did not obey a message (firmware.wire.messages id); reason from safety.reasons."""

    message: int
    reason: int
    detail: int


@dataclass(frozen=True)
class MagnetState(LinkEvent):
    """The magnet was switched; reason 0 when the host asked for it."""

    on: bool
    reason: int


_CLASSES: dict[str, type[LinkEvent]] = {
    each.__name__: each
    for each in (
        Connected, Ready, Lost, Failed, LeaseLost, StateChanged, Status, Button, Nose, MotionDone, Homed,
        Refused, MagnetState,
    )
}  # fmt: skip


def to_line(event: LinkEvent) -> bytes:
    """One event as a JSON line."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}).encode() + b"\n"


def from_line(line: bytes) -> LinkEvent:
    """The event of a JSON line; raises ValueError for anything else."""
    try:
        fields = json.loads(line)
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fields.items()
            if name != "event"
        }
        return _CLASSES[fields["event"]](**values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an event of the link: {line[:80]!r}") from error
