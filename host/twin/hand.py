"""A person's hand: reaches in from the far side, lifts a piece, carries it and puts it down as people do.

The hand and what it holds move on given paths; a piece let go is left to the physics. Where a piece
lands is drawn from the noise file, but never with its centre closer than 30.5 mm to another one.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from host.arm.frames import Point, square_board, square_name, tray_slots_seat, turn_seat
from host.twin.errors import PlacementError
from host.twin.noise import bounded_normal, bounded_offset

if TYPE_CHECKING:
    from host.twin.world import World

__all__ = ["Hand"]

LEAST_DISTANCE_M = 0.0305
"""Between the centres of two pieces that people set down."""

_HOME = (0.06, 0.52, 0.16)
_CARRY_M = 0.045
_TRIES = 300
# Shares of the time of an act; a capture adds the time of a second carry.
_REACH, _LOWER, _LIFT, _CARRY, _RELEASE, _RETREAT = 0.27, 0.08, 0.08, 0.22, 0.08, 0.27


@dataclass
class _Leg:
    """One stretch of the path: where to, in how long, and what the fingers do at its end."""

    seconds: float
    x: float
    y: float
    z: float
    grip: int | None = None
    release: bool = False
    turn: float = 0.0


class Hand:
    """The hand of the person opposite the robot. Squares are 0-89 of the board frame."""

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        self.holding: int | None = None
        """The piece between the fingers, by its number."""
        self._world = world
        self._rng = rng
        self._legs: list[_Leg] = []
        self._start = _HOME
        self._elapsed = 0.0
        self._yaw = 0.0
        self._place(_HOME)

    @property
    def busy(self) -> bool:
        """Whether the hand is over the table."""
        return bool(self._legs)

    def begin_move(self, from_square: int, to_square: int, capture: bool) -> None:
        """Play a move: a captured piece goes to the person's tray first.

        Raises `PlacementError` when there is nothing to lift, or the hand is busy.
        """
        self._must_be_free()
        mover = self._must_find(from_square)
        carries = []
        if capture:
            taken = self._must_find(to_square)
            carries.append((taken, self._free_slot()))
        gone = {piece for piece, _ in carries} | {mover}
        carries.append((mover, self._landing(to_square, gone)))
        self._plan(carries)

    def begin_wave(self, square: int) -> None:
        """Reach in over a square, touch nothing and go away again. Raises `PlacementError` when busy."""
        self._must_be_free()
        person, target = self._world.noise.person, self._crossing(square)
        act = float(self._rng.uniform(person.move_min_s, person.move_max_s))
        self._begin([_Leg(act / 2, target.x, target.y, _CARRY_M), _Leg(act / 2, *_HOME)])

    def begin_fix(self, piece_label: str, square: int) -> None:
        """Put a piece with that label on a square, as the robot asked; one that lies loose is taken first.

        Another piece that stands there goes to the person's tray. Raises `PlacementError` as `begin_move`.
        """
        self._must_be_free()
        mover = self._loose(piece_label, square)
        other = self.piece_on(square)
        carries = [] if other is None or other == mover else [(other, self._free_slot())]
        carries.append((mover, self._landing(square, {piece for piece, _ in carries} | {mover})))
        self._plan(carries)

    def begin_clear(self, piece: int) -> None:
        """Take a piece, by its number, to the person's tray. Raises `PlacementError` when busy or full."""
        self._must_be_free()
        self._plan([(piece, self._free_slot())])

    def piece_on(self, square: int) -> int | None:
        """The piece whose centre is nearest to a square and within half a cell of it, by its number."""
        target = self._crossing(square)
        distances = [math.dist(self._world.piece_seat(piece.index), target) for piece in self._world.pieces]
        best = int(np.argmin(distances))
        return best if distances[best] < self._world.robot.board.pitch / 2 else None

    def step(self, step_s: float) -> None:
        """Move on by one physics step; called by the world while busy."""
        leg = self._legs[0]
        self._elapsed += step_s
        share = min(1.0, self._elapsed / leg.seconds)
        smooth = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
        at = tuple(a + (b - a) * smooth for a, b in zip(self._start, (leg.x, leg.y, leg.z), strict=True))
        self._place(at)
        if self.holding is not None:
            self._carry(self.holding, at, self._yaw + leg.turn * smooth)
        if share >= 1.0:
            self._yaw += leg.turn
            self._end_leg(leg, at)

    def _end_leg(self, leg: _Leg, at: tuple[float, ...]) -> None:
        self._legs.pop(0)
        self._start, self._elapsed = (at[0], at[1], at[2]), 0.0
        if leg.release:
            self.holding = None
        if leg.grip is not None:
            self.holding = leg.grip
            address = self._world.at.piece_qpos[leg.grip]
            w, x, y, z = self._world.data.qpos[address + 3 : address + 7]
            self._yaw = math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))

    def _place(self, at: tuple[float, ...]) -> None:
        self._world.data.mocap_pos[self._world.at.hand_mocap] = at

    def _carry(self, index: int, at: tuple[float, ...], yaw: float) -> None:
        data, piece = self._world.data, self._world.pieces[index]
        address, dof = self._world.at.piece_qpos[index], self._world.at.piece_dof[index]
        height = at[2] + piece.height_m / 2 + 1e-5
        data.qpos[address : address + 7] = (
            at[0],
            at[1],
            height,
            math.cos(yaw / 2),
            0.0,
            0.0,
            math.sin(yaw / 2),
        )
        data.qvel[dof : dof + 6] = 0.0

    def _plan(self, carries: list[tuple[int, Point]]) -> None:
        person = self._world.noise.person
        act = float(self._rng.uniform(person.move_min_s, person.move_max_s))
        legs = []
        for number, (piece, target) in enumerate(carries):
            x, y = self._world.piece_seat(piece)
            floor = max(0.0, float(self._world.data.qpos[self._world.at.piece_qpos[piece] + 2]) - 0.008)
            turn = bounded_normal(self._rng, math.radians(self._world.noise.setup.yaw_sigma_deg), math.pi / 2)
            legs += [
                _Leg(act * (_CARRY if number else _REACH), x, y, _CARRY_M),
                _Leg(act * _LOWER, x, y, floor, grip=piece),
                _Leg(act * _LIFT, x, y, _CARRY_M),
                _Leg(act * _CARRY, target.x, target.y, _CARRY_M, turn=turn),
                _Leg(act * _RELEASE, target.x, target.y, self._floor(piece, target), release=True),
                _Leg(act * _LIFT, target.x, target.y, _CARRY_M),
            ]
        legs.append(_Leg(act * _RETREAT, *_HOME))
        self._begin(legs)

    def _floor(self, piece: int, point: Point) -> float:
        """How high a piece stands there, metres."""
        world = self._world
        return world.surface.highest_within(point.x, point.y, world.pieces[piece].diameter_m / 2)

    def _begin(self, legs: list[_Leg]) -> None:
        self._legs = legs
        self._start, self._elapsed = _HOME, 0.0

    def _must_be_free(self) -> None:
        if self.busy:
            raise PlacementError("the hand is still busy with the last act; begin when `busy` is False")

    def _must_find(self, square: int) -> int:
        found = self.piece_on(square)
        if found is None:
            raise PlacementError(f"no piece stands on {square_name(square)}; a square with a piece is needed")
        return found

    def _crossing(self, square: int) -> Point:
        return turn_seat(square_board(self._world.robot, square), self._world.robot_plays)

    def _loose(self, label: str, square: int) -> int:
        """The piece to put on `square`: one of that label beside it, else a loose one, else the nearest."""
        world, pitch = self._world, self._world.robot.board.pitch
        target = self._crossing(square)
        found: list[tuple[bool, float, int]] = []
        for piece in world.pieces:
            if piece.label != label:
                continue
            here = world.piece_seat(piece.index)
            away = math.dist(here, target)
            file, rank = here.x / pitch + 4.0, here.y / pitch + 4.5
            crossing = Point(round(file) - file, round(rank) - rank)
            off = not (-0.5 < file < 8.5 and -0.5 < rank < 9.5) or math.hypot(*crossing) > 0.35
            found.append((not (off or away < 0.75 * pitch), away, piece.index))
        if not found:
            raise PlacementError(f"no piece is called {label!r}; one of KABNRCPkabnrcp would be right")
        return min(found)[2]

    def _distance(self, point: Point, without: set[int]) -> float:
        """Distance from `point` to the nearest centre of the other pieces."""
        world = self._world
        return min(
            math.dist(world.piece_seat(p.index), point) for p in world.pieces if p.index not in without
        )

    def _landing(self, square: int, without: set[int]) -> Point:
        """Where a person puts a piece who aims at `square`: a little off, and clear of the neighbours."""
        person, target = self._world.noise.person, self._crossing(square)
        best, best_distance = target, self._distance(target, without)
        for _ in range(_TRIES):
            dx, dy = bounded_offset(self._rng, person.place_sigma_mm * 1e-3, person.place_max_mm * 1e-3)
            point = Point(target.x + dx, target.y + dy)
            distance = self._distance(point, without)
            if distance >= LEAST_DISTANCE_M:
                return point
            if distance > best_distance:
                best, best_distance = point, distance
        return best

    def _free_slot(self) -> Point:
        for slot in tray_slots_seat(self._world.laid_out, "left"):
            if self._distance(slot, set()) >= self._world.robot.piece.diameter:
                dx, dy = bounded_offset(self._rng, 0.0008, 0.002)
                return Point(slot.x + dx, slot.y + dy)
        raise PlacementError(
            "the person's tray is full; at least one free slot is needed for a captured piece"
        )

    def state(self) -> dict[str, Any]:
        """What `set_state` needs; JSON-able."""
        return {
            "legs": [asdict(leg) for leg in self._legs],
            "holding": self.holding,
            "start": list(self._start),
            "elapsed": self._elapsed,
            "yaw": self._yaw,
            "random": self._rng.bit_generator.state,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state given by `state`."""
        self._legs = [_Leg(**leg) for leg in state["legs"]]
        self.holding = state["holding"]
        x, y, z = (float(value) for value in state["start"])
        self._start, self._elapsed, self._yaw = (x, y, z), float(state["elapsed"]), float(state["yaw"])
        self._rng.bit_generator.state = state["random"]
