"""Where things stand: squares, seats and the base frame. The only place that turns board into seat.

`board` is fixed to red, `seat` to the robot's near edge (identity for red, a half turn for black), `base`
has its origin on the shoulder axis. All metres; squares are rank * 9 + file.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from host.arm.robot import Robot

__all__ = [
    "FILES",
    "RANKS",
    "SQUARES",
    "Point",
    "Seat",
    "base_to_board",
    "base_to_seat",
    "board_to_base",
    "seat_to_base",
    "square_board",
    "square_name",
    "tray_slots_seat",
    "turn_seat",
]

FILES, RANKS = 9, 10
SQUARES = FILES * RANKS

Seat = Literal["red", "black"]
"""The colour the robot plays."""


class Point(NamedTuple):
    """A horizontal position in the frame its name says, metres."""

    x: float
    y: float


def turn_seat(point: Point, seat: Seat) -> Point:
    """Turn board into seat coordinates, or back: the half turn is its own inverse."""
    return point if seat == "red" else Point(-point.x, -point.y)


def seat_to_base(robot: Robot, point: Point) -> Point:
    """Move the origin from the middle of the board to the shoulder axis."""
    return Point(point.x, point.y + 4.5 * robot.board.pitch + robot.arm.base_distance)


def base_to_seat(robot: Robot, point: Point) -> Point:
    """Inverse of `seat_to_base`."""
    return Point(point.x, point.y - 4.5 * robot.board.pitch - robot.arm.base_distance)


def board_to_base(robot: Robot, point: Point, seat: Seat) -> Point:
    """Board frame to base frame."""
    return seat_to_base(robot, turn_seat(point, seat))


def base_to_board(robot: Robot, point: Point, seat: Seat) -> Point:
    """Base frame to board frame."""
    return turn_seat(base_to_seat(robot, point), seat)


def square_board(robot: Robot, square: int) -> Point:
    """The intersection `square` in the board frame. Raises ValueError outside 0..89."""
    if not 0 <= square < SQUARES:
        raise ValueError(f"A square is 0 to {SQUARES - 1}, not {square}.")
    rank, file = divmod(square, FILES)
    return Point((file - 4) * robot.board.pitch, (rank - 4.5) * robot.board.pitch)


def square_name(square: int) -> str:
    """Name of a square, "a0" to "i9"."""
    rank, file = divmod(square, FILES)
    return f"{'abcdefghi'[file]}{rank}"


def tray_slots_seat(robot: Robot, side: Literal["left", "right"]) -> tuple[Point, ...]:
    """Centres of one tray's slots in the seat frame, in the order they are filled.

    The right tray (seat +x) is the robot's. Filling starts at the inner column nearest the robot.
    """
    tray = robot.tray
    sign = 1.0 if side == "right" else -1.0
    middle = sign * (tray.offset + (tray.columns - 1) * tray.pitch / 2)
    moved = (
        (tray.right_x, tray.right_y, tray.right_turn)
        if side == "right"
        else (tray.left_x, tray.left_y, tray.left_turn)
    )
    cosine, sine = math.cos(moved[2]), math.sin(moved[2])
    slots = []
    for column in range(tray.columns):
        for row in range(tray.rows):
            x = sign * (tray.offset + column * tray.pitch) - middle
            y = (row - (tray.rows - 1) / 2) * tray.pitch
            slots.append(
                Point(middle + moved[0] + cosine * x - sine * y, moved[1] + sine * x + cosine * y)
            )
    return tuple(slots)
