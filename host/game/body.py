"""Arm, magnet, lights and buttons behind the link, as the table sees them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from firmware.wire import messages
from host.arm.choreography import (
    JournalStep,
    MagnetStep,
    MoveStep,
    Scene,
    Stage,
    Step,
    Task,
    centres,
    plan_park,
    plan_tasks,
)
from host.arm.errors import ArmError
from host.arm.homing import AXES, joints_from_encoders, plan_homing, plan_recovery, position_after_homing
from host.arm.joints import Joints, Usteps
from host.arm.motion import Motion
from host.arm.moves import swing, way
from host.arm.robot import Robot
from host.game.errors import GameError
from host.game.requests import Carry, Done, Errand, Heard, Led, Plan, Stopped
from host.link import events
from host.link.advice import advice
from host.link.client import LinkClient
from host.link.events import LinkEvent
from host.link.session import End, LinkSession, Outcome
from host.timebase import Timebase
from safety import reasons, states

__all__ = ["ArmBody", "SafetyEvent"]

_ANSWER_US = 2_000_000
_STATUS_US = 250_000
_POLL_US = 50_000
_GONE_US = 5_000_000
_MOST_SEARCHES = 3
_CREEPS = 3
_ALL_SWITCHES = 0b111
_BEFORE_PARK = math.radians(5.0)


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


@dataclass
class ArmBody:
    """`client` must be started; `seat` is the robot's colour. `on_hold` is told what to say in a hold."""

    robot: Robot
    client: LinkClient
    time: Timebase
    seat: Literal["red", "black"]
    on_hold: Callable[[str], None] = lambda _: None
    safety_events: list[SafetyEvent] = field(default_factory=list)
    released_us: int | None = None
    """When a piece was last let go by plan."""

    def __post_init__(self) -> None:
        self.session = LinkSession(self.client, self.time, self._watch)
        self._plans: list[Stage] = []
        self._found = False
        self._searches = 0
        self._lost: dict[str, int] = {}
        self._led = 0
        self._magnet_on = False
        self._reason = reasons.NONE

    def connect(self, patience_us: int) -> None:
        """Wait for both controllers. Raises `LinkError` with one sentence when they do not come."""
        self.session.connect(patience_us)

    def _watch(self, event: LinkEvent) -> None:
        """Hear every event of the link."""
        match event:
            case events.StateChanged(controller=name, state=state, reason=reason):
                # Until it has found its place after power-on the arm may well stand outside its range.
                lost = state == states.RECOVERY and self._found
                if lost or state in {states.STOPPED, states.HOLD, states.TAKEOVER}:
                    text = reasons.TEXTS.get(reason, "none")
                    self.safety_events.append(
                        SafetyEvent(self.time.now_us(), name, states.NAMES[state], text)
                    )
                if state in {states.STOPPED, states.TAKEOVER} and reason != reasons.NONE:
                    self._reason = reason
            case events.MagnetState(on=on):
                self._magnet_on = on
            case events.Lost(controller=name):
                self._lost.setdefault(name, self.time.now_us())
            case events.Connected(controller=name):
                self._lost.pop(name, None)

    # --- planning -----------------------------------------------------------------------------------

    def plan(self, request: Plan) -> tuple[Carry, ...]:
        """See `requests.Plan`."""
        squares = [square for square in range(90) if request.seen[square].isalpha()]
        scene = Scene(
            self.seat,
            centres(self.robot, squares, request.offsets),
            self._position(),
            frozenset(range(request.slot)),
            holding=request.errands[0].source is None,
        )
        why = {
            "capture": "capture",
            "move": "move",
            "straighten": "correct",
            "stray": "stray",
            "aside": "return",
        }
        tasks = [Task(errand.source, errand.target, why[errand.why]) for errand in request.errands]  # type: ignore[arg-type]
        try:
            stages = plan_tasks(self.robot, scene, tasks, park=False)
        except ArmError:
            return ()  # out of reach, or no way to do it: the table asks a person
        self._plans = stages
        named = iter(request.errands)
        carries = []
        for key, stage in enumerate(stages):
            if stage.why == "straighten" and stage.source is not None:
                errand = Errand(request.seen[stage.source], stage.source, stage.target, "straighten")
            else:
                errand = next(named)
            carries.append(Carry(errand, key))
        return tuple(carries)

    # --- moving -------------------------------------------------------------------------------------

    def fetch(self, carry: Carry) -> Done | Stopped:
        """See `requests.Fetch`."""
        return self._run(self._plans[carry.key].fetch)

    def put_down(self, carry: Carry) -> Done | Stopped:
        """See `requests.PutDown`."""
        return self._run(self._plans[carry.key].put)

    def park(self) -> Done | Stopped:
        """See `requests.Park`; the first time, and whenever the position was lost, it is found first."""
        if not self._knows_its_place():
            stop = self._find_place()
            if stop is not None:
                self._searches += 1
                if self._searches == _MOST_SEARCHES:
                    raise GameError(
                        f"The arm did not find its place ({stop.reason}); make sure that it can move "
                        "freely and go on with --resume."
                    )
                return stop
            self._searches = 0
        return self._run(plan_park(self.robot, self._position(), holding=self._magnet_on).put)

    def light(self, pattern: int) -> None:
        """See `requests.Light`."""
        self._led = pattern
        self.client.led(pattern)

    def looked(self) -> None:
        """The board was looked at; the controllers ask for that before they get ready."""
        self.client.looked()

    def listen(self, seconds: float) -> Heard:
        """See `requests.Listen`."""
        until_us = self.time.now_us() + round(seconds * 1e6)
        before = self._state()
        for name, since_us in self._lost.items():
            if self.time.now_us() - since_us > _GONE_US:
                raise GameError(
                    f"The {name} controller does not answer any more; the arm stands still and the game is "
                    "in its journal. Check the controller's cable and go on with --resume."
                )
        while self.time.now_us() < until_us and self._state() == before:
            self.session.pause(min(_POLL_US, until_us - self.time.now_us()))
        state = self._state()
        return Heard(state, self._why(), self._magnet_on, self.time.now_us())

    def _run(self, steps: tuple[Step, ...]) -> Done | Stopped:
        for step in steps:
            match step:
                case MoveStep(motion):
                    stop = self._move(motion)
                    if stop is not None:
                        return stop
                case MagnetStep(on, settle_s):
                    if not self.session.magnet(on):
                        return self._stopped(reasons.NOT_READY)
                    if not on:
                        self.released_us = self.time.now_us()
                    self.session.pause(round(settle_s * 1e6))
                    if self._state() not in {"ready", "moving"}:
                        return self._stopped(self._reason)
                case JournalStep():
                    pass  # the table writes the journal itself, between fetch and put
        return Done()

    def _move(self, motion: Motion) -> Stopped | None:
        here = self._position()
        if here != motion.start_usteps and motion.home_axis is None and motion.profile != "recovery":
            back = way(self.robot, here, motion.start_usteps, "back on the way", holding=self._magnet_on)
            for part in back:
                stop = self._until_rest(self.session.execute(part))
                if stop is not None:
                    return stop
        return self._until_rest(self.session.execute(motion))

    def _until_rest(self, outcome: Outcome) -> Stopped | None:
        """Wait out holds, which a person's act resumes."""
        while outcome.end is End.HELD:
            led = self._led
            self.light(Led.PRESS_GO)
            self.on_hold(" ".join(advice(outcome.reason)))
            outcome = self.session.await_end()
            self.light(led)
        if outcome.end is End.STOPPED:
            return self._stopped(outcome.reason)
        return self._settled()

    def _settled(self) -> Stopped | None:
        """Both controllers are back at READY before the next thing is asked of them."""
        until_us = self.time.now_us() + _ANSWER_US
        while self._state() == "moving" and self.time.now_us() < until_us:
            self.session.pause(_POLL_US)
        return None if self._state() == "ready" else self._stopped(self._reason)

    def _stopped(self, reason: int) -> Stopped:
        self._reason = reason or self._reason
        self.session.pause(_STATUS_US)
        return Stopped(reasons.TEXTS.get(self._reason, "unknown"), self._magnet_on)

    # --- finding its place --------------------------------------------------------------------------

    def _knows_its_place(self) -> bool:
        status = self.session.status.get("arm")
        known = status is not None and bool(status.flags & messages.STATUS_POSITION_KNOWN)
        return known and self._found

    def _find_place(self) -> Stopped | None:
        """Creep to the park position by the encoders, then find the edge of each limit switch."""
        self._found = False
        lift: float | None = None  # the spring has it at the top
        for _ in range(_CREEPS):
            self.session.pause(_STATUS_US)
            rough = joints_from_encoders(self.robot, self.session.status["arm"].encoders, lift)
            stop = self._set_position(self.robot.usteps(rough)) or self._creep_to_park(rough)
            if stop is not None:
                return stop
            self.session.pause(_STATUS_US)
            if self.session.status["arm"].inputs & _ALL_SWITCHES == _ALL_SWITCHES:
                break
            # An encoder is bent by a degree or two, differently here than there: read it again, here.
            lift = self.robot.park.lift
        edges = [0, 0, 0]
        for axis in range(len(AXES)):
            off, back = plan_homing(self.robot, axis, self._position())
            outcome, _ = self.session.home(axis, off)
            stop = self._until_rest(outcome)
            if stop is not None:
                return stop
            # A switch opens a little later than it closes: where it closes is what the robot file gives.
            outcome, edge = self.session.home(axis, back)
            stop = self._until_rest(outcome)
            if stop is not None:
                return stop
            if edge is None:
                return self._stopped(reasons.SWITCH_DID_NOT_CHANGE)
            edges[axis] = edge[axis]
        counters = self._position()
        true = position_after_homing(self.robot, counters, (edges[0], edges[1], edges[2]))
        stop = self._set_position(true) or self._creep_to_park(self.robot.joints(true))
        self._found = stop is None
        return stop

    def _creep_to_park(self, joints: Joints) -> Stopped | None:
        """Go to the park position: at full speed to a few degrees before it, if that is known well enough."""
        near = self._before_park()
        far = max(abs(joints.shoulder - near.shoulder), abs(joints.elbow - near.elbow))
        if self.robot.in_range(joints) and far > _BEFORE_PARK:
            start = self._position()
            there = swing(self.robot, start, self.robot.usteps(near), "to the park position")
            stop = self._until_rest(self.session.execute(there))
            if stop is not None:
                return stop
            joints = self.robot.joints(self._position())
        for motion in plan_recovery(self.robot, joints):
            stop = self._until_rest(self.session.execute(motion))
            if stop is not None:
                return stop
        return None

    def _before_park(self) -> Joints:
        """A few degrees inside the park position: more than the encoders are off."""
        park = self.robot.park
        towards = math.copysign(_BEFORE_PARK, self.robot.shoulder.low - park.shoulder)
        inwards = math.copysign(_BEFORE_PARK, self.robot.elbow.high - park.elbow)
        return Joints(park.shoulder + towards, park.elbow + inwards, park.lift)

    def _set_position(self, usteps: Usteps) -> Stopped | None:
        self.client.set_position(usteps)

        def accepted(event: LinkEvent) -> bool:
            return isinstance(event, events.Status) and event.controller == "arm" and event.usteps == usteps

        return None if self.session.until(accepted, _ANSWER_US) else self._stopped(reasons.ENCODERS_DISAGREE)

    # --- states -------------------------------------------------------------------------------------

    def _position(self) -> Usteps:
        if self.session.usteps is None:
            raise GameError("The arm has not said where it is; check its cable and start again.")
        return self.session.usteps

    def _state(self) -> str:
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

    def _why(self) -> str:
        return reasons.TEXTS.get(self._reason, "unknown")
