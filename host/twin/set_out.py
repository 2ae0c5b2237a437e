"""How a world begins: every piece laid where people would lay it, the arm as it was left."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from host.arm.frames import square_board, tray_slots_seat, turn_seat
from host.twin.model import follow_ties
from host.twin.noise import bounded_normal, bounded_offset
from host.twin.pieces import assign

if TYPE_CHECKING:
    from host.twin.world import World

__all__ = ["lay_pieces", "leave_parked"]


def lay_pieces(world: World, placement: str, rng: np.random.Generator) -> None:
    """Lay the pieces of `placement` (FEN placement field) near their squares, the others into the trays.

    Raises `PlacementError`.
    """
    placed = assign(placement, world.pieces)
    setup = world.noise.setup
    for square, index in placed.items():
        dx, dy = bounded_offset(rng, setup.place_sigma_mm * 1e-3, setup.place_max_mm * 1e-3)
        point = turn_seat(square_board(world.robot, square), world.robot_plays)
        _put(world, index, point.x + dx, point.y + dy, rng)
    mine = world.robot_plays == "red"
    slots = {
        True: iter(tray_slots_seat(world.laid_out, "left")),
        False: iter(tray_slots_seat(world.laid_out, "right")),
    }
    for piece in world.pieces:
        if piece.index not in placed.values():
            # What each side has taken lies in that side's tray.
            slot = next(slots[piece.is_red == mine])
            _put(world, piece.index, slot.x, slot.y, rng)


def leave_parked(world: World, rng: np.random.Generator) -> None:
    """Leave the arm unpowered somewhere near its parked end."""
    data, at, robot = world.data, world.at, world.robot
    span = world.noise.arm.start_max_rad
    shoulder = robot.shoulder.park - abs(float(rng.uniform(0.0, span)))
    elbow = robot.elbow.park + abs(float(rng.uniform(0.0, span)))
    # The spring has lifted the unpowered arm to its upper stop.
    for address, value in zip(at.joint_qpos, (shoulder, elbow, robot.lift.high + 0.001, 0.0), strict=True):
        data.qpos[address] = value
    data.qpos[at.motor_qpos[0]] = shoulder
    data.qpos[at.motor_qpos[1]] = elbow
    follow_ties(data.model, data)


def _put(world: World, index: int, x: float, y: float, rng: np.random.Generator) -> None:
    """Lay one piece flat with its centre at (x, y), seat frame, metres."""
    piece, address = world.pieces[index], world.at.piece_qpos[index]
    # A face is read from its owner's side, give or take.
    own_side = 0.0 if piece.is_red == (world.robot_plays == "red") else math.pi
    yaw = own_side + bounded_normal(rng, math.radians(world.noise.setup.yaw_sigma_deg), math.pi)
    floor = world.surface.highest_within(x, y, piece.diameter_m / 2)
    pose = [x, y, floor + piece.height_m / 2 + 1e-5, math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)]
    world.data.qpos[address : address + 7] = pose
