"""Whether somebody is near: the watch stream of the camera, with the arm masked from its joint angles.

A picture is compared with what was there at the last look. The arm, as wide as it may have become since its
joints were told, and the places where the robot itself has just taken or put something are unknown; every
other change is a person. The stream is comfort, not a safety function: it decides between the robot's two
speeds, and pauses the arm when a hand comes close to it.
"""

import math
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from host.arm.frames import Point, Seat
from host.arm.joints import Joints
from host.arm.robot import Robot
from host.arm.silhouette import Prism, silhouette
from vision.centre import CameraStation, camera_station
from vision.geometry import homography_from_corners, pitch_pixels, project
from vision.reading import Frame, Reading
from vision.watch import ChangeWatch, View

__all__ = ["FRESH_US", "PERIOD_US", "QUIET_US", "Lookout"]

PERIOD_US = 80_000
"""Least time between two pictures; with the link's own rhythm at least ten a second are taken."""
FRESH_US = 200_000
"""A picture older than this counts as a person near."""
QUIET_US = 2_000_000
"""How long nobody must have been seen before the arm may be fast."""

_MARGIN = 0.025
"""What the arm moves until its picture is taken, and what calibration leaves, metres."""
_CLOSE = 0.060
"""A hand nearer than this to the arm's outline pauses it, metres."""

Mask = NDArray[np.bool_]


class Lookout:
    """`glance` gives the newest small picture of the camera and its time, or None when there is none."""

    def __init__(self, glance: Callable[[], Frame | None], robot: Robot, seat: Seat) -> None:
        self._glance = glance
        self._robot = robot
        self._seat: Seat = seat
        self._changes = ChangeWatch()
        self._view: _Projection | None = None
        self._seen_us: int | None = None
        self._person_us: int | None = None
        self._own: list[Point] = []
        self.hand_at_arm = False
        """Whether the last picture shows an unexplained change close to the arm."""
        self.pictures = 0

    def looked(self, reading: Reading, size: tuple[int, int], joints: Joints | None) -> None:
        """The board was read from a picture of `size` (width, height): compare with what is there now.

        A reading in doubt, or one of which something is hidden (by the arm itself, in the midst of its work),
        teaches nothing: what was learnt before still stands, and whatever differs from it is a change.
        """
        frame = self._glance()
        if frame is None or joints is None or reading.corners is None or "?" in reading.labels:
            return
        height, width = frame.image.shape[:2]
        self._view = _Projection(self._robot, reading, size, (width, height))
        self._changes.learn(frame.image, self._masked(joints))

    def explain(self, places: Iterable[Point]) -> None:
        """The robot itself is about to take or put something at `places` (board frame, metres).

        Until the next such plan nothing is known of them, whatever is looked at in between.
        """
        self._own = list(places)

    def glimpse(self, now_us: int, joints: Joints | None) -> View | None:
        """Take and judge a picture if one is due; `joints` is where the arm stands (None: not known)."""
        if self._seen_us is not None and now_us - self._seen_us < PERIOD_US:
            return None
        frame = self._glance()
        if frame is None or frame.t_us == self._seen_us:
            return None
        if self._seen_us is None or frame.t_us - self._seen_us > FRESH_US:
            self._person_us = frame.t_us  # nobody knows who was there meanwhile
        self._seen_us = frame.t_us
        self.pictures += 1
        if joints is None or self._view is None:
            self._person_us, self.hand_at_arm = frame.t_us, False
            return None
        view = self._changes.judge(frame.image, self._masked(joints))
        self.hand_at_arm = view.changed_within(self._near(joints))
        if view.person:
            self._person_us = frame.t_us
        return view

    def clear(self, now_us: int) -> bool:
        """Whether the camera has seen nobody for two seconds, up to now."""
        if self._seen_us is None or self._person_us is None or now_us - self._seen_us > FRESH_US:
            return False
        return self._seen_us - self._person_us >= QUIET_US

    def _masked(self, joints: Joints) -> Mask:
        view = self._projection()
        mask = view.mask(silhouette(self._robot, joints, self._seat, _MARGIN))
        pitch, top = self._robot.board.pitch, self._robot.lift.travel + self._robot.piece.height
        return mask | view.mask([_disc(place, 0.75 * pitch, top) for place in self._own])

    def _near(self, joints: Joints) -> Mask:
        return self._projection().mask(silhouette(self._robot, joints, self._seat, _MARGIN + _CLOSE))

    def _projection(self) -> "_Projection":
        if self._view is None:
            raise ValueError("nothing was looked at yet, so nothing can be masked")
        return self._view


def _disc(place: Point, radius: float, high: float) -> Prism:
    angles = np.arange(12) * (math.tau / 12)
    circle = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1) + np.array(place)
    return Prism(circle, 0.0, high)


class _Projection:
    """From the board frame to pixels of the stream, by a reading of a picture of the same camera.

    `size` is that picture's width and height, `stream` those of the stream.
    """

    def __init__(
        self, robot: Robot, reading: Reading, size: tuple[int, int], stream: tuple[int, int]
    ) -> None:
        homography = homography_from_corners(reading.corners)  # type: ignore[arg-type]
        width, height = size
        focal = pitch_pixels(homography) / robot.board.pitch * robot.camera.height
        self._station: CameraStation = camera_station(
            homography, (width, height), 2 * math.atan(height / 2 / focal)
        )
        shrink = np.diag([stream[0] / width, stream[1] / height, 1.0])
        self._homography = shrink @ homography
        self._stream = stream
        self._pitch = robot.board.pitch

    def mask(self, prisms: Iterable[Prism]) -> Mask:
        """What `prisms` hide, (H, W) of the stream."""
        width, height = self._stream
        painted = np.zeros((height, width), np.uint8)
        foot = np.array(self._station.foot)
        for prism in prisms:
            # Board frame (y up the ranks, metres) to vision's (y down the ranks, cells).
            cells = prism.outline * [1.0, -1.0] / self._pitch + [4.0, 4.5]
            seen = []
            for level in (prism.low, prism.high):
                lean = self._station.height / (self._station.height - level / self._pitch)
                seen.append(project(self._homography, foot + (cells - foot) * lean))
            hull = cv2.convexHull(np.concatenate(seen).astype(np.float32))
            cv2.fillPoly(painted, [np.rint(hull).astype(np.int32)], 1)
        return np.asarray(painted, dtype=np.bool_)
