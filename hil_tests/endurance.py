"""Motion after motion through the real link and the real firmware, with motors that follow at once.

The host's own `LinkCore` streams planned motions to an arm controller that runs under MicroPython in lock
step (`VirtualBoard`); its FIFO words play out against exact times. What is counted is what must never be:
words that came late (underruns), stops and holds, steps that are not the planned ones. The plant is light,
so that ten thousand motions take an hour, not a week. Its frames are 4 ms, about what a loop of a Pico takes
at its slowest, while steps are handed out at most 15 ms ahead.

Results stand in files, one for each hundred motions, so that a series can be broken off and gone on with.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from firmware.board import lockstep as pins
from firmware.wire import messages
from hil_tests.devices.virtual import VirtualBoard
from host.arm.frames import square_board
from host.arm.joints import Usteps
from host.arm.kinematics import inverse_board
from host.arm.motion import Motion
from host.arm.moves import lower, raise_nose, swing, travel_usteps
from host.arm.robot import Robot
from host.link import events
from host.link.core import LinkCore
from host.link.events import LinkEvent
from safety import states

__all__ = ["PART", "EnduranceError", "Part", "Total", "random_motions", "run_endurance", "run_part"]

PART = 100
_FRAME_US = 4_000
_RENEW_US = 28_000
_READY_US = 6_000_000
_PRESS_US = 120_000
_MOST_MOTION_US = 60_000_000
_NAME = "part-{number:05d}.json"

Seat = Literal["red", "black"]


class EnduranceError(Exception):
    """A series cannot go on: the folder holds something else, or the controller did not get ready."""


@dataclass(frozen=True)
class Part:
    """A hundred motions. `seconds`: of the controller's time; `steps`: planned; `wrong_steps`: motions that
    did not end on their planned step; `stops`: stops and holds; `bytes_to_arm`: on the wire.
    """

    number: int
    seat: Seat
    motions: int
    seconds: float
    steps: int
    underruns: int
    stops: int
    wrong_steps: int
    bytes_to_arm: int


@dataclass(frozen=True)
class Total:
    """The sum of all parts."""

    motions: int
    hours: float
    steps: int
    underruns: int
    stops: int
    wrong_steps: int
    bytes_per_s: float

    @property
    def holds(self) -> bool:
        """Whether nothing came late, nothing stopped and every step was made."""
        return self.motions > 0 and not (self.underruns or self.stops or self.wrong_steps)


def random_motions(robot: Robot, seat: Seat, dice: random.Random, start: Usteps) -> Iterator[Motion]:
    """What the arm does in a game, without end: a swing over a random point, down and up, and so on."""
    here = start
    while True:
        point = square_board(robot, dice.randrange(90))
        shoulder, elbow, _ = robot.usteps(inverse_board(robot, point, robot.lift.travel, seat))
        there = (shoulder, elbow, travel_usteps(robot))
        if there[:2] == here[:2]:
            continue
        first = swing(robot, here, there, "swing", fast=dice.random() < 0.7, approach=True)
        down = lower(robot, there, robot.touch_height, "down")
        yield from (first, down, raise_nose(robot, down.end_usteps, "up", holding=dice.random() < 0.5))
        here = there


class _Arm:
    """One controller on its link."""

    def __init__(self, robot: Robot, folder: Path, seed: int) -> None:
        self.board = VirtualBoard(folder, "arm", robot)
        self.board.frame_us = _FRAME_US
        nonces = random.Random(seed)
        self._core = LinkCore(robot.limits.hash(), ("arm",), lambda: nonces.getrandbits(32))
        self._renewed_us = 0
        self.bytes_to_arm = 0
        self.stops = 0

    def say(self, **message: Any) -> None:
        self._core.on_game(json.dumps(message).encode(), self.board.now_us())

    def frame(self) -> list[LinkEvent]:
        """One frame of board and link; what the link tells the game."""
        board, core = self.board, self._core
        board.advance_us(_FRAME_US)
        now_us = board.now_us()
        board.edges.clear()
        if now_us - self._renewed_us >= _RENEW_US:
            self._renewed_us = now_us
            self.say(do="renew")
        core.on_bytes("arm", board.read(), now_us)
        for data in core.poll(now_us).values():
            self.bytes_to_arm += len(data)
            board.write(data)
        return core.take_events()

    def until(self, wanted: Callable[[LinkEvent], bool], most_us: int, what: str) -> LinkEvent:
        """The first event that is `wanted`. Raises `EnduranceError` when it does not come."""
        end_us = self.board.now_us() + most_us
        while self.board.now_us() < end_us:
            for event in self.frame():
                if isinstance(event, events.StateChanged) and event.state in {states.STOPPED, states.HOLD}:
                    self.stops += 1
                if wanted(event):
                    return event
        raise EnduranceError(f"the controller did not get so far: {what}")

    def get_ready(self) -> None:
        """A session, a look, a go, and the position."""
        self.until(lambda event: isinstance(event, events.Ready), _READY_US, "a session")
        self.say(do="looked")
        self._pause(_PRESS_US)
        self.board.inputs |= pins.IN_BUTTON_GO
        self._pause(_PRESS_US)
        self.board.inputs &= ~pins.IN_BUTTON_GO
        self.until(_is_ready, _READY_US, "READY")
        self.say(do="position", usteps=self.board.position)
        self.until(_knows_its_place, _READY_US, "its position")

    def _pause(self, duration_us: int) -> None:
        until_us = self.board.now_us() + duration_us
        while self.board.now_us() < until_us:
            self.frame()


def _is_ready(event: LinkEvent) -> bool:
    return isinstance(event, events.Status) and event.state == states.READY


def _knows_its_place(event: LinkEvent) -> bool:
    return isinstance(event, events.Status) and bool(event.flags & messages.STATUS_POSITION_KNOWN)


def run_part(robot: Robot, number: int, seed: int, motions: int = PART) -> Part:
    """Power a controller on and let it make `motions` random motions. Raises `EnduranceError`."""
    seat: Seat = "red" if number % 2 else "black"
    with tempfile.TemporaryDirectory() as folder:
        arm = _Arm(robot, Path(folder), seed)
        try:
            arm.get_ready()
            began_us, bytes_before = arm.board.now_us(), arm.bytes_to_arm
            board = arm.board
            start: Usteps = (board.position[0], board.position[1], board.position[2])
            planned = random_motions(robot, seat, random.Random(f"{seed} {number}"), start)
            wrong = steps = 0
            for index in range(1, motions + 1):
                motion = next(planned)
                steps += sum(abs(segment.count[axis]) for segment in motion.segments for axis in range(3))
                wrong += not _play(arm, index, motion)
            seconds = (board.now_us() - began_us) / 1e6
            sent = arm.bytes_to_arm - bytes_before
            return Part(
                number, seat, motions, seconds, steps, board.pio.underruns, arm.stops, wrong, sent
            )
        finally:
            arm.board.close()


def _play(arm: _Arm, number: int, motion: Motion) -> bool:
    """Run one motion; whether controller and motors ended on its last step."""
    profile = messages.PROFILE_FAST if motion.profile == "fast" else messages.PROFILE_NORMAL
    segments = [segment.axes() for segment in motion.segments]
    arm.say(do="run", motion=number, profile=profile, home_axis=None, segments=segments)
    done = arm.until(
        lambda event: isinstance(event, events.MotionDone) and event.motion == number,
        _MOST_MOTION_US,
        f"the end of motion {number}",
    )
    arm.until(_is_ready, _READY_US, "READY after a motion")
    ended = isinstance(done, events.MotionDone) and not done.result and done.usteps == motion.end_usteps
    return ended and tuple(arm.board.position) == motion.end_usteps


def run_endurance(robot: Robot, motions: int, seed: int, out: Path, told: Callable[[str], None]) -> Total:
    """Run parts until there are `motions` motions; those in `out` already count. Raises `EnduranceError`."""
    out.mkdir(parents=True, exist_ok=True)
    parts: list[Part] = []
    for number in range(-(-motions // PART)):
        path = out / _NAME.format(number=number)
        if path.exists():
            parts.append(_read(path))
        else:
            part = run_part(robot, number, seed, min(PART, motions - number * PART))
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(asdict(part)) + "\n", encoding="utf-8")
            fresh.replace(path)
            parts.append(part)
        total = _sum(parts)
        told(f"{total.motions} of {motions} motions: {total.underruns} underruns, {total.stops} stops")
    return _sum(parts)


def _read(path: Path) -> Part:
    try:
        return Part(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise EnduranceError(f"{path} is no part of a series; delete it") from error


def _sum(parts: list[Part]) -> Total:
    seconds = sum(part.seconds for part in parts)
    return Total(
        motions=sum(part.motions for part in parts),
        hours=round(seconds / 3600, 3),
        steps=sum(part.steps for part in parts),
        underruns=sum(part.underruns for part in parts),
        stops=sum(part.stops for part in parts),
        wrong_steps=sum(part.wrong_steps for part in parts),
        bytes_per_s=round(sum(part.bytes_to_arm for part in parts) / seconds, 1),
    )
