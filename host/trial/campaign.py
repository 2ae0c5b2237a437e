"""Many moves on the bench, each measured against the truth: how well the robot places.

A trial is one robot, drawn from its seed, that plays a random game against a person's hand: it looks, plans
and carries as in a game (`host.game`), with the same camera, reading, memory of what was agreed on,
measuring and learning, and the report compares with the twin's truth. Nothing of the truth goes back into
what the robot does.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, cast

from engine import Move, Position
from host.arm.aim import Aim
from host.arm.choreography import Scene, Stage, Task, centres, plan_tasks
from host.arm.errors import ArmError
from host.arm.frames import Seat, square_board
from host.calibrate.use import Calibrated
from host.game.eyes import CameraEyes
from host.game.own_move import neighbours
from host.game.practice import Practice
from host.game.requests import Offsets
from host.trial.bench import Bench
from host.trial.doubts import shows
from host.twin.world import World
from vision.guard import Guard, Unchanged
from vision.reading import Frame, Reading, fen_order_to_board
from vision.set_up import shows_set_up

__all__ = ["Reader", "RobotMove", "play_trial"]

MOST_PLIES = 80
REST_US = 500_000
_LOOKS = 3
_BETWEEN_LOOKS_US = 200_000
_CYCLE_USTEPS = 4


class Reader(Protocol):
    """What reads the pictures and remembers: a `vision.observer.Observer`."""

    def look(self, frame: Frame) -> Reading:
        """Read one frame."""

    def confirm(self, position: Position, frame_hash: str) -> None:
        """The look at the frame of this hash shows `position`."""


@dataclass
class RobotMove:
    """One move of the robot and what came of it; lengths in millimetres.

    `placings_mm`: distance of each placed centre from its intersection, half a second after release.
    `neighbour_mm`: how far any other piece on the board moved meanwhile. `missed_steps`: cycles of four full
    steps that a motor lost, by the truth; `noticed`: the encoders told. `doubts`: points away from the move
    that a look could not tell; `asked`: pieces that it could not tell either, so that the person was asked to
    put them right.
    `fault`: what went wrong in words.
    """

    seed: int
    ply: int
    move: str
    seat: str
    placings_mm: list[float] = field(default_factory=list)
    neighbour_mm: float = 0.0
    missed_steps: int = 0
    noticed: bool = False
    seen_off_mm: float | None = None
    seconds: float = 0.0
    doubts: int = 0
    asked: int = 0
    fault: str = ""


def play_trial(
    world: World, seed: int, seat: Seat, reader: Reader, found: Calibrated | None = None
) -> Iterator[RobotMove]:
    """Play one random game on `world`, yielding each move of the robot as it is done.

    `found` is what the robot knows of itself beforehand (default: its drawing).
    """
    found = found or Calibrated(world.robot)
    bench = Bench(world, found.robot, found.curves)
    bench.power_on()
    yield from _Trial(bench, seed, seat, reader, found.aim or Aim(world.robot)).play()


class _Trial:
    def __init__(self, bench: Bench, seed: int, seat: Seat, reader: Reader, aim: Aim) -> None:
        self.bench = bench
        self.world = bench.world
        self.robot = bench.robot
        self.seed = seed
        self.seat = seat
        self.practice = Practice(bench.robot, seat, aim)
        self.eyes = CameraEyes(
            bench.picture, reader, bench.robot, _nobody_asks, self.practice.measured, reader.confirm
        )
        self.position = Position.start()
        self.dice = random.Random(seed)
        self.tray = 0
        self.ply = 0

    def play(self) -> Iterator[RobotMove]:
        self._set_up()
        while self.ply < MOST_PLIES and (moves := self.position.legal_moves()):
            move = self.dice.choice(moves)
            if self.position.side == self.seat:
                if self.tray >= self.robot.tray.slots:
                    return
                done = self._robot_move(move)
                yield done
                if done.fault:
                    return
            else:
                self._person_move(move)
            self.position = self.position.after(move)
            self.ply += 1

    def _set_up(self) -> None:
        """Look at the board before anybody moves, as a game does: what it shows is remembered."""
        for _ in range(_LOOKS):
            reading = self.eyes.look()
            if shows_set_up(reading, self.position):
                self.eyes.agree(self.position, reading.frame_hash)
            self.bench.wait(_BETWEEN_LOOKS_US)

    def _person_move(self, move: Move) -> None:
        capture = self.position.piece_at(move.to_square) != "."
        self.world.hand.begin_move(move.from_square, move.to_square, capture)
        self.bench.settle(12_000_000)

    # --- the robot's move -------------------------------------------------------------------------

    def _robot_move(self, move: Move) -> RobotMove:
        done = RobotMove(self.seed, self.ply, move.uci(), self.seat)
        began = self.bench.now_us()
        before, found = self._cycles(), len(self.bench.missed)
        source, target = move.from_square, move.to_square
        board = self.position.board
        if not self._look_for(self.position, done):
            done.fault = "the board was not read as it stands"
            return done
        capture = board[target] != "."
        wanted = {source, *([target] if capture else [])}
        wanted |= {square for square in neighbours(target) if board[square].isalpha()}
        offsets = self.eyes.measure(tuple(sorted(wanted)))
        tasks = ([Task(target, None, "capture")] if capture else []) + [Task(source, target, "move")]
        try:
            stages = plan_tasks(self.robot, self._scene(board, offsets), tasks, park=True)
        except ArmError as error:
            done.fault = str(error)
            return done
        for stage in stages:
            self._carry(stage, done)
        self.tray += capture
        asked_before = done.asked
        if not self._look_for(self.position.after(move), done):
            done.fault = "the board does not show the move"
        elif done.asked == asked_before:  # else a hand has touched what was put down: nothing is learned
            placed = [stage for stage in stages if stage.target is not None]
            self._learn(placed, done)
        done.missed_steps = sum(abs(a - b) for a, b in zip(self._cycles(), before, strict=True))
        done.noticed = len(self.bench.missed) > found
        if done.noticed:
            self.bench.find_again()
        done.seconds = round((self.bench.now_us() - began) / 1e6, 2)
        return done

    def _scene(self, board: str, offsets: Offsets) -> Scene:
        standing = [square for square in range(90) if board[square].isalpha()]
        return Scene(
            self.seat,
            centres(self.robot, standing, offsets),
            self.bench.usteps,
            frozenset(range(self.tray)),
            aim=self.practice.aim,
        )

    def _carry(self, stage: Stage, done: RobotMove) -> None:
        before = self._centres()
        self.bench.run(stage.fetch)
        carried = self.world.truth()["holding"]
        self.bench.run(stage.put)
        if not stage.fetch:
            return
        self.bench.wait(REST_US)
        after = self._centres()
        moved = [math.dist(before[key], after[key]) for key in before if key != carried and key in after]
        done.neighbour_mm = round(max(done.neighbour_mm, 1e3 * max(moved, default=0.0)), 3)
        if stage.target is not None and carried in after:
            place = square_board(self.robot, stage.target)
            done.placings_mm.append(round(1e3 * math.dist(after[carried], place), 3))

    def _learn(self, placed: list[Stage], done: RobotMove) -> None:
        """Measure what was put down, and learn from how far it is off."""
        for stage in placed:
            self.practice.put_down(stage)
        squares = tuple(cast(int, stage.target) for stage in placed)
        offsets = self.eyes.measure(squares)
        off = [math.hypot(*offsets[square]) for square in squares if square in offsets]
        done.seen_off_mm = round(1e3 * max(off), 3) if off else None

    def _look_for(self, position: Position, done: RobotMove) -> bool:
        """Whether the camera shows `position`, with what a person put right on the way."""
        seen = shows(position.board, lambda board: self._differing(board, position), self._put_right)
        done.doubts += seen.doubts
        done.asked += seen.asked
        return seen.shown

    def _put_right(self, label: str, square: int) -> None:
        self.world.hand.begin_fix(label, square)
        self.bench.settle(12_000_000)

    def _differing(self, board: str, position: Position) -> dict[int, str]:
        """What a look shows where it does not show `board`; the last of a few looks that differ.

        As in `host.game.sight`: when nothing speaks against `position` that is agreed on, and the next look
        knows it.
        """
        guard = Guard(position, None)
        differ: dict[int, str] = {}
        for _ in range(_LOOKS):
            reading = self.eyes.look()
            if isinstance(guard.offer(reading, self.bench.now_us()), Unchanged):
                self.eyes.agree(position, reading.frame_hash)
            seen = fen_order_to_board(reading.labels)
            differ = {square: seen[square] for square in range(90) if seen[square] != board[square]}
            if all(label == "?" and board[square] == "." for square, label in differ.items()):
                break
            self.bench.wait(_BETWEEN_LOOKS_US)
        return differ

    # --- the truth, for the report alone ------------------------------------------------------------

    def _centres(self) -> dict[int, tuple[float, float]]:
        """Centres of the pieces on the board by their number, board frame, metres."""
        return {
            piece["id"]: (piece["x_m"], piece["y_m"])
            for piece in self.world.truth()["pieces"]
            if piece["where"] == "board"
        }

    def _cycles(self) -> list[int]:
        lag = self.world.truth()["arm"]["lag_usteps"]
        axes = (self.robot.shoulder, self.robot.elbow)
        return [
            round(lag[axis] / (_CYCLE_USTEPS * joint.microsteps)) for axis, joint in enumerate(axes)
        ]


def _nobody_asks(reading: Reading, size: tuple[int, int]) -> None:
    """On the bench nobody else wants to know what was seen."""
    del reading, size
