"""One motion or switching after the other, each to its end: done, held and resumed, or stopped."""

from collections.abc import Callable

from host.arm.choreography import JournalStep, MagnetStep, MoveStep, Step
from host.arm.joints import Usteps
from host.arm.motion import Motion
from host.arm.moves import way
from host.arm.robot import Robot
from host.game.errors import GameError
from host.game.pace import Pace
from host.game.requests import Done, Led, Stopped
from host.game.watch import SafetyWatch
from host.link.advice import advice
from host.link.client import LinkClient
from host.link.session import End, Outcome
from host.timebase import Timebase
from safety import reasons

__all__ = ["POLL_US", "STATUS_US", "Motions"]

POLL_US = 50_000
STATUS_US = 250_000
"""Within this time every controller has sent its status anew."""
_ANSWER_US = 2_000_000


class Motions:
    """Has the link execute what was planned. `on_hold` is told what to say in a hold."""

    def __init__(
        self,
        robot: Robot,
        client: LinkClient,
        time: Timebase,
        watch: SafetyWatch,
        pace: Pace,
        on_hold: Callable[[str], None],
    ) -> None:
        self._robot = robot
        self._client = client
        self._time = time
        self._watch = watch
        self._session = watch.session
        self._pace = pace
        self._on_hold = on_hold
        self._led = 0
        self.released_us: int | None = None
        """When a piece was last let go by plan."""

    def light(self, pattern: int) -> None:
        """Set the LED pattern."""
        self._led = pattern
        self._client.led(pattern)

    def run(self, steps: tuple[Step, ...]) -> Done | Stopped:
        """Carry out the steps of a plan until they are done or one is stopped."""
        self._pace.begin()
        try:
            return self._run(steps)
        finally:
            self._pace.end()

    def _run(self, steps: tuple[Step, ...]) -> Done | Stopped:
        for step in steps:
            match step:
                case MoveStep(motion):
                    stop = self._move(motion)
                    if stop is not None:
                        return stop
                case MagnetStep(on, settle_s):
                    if not self._session.magnet(on):
                        return self.stopped(reasons.NOT_READY)
                    if not on:
                        self.released_us = self._time.now_us()
                    self._session.pause(round(settle_s * 1e6))
                    if self._watch.state() not in {"ready", "moving"}:
                        return self.stopped(self._watch.reason)
                case JournalStep():
                    pass  # the table writes the journal itself, between fetch and put
        return Done()

    def _move(self, motion: Motion) -> Stopped | None:
        here = self.position()
        if here != motion.start_usteps and motion.home_axis is None and motion.profile != "recovery":
            holding = self._watch.magnet_on
            for part in way(self._robot, here, motion.start_usteps, "back on the way", holding=holding):
                stop = self.execute(part)
                if stop is not None:
                    return stop
        return self.execute(self._pace.allowed(motion))

    def execute(self, motion: Motion) -> Stopped | None:
        """Run a motion to its end as it is; the stop, if there was one."""
        steps = self._watch.steps
        if steps is not None:
            steps.check.begins(motion)
        return self.until_rest(self._session.execute(motion), motion)

    def until_rest(self, outcome: Outcome, motion: Motion | None = None) -> Stopped | None:
        """Wait out holds, which a person's act resumes. `motion` is the one that comes to its end."""
        while outcome.end is End.HELD:
            led = self._led
            self.light(Led.PRESS_GO)
            self._on_hold(" ".join(advice(outcome.reason)))
            outcome = self._session.await_end()
            self.light(led)
        if outcome.end is End.STOPPED:
            return self.stopped(outcome.reason)
        if motion is not None and self._watch.steps is not None:
            self._watch.steps.check.finished(motion)
        return self._settled()

    def _settled(self) -> Stopped | None:
        """Both controllers are back at READY before the next thing is asked of them."""
        until_us = self._time.now_us() + _ANSWER_US
        while self._watch.state() == "moving" and self._time.now_us() < until_us:
            self._session.pause(POLL_US)
        return None if self._watch.state() == "ready" else self.stopped(self._watch.reason)

    def stopped(self, reason: int) -> Stopped:
        """What became of a motion that was stopped for `reason`, or for the one given last."""
        self._watch.reason = self._watch.named(reason) or self._watch.reason
        self._session.pause(STATUS_US)
        return Stopped(reasons.TEXTS.get(self._watch.reason, "unknown"), self._watch.magnet_on)

    def position(self) -> Usteps:
        """Where the arm stands. Raises `GameError` when it has never said so."""
        if self._session.usteps is None:
            raise GameError("The arm has not said where it is; check its cable and start again.")
        return self._session.usteps
