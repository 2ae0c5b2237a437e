"""Where the nose itself is: it pushes a piece gently, and the camera sees where the piece came to stand.

When the nose has come to rest against the rim of a round piece, its axis is one known distance from the
piece's centre, whichever way it came. From several sides and at several places that tells where the nose is,
on the board itself and without any slip of a release.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from host.arm.errors import ArmError
from host.arm.frames import Point, square_board, turn_seat
from host.arm.joints import Joints
from host.arm.moves import lower, push
from host.calibrate.bundle import NOSE_RADIUS, Fit, PushSight
from host.calibrate.errors import MeasurementError
from host.calibrate.scene import Scene
from host.calibrate.sights import piece_top

__all__ = ["push_around", "see_piece"]

_TOUR = ((4, 4), (0, 0), (0, 5), (1, 8), (7, 8), (8, 4), (7, 1))
"""File and rank, from the robot, of the places at which the piece is pushed."""
_TURNS = tuple(math.radians(turn) for turn in (-65.0, 0.0, 65.0))
"""From which sides the nose comes, against the direction of its slow approach."""
_BEFORE, _BEYOND = 0.003, 0.001
"""How far from the rim the nose is lowered, and how far it goes on before the slow approach."""
_CLEAR = 0.031
_NEAR = 0.008


def push_around(
    scene: Scene,
    start: Fit,
    height: float,
    told: Callable[[str], None],
    fitted: Callable[[list[PushSight]], Fit],
) -> list[PushSight]:
    """Push the chariot around. `height`: of a piece; `fitted` makes a better fit of what was seen.

    Raises `MeasurementError` when the piece is lost, or too few pushes were seen.
    """
    chariot, *others = scene.set_up()
    best, sights = start, list[PushSight]()
    place = _seen(scene, best, chariot, height)
    for number, (file, rank) in enumerate(_TOUR):
        if number:
            goal = turn_seat(square_board(scene.robot, rank * 9 + file), "red")
            scene.carry(best.geometry, place, goal)
            scene.step_aside(best.camera, [goal])
            scene.rig.settle()
            place = _seen(scene, best, goal, height)
        for turn in _TURNS:
            sight, place = _push(scene, best, place, others, height, turn) or (None, place)
            if sight is not None:
                sights.append(sight)
        best = fitted(sights)
        told(f"arm: pushed at {number + 1} of {len(_TOUR)} places, {best.push_mm:.3f} mm are left")
    scene.rig.park()
    return sights


def see_piece(
    scene: Scene, known: Fit, near: Point, height: float
) -> tuple[tuple[float, float], Point] | None:
    """The middle of the top of the piece near `near`: its pixel, and where it stands in the seat frame."""
    camera, surface = known.camera, known.surface
    top = height + float(surface.heights(np.array([near]))[0])
    radius = scene.robot.piece.diameter / 2
    sight = piece_top(scene.rig.picture().image, camera, near, top, radius, _NEAR)
    if sight is None:
        return None
    x, y = camera.on_plane(np.array([sight.pixel]), top)[0]
    return sight.pixel, Point(float(x), float(y))


def _seen(scene: Scene, known: Fit, near: Point, height: float) -> Point:
    found = see_piece(scene, known, near, height)
    if found is None:
        raise MeasurementError("the chariot is not where it was put down; see that the magnet holds")
    return found[1]


def _push(
    scene: Scene, known: Fit, piece: Point, others: Sequence[Point], height: float, turn: float
) -> tuple[PushSight, Point] | None:
    """One push; None where there is no room for it."""
    robot, rig, geometry = scene.robot, scene.rig, known.geometry
    rim = NOSE_RADIUS + robot.piece.diameter / 2
    approach = _approach(scene)
    level = robot.lift.low + 0.0005
    try:
        here = geometry.joints(robot, piece, level)
        way = geometry.sensitivity(robot, here)[:, :2] @ approach
        angle = math.atan2(way[1], way[0]) + turn
        ahead = np.array([math.cos(angle), math.sin(angle)])
        begin = Point(*(np.array(piece) - ahead * (rim + _BEFORE)))
        touch = geometry.joints(robot, Point(*(np.array(piece) - ahead * (rim - _BEYOND))), level)
        stop = Joints(touch.shoulder + approach[0], touch.elbow + approach[1], level)
        end = robot.usteps(stop)
        first = geometry.joints(robot, begin, level)
        if not robot.in_range(stop) or any(math.dist(begin, other) < _CLEAR for other in others):
            return None
        scene.go(scene.above(first), "beside the piece")
        rig.move(lower(robot, rig.usteps, level, "down beside the piece"))
        rig.move(push(robot, rig.usteps, (end[0], end[1], rig.usteps[2]), "push"))
    except ArmError:
        return None
    rig.settle()
    at = robot.joints(rig.usteps)
    scene.rise()
    tool = geometry.tool(robot, at)
    away = np.array(piece) + way - np.array(tool)
    expected = Point(*(np.array(tool) + away / np.hypot(*away) * rim))
    scene.step_aside(known.camera, [expected])
    rig.settle()
    found = see_piece(scene, known, expected, height)
    if found is None:
        raise MeasurementError("the chariot is not where it was pushed to; see that it is the only one near")
    return PushSight(at, found[0], height), found[1]


def _approach(scene: Scene) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What both joints turn in the slow approach, rad."""
    robot = scene.robot
    return np.array(
        [
            joint.approach * (1 if joint.park > (joint.low + joint.high) / 2 else -1)
            for joint in (robot.shoulder, robot.elbow)
        ]
    )


