import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import BadCornersError
from vision.geometry import (
    BOARD_CORNERS,
    LATTICE,
    focal_length,
    half_turn,
    homography_from_corners,
    is_mirrored,
    lifted,
    pitch_pixels,
    project,
    unproject,
)

SIZE = (1280, 720)


def camera(tilt: float, azimuth: float, focal: float, distance: float) -> np.ndarray:
    """A pinhole camera's 3 x 4 matrix for (x, y, z up, 1) in cells, aimed at the board's centre."""
    level = (-math.sin(tilt) * math.cos(azimuth), -math.sin(tilt) * math.sin(azimuth))
    forward = np.array([*level, math.cos(tilt)])
    side = np.array([math.sin(azimuth), -math.cos(azimuth), 0.0])
    rotation = np.stack([side, np.cross(forward, side), forward])
    offset = -rotation @ (4.0, 4.5, 0.0) + (0.0, 0.0, distance)
    lens = np.array([[focal, 0, (SIZE[0] - 1) / 2], [0, focal, (SIZE[1] - 1) / 2], [0, 0, 1.0]])
    return lens @ np.column_stack([rotation[:, 0], rotation[:, 1], -rotation[:, 2], offset])


def ground(matrix: np.ndarray, height: float = 0.0) -> np.ndarray:
    return np.column_stack([matrix[:, 0], matrix[:, 1], matrix[:, 3] + height * matrix[:, 2]])


tilts = st.floats(0.0, 0.9)
azimuths = st.floats(0.0, 2 * math.pi)
focals = st.floats(800.0, 1900.0)


def test_points_run_in_fen_order_from_a9_to_i0():
    assert LATTICE[0].tolist() == [0, 0]
    assert LATTICE[8].tolist() == [8, 0]
    assert LATTICE[89].tolist() == [8, 9]


@given(tilts, azimuths, focals)
def test_corners_give_back_the_homography_they_came_from(tilt, azimuth, focal):
    truth = ground(camera(tilt, azimuth, focal, 20.0))
    found = homography_from_corners(project(truth, BOARD_CORNERS))
    assert np.allclose(project(found, LATTICE), project(truth, LATTICE), atol=0.02)
    assert np.allclose(unproject(found, project(truth, LATTICE)), LATTICE, atol=1e-3)


@given(tilts, azimuths, focals)
def test_a_half_turn_names_the_same_points_from_the_other_end(tilt, azimuth, focal):
    homography = ground(camera(tilt, azimuth, focal, 20.0))
    turned = half_turn(homography)
    assert np.allclose(project(turned, LATTICE), project(homography, LATTICE)[::-1])
    assert not is_mirrored(turned)


@given(tilts, azimuths, focals)
def test_no_camera_above_the_board_sees_it_mirrored(tilt, azimuth, focal):
    homography = ground(camera(tilt, azimuth, focal, 20.0))
    assert not is_mirrored(homography)
    assert is_mirrored(homography @ np.diag([-1.0, 1.0, 1.0]))


@given(st.floats(0.4, 0.9), azimuths, focals)
def test_a_tilted_view_tells_the_focal_length(tilt, azimuth, focal):
    homography = ground(camera(tilt, azimuth, focal, 18.0))
    assert focal_length(homography, SIZE) == pytest.approx(focal, rel=0.12)


@given(tilts, azimuths, st.floats(950.0, 1400.0), st.floats(0.1, 0.45))
def test_the_lifted_plane_is_where_the_camera_sees_the_pieces_tops(tilt, azimuth, focal, height):
    matrix = camera(tilt, azimuth, focal, 18.0)
    seen = project(ground(matrix, height), LATTICE)
    told = project(lifted(ground(matrix), SIZE, height), LATTICE)
    assert np.hypot(*(seen - told).T).max() < 0.06 * pitch_pixels(ground(matrix))


def test_pitch_is_the_side_of_a_cell_in_pixels():
    homography = homography_from_corners([[100, 50], [420, 50], [420, 410], [100, 410]])
    assert pitch_pixels(homography) == pytest.approx(40.0, rel=1e-4)


@pytest.mark.parametrize(
    ("corners", "sentence"),
    [
        ([[0, 0], [1, 0], [1, 1]], "four finite points"),
        ([[0, 0], [80, 0], [80, math.nan], [0, 90]], "four finite points"),
        ([[0, 0], [1e300, 0], [1e300, 1e300], [0, 1e300]], "four finite points"),
        ([[0, 0], [0, 90], [80, 90], [80, 0]], "clockwise"),
        ([[0, 0], [80, 90], [80, 0], [0, 90]], "convex"),
        ([[5, 5], [5, 5], [5, 5], [5, 5]], "convex"),
    ],
)
def test_impossible_corners_are_refused_with_a_sentence(corners, sentence):
    with pytest.raises(BadCornersError, match=sentence):
        homography_from_corners(corners)
