"""The arm above a board that is nearly empty: go there, look, and keep out of the camera's way."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from host.arm.aim import ArmGeometry
from host.arm.choreography import MagnetStep, MoveStep
from host.arm.errors import ArmError
from host.arm.frames import Point, Seat, square_board, turn_seat
from host.arm.joints import Joints, Usteps
from host.arm.moves import lower, raise_nose, swing, travel_usteps
from host.arm.robot import Robot
from host.arm.silhouette import silhouette
from host.calibrate.bundle import GridSight
from host.calibrate.errors import MeasurementError
from host.calibrate.overhead import OverheadCamera
from host.calibrate.rig import Rig
from host.calibrate.sights import grid_sights
from host.game.eyes import Reads
from vision.geometry import homography_from_corners, pitch_pixels
from vision.gridlines import refine_homography
from vision.reading import Frame, Reading, fen_order_to_board

__all__ = ["NO_BOARD", "Scene", "SetUp"]

NO_BOARD = (
    "the printed lines of the board cannot be measured: clear the board, light it evenly and see that the "
    "camera sees all of it"
)
_LOOKS = 3
_BOARD_SHARE = 1.1
"""How wide the middle of a picture is, over its height, in which a board that it shows whole must lie."""
_ASIDE = 0.11
_MARGIN_PX = 8.0


class SetUp(NamedTuple):
    """About where the chariot stands, the general near the robot, and the far one (seat frame, metres)."""

    chariot: Point
    near: Point
    far: Point


class Scene:
    """`rig` with what reads its pictures. Points are in the seat frame, metres."""

    def __init__(self, rig: Rig, seat: Seat, looker: Reads) -> None:
        self.rig = rig
        self.robot: Robot = rig.robot
        self.seat: Seat = seat
        self._looker = looker

    # --- looking ----------------------------------------------------------------------------------

    def look(self) -> tuple[Reading, Frame]:
        """Read the board; where none is found, what lies beside it is left out.

        A board that is nearly empty is sometimes not told from its surroundings with the trays in view.
        """
        frame = self.rig.picture()
        reading = self._looker.look(frame)
        if reading.corners is None:
            height, width = frame.image.shape[:2]
            left = max(0, (width - round(_BOARD_SHARE * height)) // 2)
            middle = np.ascontiguousarray(frame.image[:, left : width - left])
            reading = self._looker.look(Frame(middle, frame.t_us, frame.source))
            if reading.corners is not None:
                reading = replace(reading, corners=tuple((x + left, y) for x, y in reading.corners))
        return reading, frame

    def set_up(self) -> SetUp:
        """Where the three pieces stand. Raises `MeasurementError` when they are not there."""
        reading, _ = self.look()
        board = fen_order_to_board(reading.labels)
        standing = self._standing(reading)
        # A chariot by itself is not always told from a soldier; that it is no general is enough.
        generals = [square for square in standing if board[square] in "Kk"]
        others = [square for square in standing if square not in generals]
        if len(generals) != 2 or len(others) != 1:
            raise MeasurementError(
                f"{len(standing)} pieces are seen on the board, {len(generals)} of them generals; both "
                "generals and one chariot would be right"
            )
        near, far = sorted((standing[square] for square in generals), key=lambda point: point.y)
        return SetUp(standing[others[0]], near, far)

    def _standing(self, reading: Reading) -> dict[int, Point]:
        board = fen_order_to_board(reading.labels)
        places = {}
        for square in range(90):
            if board[square] == ".":
                continue
            name = f"{'abcdefghi'[square % 9]}{square // 9}"
            dx, dy = reading.offsets.get(name, (0.0, 0.0))
            point, pitch = square_board(self.robot, square), self.robot.board.pitch
            places[square] = turn_seat(Point(point.x + dx * pitch, point.y - dy * pitch), self.seat)
        return places

    def grid(self) -> tuple[list[GridSight], float]:
        """The printed lines in a few pictures, and about how long the lens is (pixels).

        Raises `MeasurementError` where they cannot be seen.
        """
        sights: list[GridSight] = []
        pitch = self.robot.board.pitch
        focal = 0.0
        for _ in range(_LOOKS):
            reading, frame = self.look()
            homography = None
            if reading.corners is not None:
                homography = refine_homography(frame.image, homography_from_corners(reading.corners))
            if homography is None:
                raise MeasurementError(NO_BOARD)
            sights += grid_sights(frame.image, homography, pitch, self.seat)
            focal = pitch_pixels(homography) / pitch * self.robot.camera.height
            self.rig.wait(1_000)
        return sights, focal

    # --- going ------------------------------------------------------------------------------------

    def above(self, joints: Joints) -> Usteps:
        """The motor position at travel height for `joints`."""
        shoulder, elbow, _ = self.robot.usteps(joints)
        return (shoulder, elbow, travel_usteps(self.robot))

    def go(self, place: Usteps, label: str) -> None:
        """Swing to `place`, at travel height, with the slow approach at the end."""
        if place != self.rig.usteps:
            self.rig.move(swing(self.robot, self.rig.usteps, place, label, approach=True))

    def rise(self) -> None:
        """Raise the nose to travel height."""
        if self.rig.usteps[2] < travel_usteps(self.robot):
            self.rig.move(raise_nose(self.robot, self.rig.usteps, "up", holding=False))

    def carry(
        self,
        geometry: ArmGeometry,
        source: Point,
        target: Point,
        tops: tuple[float | None, float | None] = (None, None),
    ) -> None:
        """Take the piece at `source` to `target`, and rise.

        `tops`: how high its top is there and will be here, above the lift's zero (m; None: on the board).
        """
        self._grip(geometry, source, True, tops[0])
        self._grip(geometry, target, False, tops[1])

    def _grip(self, geometry: ArmGeometry, point: Point, on: bool, top: float | None) -> None:
        rig, robot = self.rig, self.robot
        self.go(self.above(geometry.joints(robot, point, robot.lift.travel)), "to the piece")
        height = robot.touch_height if top is None else top - robot.nose.press
        down = lower(robot, rig.usteps, height, "down")
        settle = robot.magnet.grip if on else robot.magnet.release
        rig.run((MoveStep(down), MagnetStep(on, settle)))
        rig.move(raise_nose(robot, rig.usteps, "up", holding=on))

    def step_aside(self, camera: OverheadCamera, points: Iterable[Point]) -> None:
        """Go so far, at travel height, that the arm hides none of the pieces at `points`; else park."""
        robot, rig = self.robot, self.rig
        here = ArmGeometry().tool(robot, robot.joints(rig.usteps))
        spots = list(points)
        for turn in range(8):
            angle = turn * math.tau / 8
            goal = Point(here.x + _ASIDE * math.cos(angle), here.y + _ASIDE * math.sin(angle))
            try:
                joints = ArmGeometry().joints(robot, goal, robot.lift.travel)
                if robot.in_range(joints) and not self._hides(camera, joints, spots):
                    self.go(self.above(joints), "aside")
                    return
            except ArmError:
                continue
        rig.park()

    def _hides(self, camera: OverheadCamera, joints: Joints, points: list[Point]) -> bool:
        radius = self.robot.piece.diameter / 2 + 0.004
        reach = camera.focal / camera.place[2] * radius + _MARGIN_PX
        pixels = camera.project(np.array([[*point, self.robot.piece.height] for point in points]))
        for prism in silhouette(self.robot, joints, "red"):
            low, high = (
                camera.project(np.column_stack([prism.outline, np.full(len(prism.outline), level)]))
                for level in (prism.low, prism.high)
            )
            hull = cv2.convexHull(np.concatenate([low, high]).astype(np.float32))
            if any(cv2.pointPolygonTest(hull, _pair(pixel), True) > -reach for pixel in pixels):
                return True
        return False


def _pair(pixel: NDArray[np.float64]) -> tuple[float, float]:
    return float(pixel[0]), float(pixel[1])
