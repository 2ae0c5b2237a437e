"""The robot's hand at the table: one motion at a time, and a person's acts that end a stop.

Requests and answers only, as in `host.game.table`.
"""

from dataclasses import dataclass
from typing import cast

from host.game import words
from host.game.requests import (
    Done,
    Fetch,
    Heard,
    Led,
    Light,
    Listen,
    Look,
    Message,
    Park,
    PutDown,
    Say,
    Steps,
    Stopped,
    Write,
)
from host.game.state import Standing
from vision.reading import Reading

__all__ = ["PATIENCE_S", "Hand", "Held"]

PATIENCE_S = 1.0
"""Between two looks while a person was asked for something."""


@dataclass(frozen=True)
class Held:
    """The piece on the nose and the square it came from."""

    piece: str
    source: int | None


class Hand:
    """`standing` is what the journal says; `held` the piece on the nose.

    `last` is an accepted look at the resting board that was not yet acted upon; whatever moves or stops
    the hand makes it worthless. `now_us` is the time of the last listening.
    """

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.held: Held | None = None
        self.last: Reading | None = None
        self.now_us = 0

    def did(self, motion: Fetch | PutDown | Park, carrying: Held | None) -> Steps[bool]:
        """Run one motion; after a stop, go through the acts that end it, park, and answer False."""
        answer = yield motion
        if isinstance(answer, Done):
            return True
        stop = cast(Stopped, answer)
        self.held = (carrying or self.held) if stop.holding else None
        yield from self.after_stop(stop.reason)
        return False

    def after_stop(self, reason: str) -> Steps[None]:
        """Write the stop down, go through the acts that end it, and park."""
        held = self.held.piece if self.held else ""
        yield Write("fault", {"ply": self.standing.ply, "reason": reason, "held": held})
        heard = cast(Heard, (yield Listen(0.0)))
        yield from self.acts(heard)
        yield from self.park()

    def park(self) -> Steps[None]:
        """Leave the camera's view."""
        yield Light(Led.MOVING)
        answer = yield Park()
        if isinstance(answer, Stopped):
            if not answer.holding:
                self.held = None
            yield from self.after_stop(answer.reason)

    def acts(self, heard: Heard) -> Steps[None]:
        """Wait through a person's acknowledgement, a look, and `go`, until the controllers are ready."""
        asked = ""
        while heard.state != "ready":
            if heard.state == "safe" and asked != "safe":
                yield Look()
                yield Light(Led.PRESS_GO)
                yield Say(Message(words.PRESS_GO, ask="go"))
            elif heard.state in {"stopped", "hold"} and asked != heard.state:
                yield Light(Led.STOPPED)
                yield Say(Message(words.stopped(heard.reason, self.held is not None), ask="ack"))
            asked = heard.state
            heard = cast(Heard, (yield Listen(PATIENCE_S)))
            if not heard.holding:
                self.held = None
        self.last = None

    def listen(self, seconds: float) -> Steps[Heard]:
        """Wait; when something stopped the robot meanwhile, go through the acts that end it first."""
        heard = cast(Heard, (yield Listen(seconds)))
        if heard.state != "ready":
            yield from self.after_stop(heard.reason or heard.state)
            heard = cast(Heard, (yield Listen(0.0)))
        self.now_us = heard.now_us
        return heard
