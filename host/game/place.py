"""Finding the arm's place after power-on: roughly by its encoders, then exactly by its limit switches."""

import math

from firmware.wire import messages
from host.arm.choreography import MoveStep, plan_park
from host.arm.errors import CurveError
from host.arm.homing import AXES, joints_from_encoders, plan_homing, plan_recovery, position_after_homing
from host.arm.joints import Joints, Usteps
from host.arm.moves import swing
from host.arm.robot import Robot
from host.arm.step_check import Sample, curves_of_sweep, mean_sample, plan_sweep
from host.game.errors import GameError
from host.game.motions import STATUS_US, Motions
from host.game.requests import Stopped
from host.game.step_watch import StepWatch
from host.game.watch import SafetyWatch
from host.link import events
from host.link.client import LinkClient
from host.link.events import LinkEvent
from safety import reasons

__all__ = ["Place"]

_ANSWER_US = 2_000_000
_MOST_SEARCHES = 3
_CREEPS = 3
_SWEEP_SAMPLES = 3
_ALL_SWITCHES = 0b111
_BEFORE_PARK = math.radians(5.0)


class Place:
    """Finds and remembers where the arm is."""

    def __init__(self, robot: Robot, client: LinkClient, watch: SafetyWatch, motions: Motions) -> None:
        self._robot = robot
        self._client = client
        self._watch = watch
        self._session = watch.session
        self._motions = motions
        self._searches = 0

    def secure(self) -> Stopped | None:
        """Find the place if it is not known; the stop, if that was stopped.

        Raises `GameError` when it was not found several times in a row.
        """
        if self._is_known():
            return None
        stop = self._find()
        if stop is None:
            self._searches = 0
            return None
        self._searches += 1
        if self._searches == _MOST_SEARCHES:
            raise GameError(
                f"The arm did not find its place ({stop.reason}); make sure that it can move "
                "freely and go on with --resume."
            )
        return stop

    def _is_known(self) -> bool:
        status = self._session.status.get("arm")
        known = status is not None and bool(status.flags & messages.STATUS_POSITION_KNOWN)
        return known and self._watch.found

    def _find(self) -> Stopped | None:
        """Creep to the park position by the encoders, then find the edge of each limit switch."""
        self._watch.found = False
        if self._watch.steps is not None:
            self._watch.steps.searches()
        lift: float | None = None  # the spring has it at the top
        for _ in range(_CREEPS):
            self._session.pause(STATUS_US)
            rough = joints_from_encoders(self._robot, self._session.status["arm"].encoders, lift)
            stop = self._set_position(self._robot.usteps(rough)) or self._creep_to_park(rough)
            if stop is not None:
                return stop
            self._session.pause(STATUS_US)
            if self._session.status["arm"].inputs & _ALL_SWITCHES == _ALL_SWITCHES:
                break
            # An encoder is bent by a degree or two, differently here than there: read it again, here.
            lift = self._robot.park.lift
        edges = [0, 0, 0]
        for axis in range(len(AXES)):
            off, back = plan_homing(self._robot, axis, self._motions.position())
            outcome, _ = self._session.home(axis, off)
            stop = self._motions.until_rest(outcome)
            if stop is not None:
                return stop
            # A switch opens a little later than it closes: where it closes is what the robot file gives.
            outcome, edge = self._session.home(axis, back)
            stop = self._motions.until_rest(outcome)
            if stop is not None:
                return stop
            if edge is None:
                return self._motions.stopped(reasons.SWITCH_DID_NOT_CHANGE)
            edges[axis] = edge[axis]
        counters = self._motions.position()
        true = position_after_homing(self._robot, counters, (edges[0], edges[1], edges[2]))
        stop = self._set_position(true) or self._creep_to_park(self._robot.joints(true))
        if stop is None:
            stop = self._measure_encoders()
        self._watch.found = stop is None
        return stop

    def _measure_encoders(self) -> Stopped | None:
        """Measure how the joint encoders bend against the motors, if nobody knows yet.

        What is known is believed only while it fits here, where the switches have just said where the arm is:
        a magnet may have been moved since it was measured.
        """
        steps = self._watch.steps
        if steps is None:
            return None
        if steps.check.curves is not None:
            here = self._motions.position()
            sample = self._rest_at(steps, here)
            if sample is None:
                return self._motions.stopped(reasons.NOT_AT_REST)
            if steps.check.missed(*sample) == (0, 0):
                return None
        samples: list[Sample] = []
        for motion in plan_sweep(self._robot, self._motions.position()):
            answer = self._motions.run((MoveStep(motion),))
            if isinstance(answer, Stopped):
                return answer
            sample = self._rest_at(steps, motion.end_usteps)
            if sample is None:
                return self._motions.stopped(reasons.NOT_AT_REST)
            samples.append(sample)
        try:
            steps.check.curves = curves_of_sweep(self._robot, samples)
        except CurveError as error:
            raise GameError(
                f"The arm cannot trust its joint sensors: {error}; then go on with --resume."
            ) from error
        here, holding = self._motions.position(), self._watch.magnet_on
        park = plan_park(self._robot, here, holding=holding)
        answer = self._motions.run(park.put)
        return answer if isinstance(answer, Stopped) else None

    def _creep_to_park(self, joints: Joints) -> Stopped | None:
        """Go to the park position: at full speed to a few degrees before it, if that is known well enough."""
        near = self._before_park()
        far = max(abs(joints.shoulder - near.shoulder), abs(joints.elbow - near.elbow))
        if self._robot.in_range(joints) and far > _BEFORE_PARK:
            start = self._motions.position()
            there = swing(self._robot, start, self._robot.usteps(near), "to the park position")
            stop = self._motions.execute(there)
            if stop is not None:
                return stop
            joints = self._robot.joints(self._motions.position())
        for motion in plan_recovery(self._robot, joints):
            stop = self._motions.execute(motion)
            if stop is not None:
                return stop
        return None

    def _before_park(self) -> Joints:
        """A few degrees inside the park position: more than the encoders are off."""
        park = self._robot.park
        towards = math.copysign(_BEFORE_PARK, self._robot.shoulder.low - park.shoulder)
        inwards = math.copysign(_BEFORE_PARK, self._robot.elbow.high - park.elbow)
        return Joints(park.shoulder + towards, park.elbow + inwards, park.lift)

    def _set_position(self, usteps: Usteps) -> Stopped | None:
        self._client.set_position(usteps)

        def accepted(event: LinkEvent) -> bool:
            return isinstance(event, events.Status) and event.controller == "arm" and event.usteps == usteps

        if self._session.until(accepted, _ANSWER_US):
            return None
        return self._motions.stopped(reasons.ENCODERS_DISAGREE)

    def _rest_at(self, steps: StepWatch, place: Usteps) -> Sample | None:
        """What the encoders read on average at `place`, where the arm has just come to rest."""
        samples: list[Sample] = []

        def read(_: LinkEvent) -> bool:
            sample = steps.sample
            if sample is not None and sample[0] == place and (not samples or samples[-1] is not sample):
                samples.append(sample)
            return len(samples) == _SWEEP_SAMPLES

        return mean_sample(samples) if self._session.until(read, _ANSWER_US) else None
