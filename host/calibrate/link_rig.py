"""The calibration's robot behind the link: real controllers, whoever moves for them (see `Rig`).

Motions, homing and switchings go the way they go in a game, and the controllers judge each of them; feeling
with the nose is a search that they know and bound. Whatever stops the robot ends the step it was in: the arm
does not try again by itself, and the steps before are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from host.arm.choreography import MoveStep, Step, plan_park
from host.arm.joints import Usteps
from host.arm.motion import Motion
from host.arm.moves import feel, lower, raise_nose
from host.arm.robot import Robot
from host.calibrate.errors import MeasurementError
from host.game.motions import Motions
from host.game.pace import Pace
from host.game.place import Place
from host.game.requests import Led, Stopped
from host.game.watch import SafetyEvent, SafetyWatch
from host.link import events
from host.link.advice import advice
from host.link.client import LinkClient
from host.link.events import LinkEvent
from host.timebase import Timebase
from safety import reasons
from safety.axes import NOSE
from vision.reading import Frame

__all__ = ["PRESS_GO", "LinkRig"]

PRESS_GO = "I have looked at the board. Please press the go button when the arm may move."
_POLL_US = 250_000
_PATIENCE_US = 600_000_000
_SETTLE_US = 400_000
_STATUS_US = 1_000_000
_FEEL_M = 0.002
"""How far from where it is expected the nose may feel something."""


class LinkRig:
    """`client` must be started; `take` gives the picture of now; `told` hears what a person should know."""

    def __init__(
        self,
        robot: Robot,
        client: LinkClient,
        time: Timebase,
        take: Callable[[], Frame],
        told: Callable[[str], None],
    ) -> None:
        self.robot = robot
        self._client = client
        self._time = time
        self._take = take
        self._told = told
        self._watch = SafetyWatch(client, time)
        self._session = self._watch.session
        # Without a lookout the arm keeps to the speed it may have with a person near.
        pace = Pace(robot, client, time, self._watch, None)
        self._motions = Motions(robot, client, time, self._watch, pace, told)
        self._place = Place(robot, client, self._watch, self._motions)

    @property
    def stops(self) -> list[SafetyEvent]:
        """Every stop, hold and takeover so far."""
        return self._watch.safety_events

    # --- getting ready ----------------------------------------------------------------------------

    def connect(self, patience_us: int) -> None:
        """Wait for both controllers. Raises `LinkError` with one sentence when they do not come."""
        self._session.connect(patience_us)

    def get_ready(self, look: Callable[[], object]) -> None:
        """Go through a person's acts, with a `look` at the board before the arm may move; find the place.

        Raises `MeasurementError` when nobody comes, or the arm does not find its place.
        """
        until_us, before = self._time.now_us() + _PATIENCE_US, ""
        self._session.pause(_POLL_US)
        while (state := self._watch.state()) != "ready":
            if state != before:
                self._ask(state, look)
            if self._time.now_us() > until_us:
                raise MeasurementError("nobody pressed the go button; give the command again when you can")
            before = state
            self._session.pause(_POLL_US)
        self._motions.light(Led.MOVING)
        self._must(self._place.secure())
        self.park()

    def _ask(self, state: str, look: Callable[[], object]) -> None:
        if state == "safe":
            look()
            self._client.looked()
            self._motions.light(Led.PRESS_GO)
            self._session.pause(_POLL_US)  # the controllers must know of the look before the button
            self._told(PRESS_GO)
        elif state in {"stopped", "hold"}:
            self._motions.light(Led.STOPPED)
            self._told(" ".join(advice(self._watch.reason)))

    # --- what a rig does ----------------------------------------------------------------------------

    @property
    def usteps(self) -> Usteps:
        """Where the motors are counted to be."""
        return self._motions.position()

    def picture(self) -> Frame:
        """What the camera sees now."""
        return self._take()

    def encoders(self) -> tuple[int, int]:
        """What the joint encoders read in the next status. Raises `MeasurementError` when none comes."""
        heard: list[tuple[int, int]] = []

        def reads(event: LinkEvent) -> bool:
            if isinstance(event, events.Status) and event.controller == "arm":
                heard.append(event.encoders)
            return bool(heard)

        if not self._session.until(reads, _STATUS_US):
            raise MeasurementError("the arm controller has fallen silent; see that its cable is plugged in")
        return heard[0]

    def wait(self, us: int) -> None:
        """Let time pass."""
        self._session.pause(us)

    def settle(self) -> None:
        """Let the arm come to rest."""
        self._session.pause(_SETTLE_US)

    def move(self, motion: Motion) -> None:
        """Play one motion to its end. Raises `MeasurementError` when it was stopped."""
        self.run((MoveStep(motion),))

    def run(self, steps: Iterable[Step]) -> None:
        """Carry out the steps of a plan. Raises `MeasurementError` when one was stopped."""
        answer = self._motions.run(tuple(steps))
        self._must(answer if isinstance(answer, Stopped) else None)

    def feel(self, expected: float) -> float | None:
        """Lower the nose until its switch closes, at the lift height `expected` (m) or so; then raise it.

        The lift height (m) at which it closed, or None when it did not. The way down is a search that the
        controller knows: slow, of the lift alone, and over where the nose touches.
        """
        robot = self.robot
        self.move(lower(robot, self.usteps, expected + _FEEL_M, "down to the piece"))
        search = feel(robot, self.usteps, max(expected - _FEEL_M, robot.lift.low), "feeling")
        outcome, touched = self._session.home(NOSE, search)
        stop = self._motions.until_rest(outcome)
        missed = outcome.reason == reasons.SWITCH_DID_NOT_CHANGE
        self._must(None if missed else stop)
        self.move(raise_nose(robot, self.usteps, "up", holding=False))
        return None if touched is None else robot.joints(touched).lift

    def park(self) -> None:
        """Go to the park position."""
        self.run(plan_park(self.robot, self.usteps, holding=self._watch.magnet_on).put)

    def _must(self, stop: Stopped | None) -> None:
        if stop is None:
            return
        self._motions.light(Led.STOPPED)
        todo = " ".join(advice(self._watch.reason))
        if stop.holding:
            todo += " It keeps the piece: hold a hand under it and press the takeover button."
        raise MeasurementError(
            f"the arm was stopped ({stop.reason}). {todo} Then give the same command again: the steps that "
            "are done are kept"
        )
