"""What one picture says in pixels: places on the printed lines, and the middle of a piece's top."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from host.arm.frames import Point, Seat, turn_seat
from host.calibrate.bundle import GridSight
from host.calibrate.overhead import OverheadCamera
from vision.centre import CameraStation, find_centre
from vision.geometry import project
from vision.gridlines import measure_lines

__all__ = ["PieceSight", "grid_sights", "piece_top"]

Array = NDArray[np.float64]

_SHARP = 1.5
_STEP = 1e-3
_NOWHERE = CameraStation((0.0, 0.0), 1.0)


class PieceSight(NamedTuple):
    """Where the middle of a piece's top is seen, and how peaked that was (see `vision.centre`)."""

    pixel: tuple[float, float]
    sharpness: float


def grid_sights(
    image: NDArray[np.uint8], homography: Array, pitch: float, seat: Seat
) -> list[GridSight]:
    """Places on the printed lines of `image` (uint8 BGR); `homography` board (cells, see `vision.geometry`)
    to pixel, refined; `pitch` of the grid in metres.
    """
    places, across = measure_lines(image, homography)
    pixels = project(homography, places)
    rows = np.arange(len(places))
    on_line = places.copy()
    on_line[rows, across] = np.round(places[rows, across])
    aside = places.copy()
    aside[rows, across] += _STEP
    normals = project(homography, aside) - pixels
    normals /= np.hypot(normals[:, 0], normals[:, 1])[:, None]
    sights = []
    for place, pixel, normal in zip(on_line, pixels, normals, strict=True):
        board = turn_seat(Point((place[0] - 4.0) * pitch, (4.5 - place[1]) * pitch), seat)
        pair = (float(pixel[0]), float(pixel[1]))
        sights.append(GridSight((board.x, board.y), pair, (float(normal[0]), float(normal[1]))))
    return sights


def piece_top(
    image: NDArray[np.uint8],
    camera: OverheadCamera,
    near: Point,
    height: float,
    radius: float,
    reach: float = 0.006,
) -> PieceSight | None:
    """Where in `image` the middle of the top of a round piece of `radius` is seen, or None.

    `near` is where it should stand in the seat frame, to about `reach`, its top `height` up; all metres.
    """
    # Around the piece the picture is as flat as the plane of its top: a homography of its own, in radii.
    side = 1.5 * radius
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * side
    # Vision's y runs down the picture, the seat frame's up.
    spots = np.array(near) + corners * [1.0, -1.0]
    pixels = camera.project(np.column_stack([spots, np.full(4, height)]))
    flat = (corners / (2.0 * radius)).astype(np.float32)
    homography = np.asarray(
        cv2.getPerspectiveTransform(flat, pixels.astype(np.float32)), dtype=np.float64
    )
    found = find_centre(
        image,
        homography,
        (0.0, 0.0),
        station=_NOWHERE,
        radius_cells=0.5,
        height_cells=0.0,
        reach_cells=reach / (2.0 * radius),
    )
    if found.sharpness < _SHARP:
        return None
    pixel = project(homography, np.array([[found.x, found.y]]))[0]
    return PieceSight((float(pixel[0]), float(pixel[1])), found.sharpness)
