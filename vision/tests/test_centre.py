"""The measured centre of a disc: exact under perspective, height, character and partial cover."""

import cv2
import numpy as np
import pytest

from vision.centre import CameraStation, camera_station, find_centre

SIZE = (1280, 720)
FIELD = np.deg2rad(38.0)
RADIUS, HEIGHT = 15 / 40, 10 / 40  # cells


def _camera(foot, height, tilt):
    """A pinhole camera over board point `foot` (cells), tilted by `tilt` rad about the image's x axis."""
    focal = 0.5 * SIZE[1] / np.tan(0.5 * FIELD)
    inner = np.array([[focal, 0, (SIZE[0] - 1) / 2], [0, focal, (SIZE[1] - 1) / 2], [0, 0, 1]])
    turn, _ = cv2.Rodrigues(np.array([tilt, 0.0, 0.0]))
    centre = np.array([foot[0], foot[1], -height])
    return inner @ turn @ np.column_stack([np.eye(3), -centre])


def _picture(projection, x, y, rng, covered=False):
    """A disc with a ring and random strokes at board point (x, y), drawn at its true height."""
    zoom = 4
    big = np.full((SIZE[1] * zoom, SIZE[0] * zoom, 3), (120, 170, 205), np.uint8)

    def outline(radius, height):
        angles = np.linspace(0, 2 * np.pi, 200)
        points = np.stack(
            [x + radius * np.cos(angles), y + radius * np.sin(angles), np.full(200, -height), np.ones(200)]
        )
        seen = projection @ points
        return np.round((seen[:2] / seen[2]).T * zoom + (zoom - 1) / 2).astype(np.int32)

    cv2.fillPoly(big, [outline(RADIUS, 0)], (70, 110, 140))
    cv2.fillPoly(big, [outline(RADIUS, HEIGHT)], (150, 200, 230))
    cv2.polylines(big, [outline(0.8 * RADIUS, HEIGHT)], True, (40, 40, 160), 2 * zoom)
    for _ in range(6):
        a, b = rng.uniform(-0.5, 0.5, (2, 2)) * RADIUS
        ends = [projection @ np.array([x + u, y + v, -HEIGHT, 1]) for u, v in (a, b)]
        first, second = (tuple(np.round(e[:2] / e[2] * zoom).astype(int).tolist()) for e in ends)
        cv2.line(big, first, second, (40, 40, 160), 3 * zoom)
    if covered:
        where = outline(RADIUS, HEIGHT).mean(axis=0).astype(int)
        left, top = int(where[0]), int(where[1])
        cv2.rectangle(big, (left, top), (left + 900, top + 900), (90, 90, 90), -1)
    image = cv2.resize(big, SIZE, interpolation=cv2.INTER_AREA)
    return np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8)


def _board_plane(projection):
    return projection[:, [0, 1, 3]]


@pytest.mark.parametrize("tilt", [0.0, 0.06])
def test_the_camera_station_is_recovered_from_the_homography(tilt):
    station = camera_station(_board_plane(_camera((4.2, 4.4), 15.5, tilt)), SIZE, FIELD)
    assert station.foot == pytest.approx((4.2, 4.4), abs=1e-6)
    assert station.height == pytest.approx(15.5, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_a_disc_is_found_within_a_hundredth_of_a_cell_anywhere_on_the_board(seed):
    rng = np.random.default_rng(seed)
    projection = _camera((4.1, 4.6), 15.5, 0.03)
    x, y = rng.uniform(0.3, 7.7), rng.uniform(0.3, 8.7)
    near = (x + rng.uniform(-0.15, 0.15), y + rng.uniform(-0.15, 0.15))
    found = find_centre(
        _picture(projection, x, y, rng),
        _board_plane(projection),
        near,
        station=CameraStation((4.1, 4.6), 15.5),
        radius_cells=RADIUS,
        height_cells=HEIGHT,
    )
    assert (found.x, found.y) == pytest.approx((x, y), abs=0.01)
    assert found.sharpness > 2


def test_a_disc_that_is_partly_covered_is_still_found():
    rng = np.random.default_rng(7)
    projection = _camera((4.0, 4.5), 15.5, 0.0)
    found = find_centre(
        _picture(projection, 6.0, 2.0, rng, covered=True),
        _board_plane(projection),
        (6.1, 1.95),
        station=CameraStation((4.0, 4.5), 15.5),
        radius_cells=RADIUS,
        height_cells=HEIGHT,
    )
    assert (found.x, found.y) == pytest.approx((6.0, 2.0), abs=0.03)


def test_bare_board_is_not_sharp():
    rng = np.random.default_rng(1)
    image = np.clip(np.full((SIZE[1], SIZE[0], 3), 150.0) + rng.normal(0, 4, (SIZE[1], SIZE[0], 3)), 0, 255)
    found = find_centre(
        image.astype(np.uint8),
        _board_plane(_camera((4.0, 4.5), 15.5, 0.0)),
        (3.0, 3.0),
        station=CameraStation((4.0, 4.5), 15.5),
        radius_cells=RADIUS,
        height_cells=HEIGHT,
    )
    assert found.sharpness < 2.5
