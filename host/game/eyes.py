"""The camera as the table sees it: one look is one picture read; measuring goes back to its pixels."""

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from engine import Position
from host.arm.robot import Robot
from host.game.requests import Offsets
from host.game.state import square_index
from vision.centre import camera_station, find_centre
from vision.geometry import homography_from_corners, pitch_pixels
from vision.gridfield import fit_field
from vision.gridlines import refine_homography
from vision.reading import Frame, Reading

__all__ = ["CameraEyes", "Reads"]

_SHARP = 1.5
"""Below this peak the picture shows no disc (see `vision.centre`); the classifier's offset must do."""


class Reads(Protocol):
    """What reads frames: a `vision.observer.Observer`, or a `vision.look.Looker`."""

    def look(self, frame: Frame) -> Reading:
        """Read one frame."""
        ...


class CameraEyes:
    """`take` gives the picture of now; `looked` is told every reading and its picture's width and height,
    `measured` the squares that were measured and what came of it, `agreed` which position
    the frame of which hash shows (`vision.observer.Observer.confirm`).
    """

    def __init__(
        self,
        take: Callable[[], Frame],
        looker: Reads,
        robot: Robot,
        looked: Callable[[Reading, tuple[int, int]], None],
        measured: Callable[[tuple[int, ...], Offsets], None] | None = None,
        agreed: Callable[[Position, str], None] | None = None,
    ) -> None:
        self._take = take
        self._looker = looker
        self._robot = robot
        self._looked = looked
        self._measured = measured
        self._agreed = agreed
        self.frame: Frame | None = None
        self.reading: Reading | None = None

    def look(self) -> Reading:
        """Take a picture and read it."""
        self.frame = self._take()
        self.reading = self._looker.look(self.frame)
        height, width = self.frame.image.shape[:2]
        self._looked(self.reading, (width, height))
        return self.reading

    def agree(self, position: Position, frame_hash: str) -> None:
        """See `requests.Agree`."""
        if self._agreed is not None:
            self._agreed(position, frame_hash)

    def measure(self, squares: tuple[int, ...]) -> Offsets:
        """See `requests.Measure`."""
        reading, frame = self.reading, self.frame
        if reading is None or frame is None or reading.corners is None:
            return {}
        pitch, robot = self._robot.board.pitch, self._robot
        cells = {square_index(name): offset for name, offset in reading.offsets.items()}
        rough = homography_from_corners(reading.corners)
        refined = refine_homography(frame.image, rough)
        homography = rough if refined is None else refined
        field = None if refined is None else fit_field(frame.image, refined)
        height, width = frame.image.shape[:2]
        # The focal length that puts the lens where the robot's data sheet has it.
        focal = pitch_pixels(homography) / pitch * robot.camera.height
        station = camera_station(homography, (width, height), 2 * math.atan(height / 2 / focal))
        for square in squares:
            if square not in cells:
                continue
            x, y = square % 9, 9 - square // 9
            dx, dy = cells[square]
            found = find_centre(
                frame.image,
                homography,
                (x + dx, y + dy),
                station=station,
                radius_cells=robot.piece.diameter / 2 / pitch,
                height_cells=robot.piece.height / pitch,
                field=field,
            )
            if found.sharpness >= _SHARP and math.hypot(found.x - x, found.y - y) < 0.5:
                cells[square] = (found.x - x, found.y - y)
        # Vision's y runs down the ranks, the board frame's up.
        offsets = {
            square: (dx * pitch, -dy * pitch)
            for square, (dx, dy) in cells.items()
            if np.isfinite((dx, dy)).all()
        }
        if self._measured is not None:
            self._measured(squares, offsets)
        return offsets
