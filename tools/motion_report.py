"""Measures the arm's motions: move time against its bound, planning, step conversion, load of the link.

Turns are drawn at random on a board with two pieces and planned exactly as in a game, for either seat.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from host.arm.choreography import MagnetStep, MoveStep, Scene, Stage, plan_turn
from host.arm.frames import SQUARES, Seat, square_board
from host.arm.joints import Usteps
from host.arm.motion import Motion
from host.arm.robot import DEFAULT_FILE, Robot, load
from host.arm.steps import to_segments
from host.arm.trajectory import plan_line
from tools.move_bound import ArmData, Kind, load_arm_data, shortest_time
from tools.path_bound import path_excess

__all__ = [
    "SEATS",
    "MoveTimes",
    "Paths",
    "Upkeep",
    "draw_turns",
    "measure_move_times",
    "measure_paths",
    "measure_upkeep",
    "motions_of",
]

SEATS: tuple[Seat, Seat] = ("red", "black")
_REPEATS = 3
_APPROACH: Kind = "approach"


@dataclass(frozen=True)
class MoveTimes:
    """Whole moves of one seat at one speed: `ratio` is planned time over the bound's, median and worst move.

    `seconds` is the planned time of the median move, waits for the magnet included.
    """

    seat: str
    speed_mm_s: float
    moves: int
    seconds: float
    ratio: float
    worst_ratio: float


@dataclass(frozen=True)
class Paths:
    """Swings of one seat: length over that of the shortest path found, median and worst."""

    seat: str
    swings: int
    excess: float
    worst_excess: float


@dataclass(frozen=True)
class Upkeep:
    """What planning costs: medians over moves. `conversion` is computing time over motion time."""

    planning_ms: float
    conversion: float


def draw_turns(robot: Robot, seat: Seat, count: int, seed: int, *, fast: bool) -> Iterator[list[Stage]]:
    """Plans of `count` turns from park to park, every third a capture; pieces stand a little off."""
    rng = random.Random(seed)
    for number in range(count):
        squares = rng.sample(range(SQUARES), 2)
        capture = number % 3 == 2
        pieces = {}
        for square in squares if capture else squares[:1]:
            point = square_board(robot, square)
            pieces[square] = point._replace(
                x=point.x + rng.uniform(-0.003, 0.003), y=point.y + rng.uniform(-0.003, 0.003)
            )
        scene = Scene(seat, pieces, robot.usteps(robot.park), fast=fast)
        yield plan_turn(robot, scene, (squares[0], squares[1]), capture)


def motions_of(stages: Sequence[Stage]) -> Iterator[tuple[Motion, Kind]]:
    """The motions of a turn with the approach rule each falls under."""
    holding = False
    for stage in stages:
        for step in stage.steps:
            if isinstance(step, MagnetStep):
                holding = step.on
            elif isinstance(step, MoveStep):
                yield step.motion, _kind(step.motion, holding=holding)


def _kind(motion: Motion, *, holding: bool) -> Kind:
    if motion.start_usteps[:2] != motion.end_usteps[:2]:
        return "fast swing" if motion.profile == "fast" else "swing"
    if motion.end_usteps[2] < motion.start_usteps[2]:
        return "lower"
    return "rise holding" if holding else "rise"


def measure_move_times(path: Path | None, count: int, seed: int) -> list[MoveTimes]:
    """Plan `count` turns for each seat and speed, and compare each with its bound."""
    robot, data = load(path), load_arm_data(path or DEFAULT_FILE)
    known: dict[tuple[object, ...], float] = {}
    times = []
    for seat in SEATS:
        for fast in (False, True):
            seconds, ratios = [], []
            for stages in draw_turns(robot, seat, count, seed, fast=fast):
                planned = bound = 0.0
                for motion, kind in motions_of(stages):
                    planned += motion.duration_s
                    bound += _bound(robot, data, motion, kind, known)
                seconds.append(sum(stage.duration_s for stage in stages))
                ratios.append(planned / bound)
            speed = robot.plan.fastest_point_cleared if fast else robot.plan.fastest_point
            median_s, median = statistics.median(seconds), statistics.median(ratios)
            times.append(MoveTimes(seat, speed * 1e3, count, median_s, median, max(ratios)))
    return times


def _bound(
    robot: Robot, data: ArmData, motion: Motion, kind: Kind, known: dict[tuple[object, ...], float]
) -> float:
    """The bound of one motion; that of strokes depends on their heights alone and is remembered."""
    total = 0.0
    for number, (first, last) in enumerate(_legs(motion)):
        rule = kind if number == 0 else _APPROACH
        start, end = robot.joints(first), robot.joints(last)
        key = (rule, start[2:], end[2:]) if first[:2] == last[:2] else (rule, start, end)
        if key not in known:
            known[key] = shortest_time(data, start, end, rule)
        total += known[key]
    return total


def _legs(motion: Motion) -> list[tuple[Usteps, Usteps]]:
    """The stretches of a motion from rest to rest."""
    if motion.via is None:
        return [(motion.start_usteps, motion.end_usteps)]
    return [(motion.start_usteps, motion.via), (motion.via, motion.end_usteps)]


def measure_paths(path: Path | None, count: int, seed: int) -> list[Paths]:
    """Compare the carries of `count` turns of each seat with the shortest paths between their ends."""
    robot, data = load(path), load_arm_data(path or DEFAULT_FILE)
    rows = []
    for seat in SEATS:
        excesses = [
            path_excess(data, robot.joints(motion.start_usteps), robot.joints(motion.end_usteps))
            for stages in draw_turns(robot, seat, count, seed, fast=True)
            for motion, kind in motions_of(stages)
            if kind == "fast swing"
        ]
        rows.append(Paths(seat, len(excesses), statistics.median(excesses), max(excesses)))
    return rows


def measure_upkeep(robot: Robot, count: int, seed: int) -> Upkeep:
    """Time the planner: path and profile of whole turns, and steps made of them. The best of three runs."""
    planning, conversion = [], []
    for stages in draw_turns(robot, "red", count, seed, fast=True):
        asked = [
            (first, last, robot.plan.fastest_point_cleared * 0.9)
            for motion, _ in motions_of(stages)
            for first, last in _legs(motion)
        ]
        best_plan = best_steps = float("inf")
        moving = sum(motion.duration_s for motion, _ in motions_of(stages))
        for _ in range(_REPEATS):
            began = time.perf_counter()
            lines = [plan_line(robot, start, end, speed, robot.plan.lowering) for start, end, speed in asked]
            planned = time.perf_counter()
            for line in lines:
                to_segments(line)
            best_plan = min(best_plan, planned - began)
            best_steps = min(best_steps, time.perf_counter() - planned)
        planning.append(best_plan * 1e3)
        conversion.append(best_steps / moving)
    return Upkeep(statistics.median(planning), statistics.median(conversion))
