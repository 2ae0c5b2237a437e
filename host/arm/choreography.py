"""From a move on the board to what the arm does, step by step.

A turn is a row of stages, each of which carries one piece: fetch (swing, lower onto the seen centre, magnet
on, rise) and put (swing, lower, magnet off, rise). The captured piece goes first; a neighbour that leaves too
small a free circle at the place of a piece is straightened before it. The nose takes a piece at its seen
centre, so the piece's centre comes to stand on the intersection.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from host.arm.aim import Aim
from host.arm.errors import PlanError
from host.arm.frames import Point, Seat, square_board, square_name, tray_slots_seat, turn_seat
from host.arm.joints import Usteps
from host.arm.kinematics import inverse_board
from host.arm.motion import Motion
from host.arm.moves import lower, raise_nose, swing, travel_usteps
from host.arm.robot import Robot

__all__ = [
    "CLEARANCE",
    "JournalStep",
    "MagnetStep",
    "MoveStep",
    "Scene",
    "Stage",
    "Step",
    "Task",
    "Why",
    "centres",
    "next_slot",
    "plan_correction",
    "plan_park",
    "plan_return_held",
    "plan_tasks",
    "plan_turn",
    "slot_board",
]

CLEARANCE = 0.001
"""A place is free when no other piece would come nearer than this to the piece put there (metres): its free
circle is 32 mm for a piece of 30 mm."""

Why = Literal["capture", "straighten", "move", "correct", "return", "stray", "park"]


@dataclass(frozen=True)
class Scene:
    """What stands where, as the camera saw it, and where the arm is.

    `pieces`: square -> real centre in the board frame, metres. `tray`: taken slots of the robot's tray.
    `position`: motor positions. `holding`: a piece hangs on the nose. `fast`: the camera has seen nobody.
    `aim`: what is known of how the arm departs from its drawing (None: nothing).
    """

    seat: Seat
    pieces: Mapping[int, Point]
    position: Usteps
    tray: frozenset[int] = frozenset()
    holding: bool = False
    fast: bool = False
    aim: Aim | None = None


@dataclass(frozen=True)
class MoveStep:
    """Run this motion to its end."""

    motion: Motion


@dataclass(frozen=True)
class MagnetStep:
    """Switch the magnet, then wait `settle_s` seconds."""

    on: bool
    settle_s: float


@dataclass(frozen=True)
class JournalStep:
    """Write down that a piece was lifted from or placed at a square or a slot of the robot's tray."""

    kind: Literal["lifted", "placed"]
    why: Why
    square: int | None
    slot: int | None = None


Step = MoveStep | MagnetStep | JournalStep


@dataclass(frozen=True)
class Stage:
    """One piece carried. `fetch` ends with the piece at travel height, `put` with the empty nose there.

    `source` is the square it stood at (None: it was on the nose already, or the stage only parks); `target`
    the square or `slot` the tray slot it goes to. `end` is where the arm stands afterwards.
    """

    why: Why
    source: int | None
    target: int | None
    slot: int | None
    fetch: tuple[Step, ...]
    put: tuple[Step, ...]
    end: Usteps

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in order."""
        return self.fetch + self.put

    @property
    def duration_s(self) -> float:
        """Planned time of motions and waits, seconds."""
        total = 0.0
        for step in self.steps:
            if isinstance(step, MoveStep):
                total += step.motion.duration_s
            elif isinstance(step, MagnetStep):
                total += step.settle_s
        return total


@dataclass(frozen=True)
class Task:
    """Carry the piece at `source` (None: the one on the nose) to `target` (None: the robot's tray)."""

    source: int | None
    target: int | None
    why: Why


def centres(
    robot: Robot, squares: Iterable[int], offsets: Mapping[int, tuple[float, float]]
) -> dict[int, Point]:
    """Centres of the pieces at `squares` (board frame, metres), each `offsets` away from its intersection."""
    result: dict[int, Point] = {}
    for square in squares:
        point = square_board(robot, square)
        dx, dy = offsets.get(square, (0.0, 0.0))
        result[square] = Point(point.x + dx, point.y + dy)
    return result


def slot_board(robot: Robot, slot: int, seat: Seat) -> Point:
    """Centre of a slot of the robot's tray in the board frame, metres."""
    return turn_seat(tray_slots_seat(robot, "right")[slot], seat)


def next_slot(robot: Robot, taken: frozenset[int]) -> int:
    """Return the first free slot of the robot's tray. Raises PlanError when it is full."""
    for slot in range(robot.tray.slots):
        if slot not in taken:
            return slot
    raise PlanError(f"All {robot.tray.slots} slots of the robot's tray are taken; one must be emptied.")


def plan_turn(robot: Robot, scene: Scene, move: tuple[int, int], capture: bool) -> list[Stage]:
    """Stages of a whole turn: neighbours in the way, the captured piece, the mover, park.

    `move` is (from, to) as square indices. Raises PlanError, ReachError, SafetyRefusalError.
    """
    source, target = move
    if capture != (target in scene.pieces) or source == target:
        seen = "a piece" if target in scene.pieces else "no piece"
        raise PlanError(f"The move goes to {square_name(target)}, where the scene has {seen}.")
    tasks = [Task(target, None, "capture")] if capture else []
    return plan_tasks(robot, scene, [*tasks, Task(source, target, "move")], park=True)


def plan_tasks(robot: Robot, scene: Scene, tasks: Iterable[Task], *, park: bool) -> list[Stage]:
    """Stages for `tasks` in order, with neighbours straightened where a place is too narrow.

    The second and later tasks start where the one before ended. Raises as `plan_turn`.
    """
    stages: list[Stage] = []
    for task in tasks:
        if task.target is not None and not scene.holding:
            for square in _neighbours_to_straighten(robot, scene, task):
                stage, scene = _carry(robot, scene, Task(square, square, "straighten"))
                stages.append(stage)
        stage, scene = _carry(robot, scene, task)
        stages.append(stage)
    if park:
        last = plan_park(robot, scene.position, holding=scene.holding, fast=scene.fast)
        if last.steps:
            stages.append(last)
    return stages


def plan_correction(robot: Robot, scene: Scene, from_xy: Point, to_square: int) -> list[Stage]:
    """Take a piece that stands beside its place, at `from_xy` (board frame), and put it right; then park."""
    if scene.holding:
        raise PlanError("The nose holds a piece; it must be put down before another is corrected.")
    pieces = {**scene.pieces, to_square: from_xy}
    return plan_tasks(
        robot, replace(scene, pieces=pieces), [Task(to_square, to_square, "correct")], park=True
    )


def plan_return_held(robot: Robot, scene: Scene, xy: Point) -> list[Stage]:
    """Put the piece on the nose down at `xy` (board frame); then park."""
    if not scene.holding:
        raise PlanError("The nose holds no piece that could be returned.")
    put, end = _put(robot, scene, xy, "held piece back")
    stages = [Stage("return", None, None, None, (), put, end)]
    last = plan_park(robot, end, fast=scene.fast)
    return [*stages, last] if last.steps else stages


def plan_park(robot: Robot, position: Usteps, *, holding: bool = False, fast: bool = False) -> Stage:
    """Raise the nose if it is low, and swing to the park position; without steps when already there."""
    steps: list[Step] = []
    position = _rise_if_low(robot, position, steps, holding=holding)
    park = robot.usteps(robot.park)
    if position != park:
        steps.append(MoveStep(swing(robot, position, park, "park", fast=fast, approach=True)))
    return Stage("park", None, None, None, (), tuple(steps), park)


def _neighbours_to_straighten(robot: Robot, scene: Scene, task: Task) -> list[int]:
    """Squares whose pieces leave too small a circle at the task's target, those in their own way first."""
    order: list[int] = []
    pending = {task.source, task.target}

    def visit(square: int, standing_aside: set[int]) -> None:
        place = square_board(robot, square)
        nearest = robot.piece.diameter + CLEARANCE
        for other, centre in sorted(scene.pieces.items()):
            if other in standing_aside or other in order or math.dist(centre, place) >= nearest:
                continue
            visit(other, {*standing_aside, other})
            if other not in order:
                order.append(other)

    if task.target is not None:
        visit(task.target, {square for square in pending if square is not None})
    return order


def _carry(robot: Robot, scene: Scene, task: Task) -> tuple[Stage, Scene]:
    """Plan one stage; return it with the scene after it."""
    pieces = dict(scene.pieces)
    fetch: tuple[Step, ...] = ()
    if task.source is None:
        if not scene.holding:
            raise PlanError("The nose holds no piece to put down.")
    else:
        if scene.holding:
            raise PlanError("The nose still holds a piece; it must be put down before another is fetched.")
        if task.source not in pieces:
            raise PlanError(f"No piece was seen at {square_name(task.source)}.")
        fetch, position = _fetch(robot, scene, pieces.pop(task.source), task)
        scene = replace(scene, pieces=pieces, position=position, holding=True)
    slot: int | None = None
    if task.target is None:
        free = next_slot(robot, scene.tray)
        slot, point, name = free, slot_board(robot, free, scene.seat), f"tray {free}"
        scene = replace(scene, tray=scene.tray | {free})
    else:
        if task.target in pieces:
            raise PlanError(f"A piece stands at {square_name(task.target)}, where another is to be put.")
        point, name = square_board(robot, task.target), square_name(task.target)
        pieces[task.target] = point
    put, end = _put(robot, scene, point, name)
    journal = JournalStep("placed", task.why, task.target, slot)
    stage = Stage(task.why, task.source, task.target, slot, fetch, (*put, journal), end)
    return stage, replace(scene, pieces=pieces, position=end, holding=False)


def _fetch(robot: Robot, scene: Scene, point: Point, task: Task) -> tuple[tuple[Step, ...], Usteps]:
    """Steps that take the piece standing at `point`, and where the arm is afterwards."""
    name = square_name(task.source) if task.source is not None else "piece"
    steps: list[Step] = []
    above = _go_above(robot, scene, point, steps, f"to {name}", holding=False)
    down = lower(robot, above, robot.touch_height, f"down to {name}")
    steps.append(MoveStep(down))
    steps.append(MagnetStep(True, robot.magnet.grip))
    steps.append(MoveStep(raise_nose(robot, down.end_usteps, f"up from {name}", holding=True)))
    steps.append(JournalStep("lifted", task.why, task.source))
    return tuple(steps), above


def _put(robot: Robot, scene: Scene, point: Point, name: str) -> tuple[tuple[Step, ...], Usteps]:
    """Steps that put the held piece down at `point`, and where the arm is afterwards."""
    steps: list[Step] = []
    above = _go_above(robot, scene, point, steps, f"carry to {name}", holding=True)
    down = lower(robot, above, robot.touch_height, f"down at {name}")
    steps.append(MoveStep(down))
    steps.append(MagnetStep(False, robot.magnet.release))
    steps.append(MoveStep(raise_nose(robot, down.end_usteps, f"up at {name}", holding=False)))
    return tuple(steps), above


def _go_above(
    robot: Robot, scene: Scene, point: Point, steps: list[Step], label: str, *, holding: bool
) -> Usteps:
    """Append the way from where the arm is to travel height above `point`; return that position."""
    position = _rise_if_low(robot, scene.position, steps, holding=holding)
    if scene.aim is None:
        joints = inverse_board(robot, point, robot.lift.travel, scene.seat)
    else:
        joints = scene.aim.joints(point, robot.lift.travel, scene.seat)
    shoulder, elbow, _ = robot.usteps(joints)
    above = (shoulder, elbow, travel_usteps(robot))
    if position != above:
        steps.append(MoveStep(swing(robot, position, above, label, fast=scene.fast, approach=True)))
    return above


def _rise_if_low(robot: Robot, position: Usteps, steps: list[Step], *, holding: bool) -> Usteps:
    if position[2] >= travel_usteps(robot):
        return position
    rise = raise_nose(robot, position, "up", holding=holding)
    steps.append(MoveStep(rise))
    return rise.end_usteps
