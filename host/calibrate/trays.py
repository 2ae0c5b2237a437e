"""Where the trays lie: by the rounds of felt in their slots, or the pieces that lie in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from host.arm.frames import Point, tray_slots_seat
from host.arm.robot import Robot
from host.calibrate.errors import MeasurementError
from host.calibrate.overhead import OverheadCamera
from host.calibrate.rig import Rig
from host.calibrate.sights import piece_top

__all__ = ["Trays", "measure_trays"]

_FELT_M = 0.001
"""How far the felt of a slot reaches beyond a piece."""
_REACH_M = 0.006
_FEWEST = 6
_MOST_MM = 0.8
_OUTLIER = 3.0
_ROUNDS = 3
_OFF_M = 0.0002
"""How far a piece in a slot is off its middle, and the camera's eye off the piece."""
_LEVEL_M = 0.001
"""How far a tray may lie above or below the board."""

Array = NDArray[np.float64]
Moved = tuple[float, float, float]
Side = Literal["left", "right"]
_SIDES: tuple[Side, Side] = ("left", "right")


class _Seen(NamedTuple):
    pixel: tuple[float, float]
    place: Point


class _Slot(NamedTuple):
    side: Side
    drawn: Point
    seen: tuple[_Seen, ...]


@dataclass(frozen=True)
class Trays:
    """`left` and `right`: shift (m, seat frame) and turn (rad) of each tray from where it is drawn;
    `residual_mm`: root mean square of the slots; `pixels`: where slots were seen, `radius_px` wide.
    """

    left: Moved
    right: Moved
    residual_mm: float
    pixels: tuple[tuple[float, float], ...]
    radius_px: float


def measure_trays(rig: Rig, camera: OverheadCamera, told: Callable[[str], None]) -> Trays:
    """Look for every slot. Raises `MeasurementError` when a tray cannot be found or is no such tray."""
    image = rig.picture().image
    slots = _look(rig.robot, image, camera)
    for side in _SIDES:
        count = sum(1 for slot in slots if slot.side == side)
        if count < _FEWEST:
            raise MeasurementError(
                f"{count} slots of the {side} tray were seen, where {_FEWEST} are needed: put the tray in "
                "its place and take away what covers it"
            )
    # A slot and a piece in it lie at different heights. The nearer one counts at first, then what fits.
    chosen = [_nearest(slot, slot.drawn) for slot in slots]
    for _ in range(_ROUNDS):
        found, expected, left = _fit(slots, chosen, camera)
        chosen = [_nearest(slot, at) for slot, at in zip(slots, expected, strict=True)]
    for side, moved in zip(_SIDES, found, strict=True):
        x, y, turn = (1e3 * value for value in moved)
        told(f"tray: the {side} one lies {x:+.2f}, {y:+.2f} mm and {turn:+.1f} mrad from its drawing")
    residual = 1e3 * float(np.sqrt(np.mean(np.square(left))))
    if residual > _MOST_MM:
        raise MeasurementError(
            f"the slots of the trays lie {residual:.2f} mm from their pattern, and {_MOST_MM} mm are "
            "allowed: see that the pieces in them lie flat in their slots"
        )
    told(f"tray: {residual:.2f} mm are left")
    radius_px = camera.focal / camera.place[2] * rig.robot.piece.diameter / 2
    return Trays(found[0], found[1], residual, tuple(seen.pixel for seen in chosen), radius_px)


def _look(robot: Robot, image: NDArray[np.uint8], camera: OverheadCamera) -> list[_Slot]:
    """Every slot in which something round was seen, as a piece and as felt."""
    piece = robot.piece
    slots = []
    for side in _SIDES:
        for drawn in tray_slots_seat(robot, side):
            seen = []
            for height, radius in ((piece.height, piece.diameter / 2), (0.0, piece.diameter / 2 + _FELT_M)):
                sight = piece_top(image, camera, drawn, height, radius, _REACH_M)
                if sight is not None:
                    x, y = camera.on_plane(np.array([sight.pixel]), height)[0]
                    seen.append(_Seen(sight.pixel, Point(float(x), float(y))))
            if seen:
                slots.append(_Slot(side, drawn, tuple(seen)))
    return slots


def _fit(
    slots: Sequence[_Slot], chosen: Sequence[_Seen], camera: OverheadCamera
) -> tuple[list[Moved], list[Point], Array]:
    """Shift and small turn of both trays about their middles, and how far the trays lie below the board.

    Returns the two, where every slot should then be seen, and what is left of those that fit (m).
    """
    drawn = np.array([slot.drawn for slot in slots])
    offs = (np.array([seen.place for seen in chosen]) - drawn).ravel()
    rows = np.zeros((len(offs), 7))
    for number, side in enumerate(_SIDES):
        mine = np.array([slot.side == side for slot in slots])
        middle = np.array([(drawn[mine, 0].min() + drawn[mine, 0].max()) / 2, 0.0])
        arms = drawn[mine] - middle
        at = 2 * np.flatnonzero(mine)
        rows[at, 3 * number] = rows[at + 1, 3 * number + 1] = 1.0
        rows[at, 3 * number + 2], rows[at + 1, 3 * number + 2] = -arms[:, 1], arms[:, 0]
    rows[:, 6] = ((drawn - np.array(camera.place[:2])) / camera.place[2]).ravel()
    steady = np.zeros((1, 7))
    steady[0, 6] = _OFF_M / _LEVEL_M
    keep = np.ones(len(offs), dtype=bool)
    for _ in range(_ROUNDS):
        solution = np.linalg.lstsq(
            np.vstack([rows[keep], steady]), np.append(offs[keep], 0.0), rcond=None
        )[0]
        away = np.hypot(*(offs - rows @ solution).reshape(-1, 2).T)
        keep = np.repeat(away < max(_OUTLIER * float(np.median(away)), _OFF_M), 2)
    expected = [Point(*place) for place in (drawn + (rows @ solution).reshape(-1, 2)).tolist()]
    left, right = ((float(x), float(y), float(turn)) for x, y, turn in solution[:6].reshape(2, 3))
    return [left, right], expected, np.asarray(away[keep[::2]])


def _nearest(slot: _Slot, at: Point) -> _Seen:
    return min(slot.seen, key=lambda seen: math.dist(seen.place, at))
