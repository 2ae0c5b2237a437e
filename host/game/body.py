"""Arm, magnet, lights and buttons behind the link, as the table sees them."""

from collections.abc import Callable
from typing import Literal

from host.arm.aim import Aim
from host.arm.choreography import Scene, Stage, Task, centres, plan_park, plan_tasks, slot_board
from host.arm.encoder_curve import EncoderCurve
from host.arm.errors import ArmError
from host.arm.frames import Point, square_board
from host.arm.robot import Robot
from host.game.errors import GameError
from host.game.lookout import Lookout
from host.game.motions import POLL_US, Motions
from host.game.pace import Pace, Sent
from host.game.place import Place
from host.game.practice import Practice
from host.game.requests import Carry, Done, Errand, Heard, Offsets, Plan, Stopped
from host.game.step_watch import StepWatch
from host.game.watch import SafetyEvent, SafetyWatch
from host.link.client import LinkClient
from host.timebase import Timebase
from vision.reading import Reading

__all__ = ["ArmBody"]

_GONE_US = 5_000_000


class ArmBody:
    """`client` must be started; `seat` is the robot's colour. `on_hold` is told what to say in a hold.

    Without a `lookout` the arm keeps to the speed it may have with a person near. `aim` and `curves` are what
    a calibration found of arm and joint encoders; without them the arm begins with its drawing, and measures
    its encoders when it has found its place.
    """

    def __init__(
        self,
        robot: Robot,
        client: LinkClient,
        time: Timebase,
        seat: Literal["red", "black"],
        on_hold: Callable[[str], None],
        lookout: Lookout | None = None,
        aim: Aim | None = None,
        curves: tuple[EncoderCurve, EncoderCurve] | None = None,
    ) -> None:
        self._robot = robot
        self._client = client
        self._time = time
        self._seat = seat
        # A gantry's drums turn more than once over its travel: their encoders check nothing so fine.
        steps = None if robot.geometry.gantry else StepWatch(robot, curves)
        self._watch = SafetyWatch(client, time, steps)
        self._session = self._watch.session
        self._lookout = lookout
        self._pace = Pace(robot, client, time, self._watch, lookout)
        self._motions = Motions(robot, client, time, self._watch, self._pace, on_hold)
        self._place = Place(robot, client, self._watch, self._motions)
        self._plans: list[Stage] = []
        self._practice = Practice(robot, seat, aim)

    @property
    def safety_events(self) -> list[SafetyEvent]:
        """Every stop, hold and takeover so far."""
        return self._watch.safety_events

    @property
    def released_us(self) -> int | None:
        """When a piece was last let go by plan."""
        return self._motions.released_us

    @property
    def sent(self) -> list[Sent]:
        """Every motion of a plan so far, as it was asked for and as it was really sent."""
        return self._pace.sent

    def connect(self, patience_us: int) -> None:
        """Wait for both controllers. Raises `LinkError` with one sentence when they do not come."""
        self._session.connect(patience_us)

    def plan(self, request: Plan) -> tuple[Carry, ...]:
        """See `requests.Plan`."""
        squares = [square for square in range(90) if request.seen[square].isalpha()]
        scene = Scene(
            self._seat,
            centres(self._robot, squares, request.offsets),
            self._motions.position(),
            frozenset(range(request.slot)),
            holding=request.errands[0].source is None,
            fast=self._lookout is not None,
            aim=self._practice.aim,
        )
        self._practice.forget()
        why = {
            "capture": "capture",
            "move": "move",
            "straighten": "correct",
            "stray": "stray",
            "aside": "return",
        }
        tasks = [Task(errand.source, errand.target, why[errand.why]) for errand in request.errands]  # type: ignore[arg-type]
        try:
            stages = plan_tasks(self._robot, scene, tasks, park=False)
        except ArmError:
            return ()  # out of reach, or no way to do it: the table asks a person
        self._plans = stages
        if self._lookout is not None:
            self._lookout.explain(self._places(scene, stages))
        named = iter(request.errands)
        carries = []
        for key, stage in enumerate(stages):
            if stage.why == "straighten" and stage.source is not None:
                errand = Errand(request.seen[stage.source], stage.source, stage.target, "straighten")
            else:
                errand = next(named)
            carries.append(Carry(errand, key))
        return tuple(carries)

    def _places(self, scene: Scene, stages: list[Stage]) -> list[Point]:
        """Where the robot itself is going to change something."""
        places = []
        for stage in stages:
            if stage.source is not None:
                places.append(square_board(self._robot, stage.source))
            if stage.target is not None:
                places.append(square_board(self._robot, stage.target))
            if stage.slot is not None:
                places.append(slot_board(self._robot, stage.slot, scene.seat))
        return places

    def fetch(self, carry: Carry) -> Done | Stopped:
        """See `requests.Fetch`."""
        return self._motions.run(self._plans[carry.key].fetch)

    def put_down(self, carry: Carry) -> Done | Stopped:
        """See `requests.PutDown`."""
        stage = self._plans[carry.key]
        answer = self._motions.run(stage.put)
        if isinstance(answer, Done):
            self._practice.put_down(stage)
        return answer

    def park(self) -> Done | Stopped:
        """See `requests.Park`; the first time, and whenever the position was lost, it is found first."""
        stop = self._place.secure()
        if stop is not None:
            return stop
        here, holding = self._motions.position(), self._watch.magnet_on
        fast = self._lookout is not None
        return self._motions.run(plan_park(self._robot, here, holding=holding, fast=fast).put)

    def light(self, pattern: int) -> None:
        """See `requests.Light`."""
        self._motions.light(pattern)

    def looked(self, reading: Reading, size: tuple[int, int]) -> None:
        """The board was read from a picture of `size` (width, height).

        The controllers ask for that before they get ready, and the lookout compares with it.
        """
        self._client.looked()
        if self._lookout is not None:
            self._lookout.looked(reading, size, self._pace.joints())

    def measured(self, squares: tuple[int, ...], offsets: Offsets) -> None:
        """The pieces at `squares` were measured by the camera (see `requests.Measure`)."""
        self._practice.measured(squares, offsets)

    def listen(self, seconds: float) -> Heard:
        """See `requests.Listen`."""
        until_us = self._time.now_us() + round(seconds * 1e6)
        before = self._watch.state()
        for name, since_us in self._watch.lost.items():
            if self._time.now_us() - since_us > _GONE_US:
                raise GameError(
                    f"The {name} controller does not answer any more; the arm stands still and the game is "
                    "in its journal. Check the controller's cable and go on with --resume."
                )
        while self._time.now_us() < until_us and self._watch.state() == before:
            self._session.pause(min(POLL_US, until_us - self._time.now_us()))
        state = self._watch.state()
        return Heard(state, self._watch.why(), self._watch.magnet_on, self._time.now_us())
