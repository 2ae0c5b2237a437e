"""The arm shows its own marker to the camera, at many places and at two heights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from host.arm import marker
from host.arm.aim import ArmGeometry
from host.arm.errors import ReachError
from host.arm.frames import Point
from host.arm.joints import Usteps
from host.arm.moves import lower
from host.calibrate.bundle import MarkerSight
from host.calibrate.dot import find_dot
from host.calibrate.errors import MeasurementError
from host.calibrate.overhead import OverheadCamera
from host.calibrate.scene import Scene

__all__ = ["show_marker"]

_ACROSS, _ALONG = 6, 5
_HALF_ACROSS, _HALF_ALONG = 0.21, 0.10
_EDGE_PX = 45
_FREE = 0.035
"""From a piece to where the nose may sink."""
_LEAST = 30


def show_marker(scene: Scene, camera: OverheadCamera, told: Callable[[str], None]) -> list[MarkerSight]:
    """Go round and look. `camera` is what is known of it from the grid alone.

    Raises `MeasurementError` when the marker is hardly ever seen.
    """
    robot, rig = scene.robot, scene.rig
    pieces = list(scene.set_up())
    places = _places(scene, camera)
    sights: list[MarkerSight] = []
    low = robot.lift.low + 0.001
    missed = 0
    for number, (point, place) in enumerate(places, start=1):
        scene.go(place, "show the marker")
        heights = 1
        if _free(scene, point, pieces):
            heights = 2
        for height in range(heights):
            if height:
                rig.move(lower(robot, rig.usteps, low, "lower the marker"))
            rig.settle()
            sight = _see(scene, camera)
            if sight is None:
                missed += 1
            else:
                sights.append(sight)
        scene.rise()
        if number % 10 == 0:
            told(f"marker: {number} of {len(places)} places, {len(sights)} sights")
    rig.park()
    if len(sights) < _LEAST:
        raise MeasurementError(
            f"the arm's marker was seen in {len(sights)} of {len(sights) + missed} pictures, where {_LEAST} "
            "are needed: see that it sits on top of the lift's rod, flat and clean, and light it evenly"
        )
    return sights


def _places(scene: Scene, camera: OverheadCamera) -> list[tuple[Point, Usteps]]:
    """Places over the envelope at which the camera sees the marker, row by row to and fro."""
    robot = scene.robot
    places = []
    for row, y in enumerate(np.linspace(-_HALF_ALONG, _HALF_ALONG, _ALONG)):
        columns = np.linspace(-_HALF_ACROSS, _HALF_ACROSS, _ACROSS)
        for x in columns if row % 2 == 0 else columns[::-1]:
            top = robot.lift.travel + marker.HEIGHT
            pixel = camera.project(np.array([[x, y, top]]))[0]
            inside = all(
                _EDGE_PX < at < size - _EDGE_PX for at, size in zip(pixel, camera.size, strict=True)
            )
            point = Point(float(x), float(y))
            try:
                joints = ArmGeometry().joints(robot, point, robot.lift.travel)
            except ReachError:
                continue
            if inside:
                places.append((point, scene.above(joints)))
    return places


def _free(scene: Scene, point: Point, pieces: Iterable[Point]) -> bool:
    """Whether the nose may sink there: over the board, with no piece near."""
    board = scene.robot.board.pitch
    if abs(point.x) > 4.4 * board or abs(point.y) > 4.9 * board:
        return False
    return all(math.dist(point, piece) > _FREE for piece in pieces)


def _see(scene: Scene, camera: OverheadCamera) -> MarkerSight | None:
    robot = scene.robot
    joints = robot.joints(scene.rig.usteps)
    tool = ArmGeometry().tool(robot, joints)
    top = joints.lift + marker.HEIGHT
    near = camera.project(np.array([[tool.x, tool.y, top]]))[0]
    scale = camera.focal / (camera.place[2] - top)
    found = find_dot(scene.rig.picture().image, (float(near[0]), float(near[1])), scale)
    return None if found is None else MarkerSight(joints, found)
