"""What is really so in a world, for reports and tests alone: nothing that plays may ask for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from host.arm.frames import Point, turn_seat
from host.twin.pieces import Piece

if TYPE_CHECKING:
    from host.twin.world import World

__all__ = ["truth_of"]


def truth_of(
    world: World, joints: tuple[float, float, float, float], lag_usteps: Sequence[float], held: int | None
) -> dict[str, Any]:
    """The true state as plain data that JSON takes: metres and radians, pieces and tip in the board frame.

    `joints` are shoulder, elbow (rad), lift and nose compression (m); `lag_usteps` how far each motor is
    behind its steps; `held` the index of the piece on the nose.
    """
    face = world.data.site_xpos[world.at.nose_site]
    tip = turn_seat(Point(float(face[0]), float(face[1])), world.robot_plays)
    return {
        "now_us": world.now_us(),
        "pieces": [_piece(world, piece, held) for piece in world.pieces],
        "arm": {
            "shoulder_rad": joints[0],
            "elbow_rad": joints[1],
            "lift_m": joints[2],
            "nose_m": joints[3],
            "tip_x_m": tip.x,
            "tip_y_m": tip.y,
            "tip_z_m": float(face[2]),
            "lag_usteps": list(lag_usteps),
        },
        "holding": held,
        "hand": world.hand.busy,
    }


def _piece(world: World, piece: Piece, held: int | None) -> dict[str, Any]:
    address = world.at.piece_qpos[piece.index]
    x, y, z, _, qx, qy, _ = (float(value) for value in world.data.qpos[address : address + 7])
    point = turn_seat(Point(x, y), world.robot_plays)
    tilt = math.acos(max(-1.0, min(1.0, 1.0 - 2.0 * (qx * qx + qy * qy))))
    if held == piece.index:
        where: dict[str, Any] = {"where": "held", "square": None}
    elif world.hand.holding == piece.index:
        where = {"where": "hand", "square": None}
    else:
        where = _lies(world, x, y)
    pose = {"x_m": point.x, "y_m": point.y, "z_m": z, "tilt_rad": tilt}
    return {"id": piece.index, "label": piece.label} | pose | where


def _lies(world: World, x: float, y: float) -> dict[str, Any]:
    """`where` (board, tray, floor) a piece at (x, y), seat frame, lies, and the nearest square's index."""
    pitch = world.robot.board.pitch
    board = turn_seat(Point(x, y), world.robot_plays)
    file, rank = round(board.x / pitch + 4.0), round(board.y / pitch + 4.5)
    if 0 <= file <= 8 and 0 <= rank <= 9:
        return {"where": "board", "square": rank * 9 + file}
    tray = world.robot.tray
    outer = tray.offset + (tray.columns - 0.5) * tray.pitch
    if tray.offset - tray.pitch / 2 <= abs(x) <= outer and abs(y) <= tray.rows * tray.pitch / 2:
        return {"where": "tray", "square": None}
    return {"where": "floor", "square": None}
