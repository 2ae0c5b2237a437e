import cv2
import numpy as np
import pytest

from vision.errors import BadPictureError
from vision.geometry import LATTICE, homography_from_corners, project
from vision.rectify import CELL_PIXELS, canvas_from_board, checked_picture, rectify

CORNERS = [[150, 60], [470, 80], [500, 430], [120, 420]]


def picture_with_dot(at: np.ndarray) -> np.ndarray:
    image = np.zeros((480, 640, 3), np.uint8)
    x, y = np.round(at).astype(int)
    image[y - 2 : y + 3, x - 2 : x + 3] = 255
    return image


@pytest.mark.parametrize("point", [(0, 0), (8, 0), (4, 4), (3, 7), (8, 9), (0, 9)])
def test_a_mark_on_a_point_comes_to_its_place_in_the_canvas(point):
    homography = homography_from_corners(CORNERS)
    canvas = rectify(picture_with_dot(project(homography, [point])[0]), homography).astype(float).sum(axis=2)
    rows, columns = np.mgrid[0 : canvas.shape[0], 0 : canvas.shape[1]]
    wanted = project(canvas_from_board(), [point])[0]
    assert (columns * canvas).sum() / canvas.sum() == pytest.approx(wanted[0], abs=1.0)
    assert (rows * canvas).sum() / canvas.sum() == pytest.approx(wanted[1], abs=1.0)


@pytest.mark.parametrize("point", [(0, 0), (8, 0), (4, 4), (3, 7), (8, 9)])
@pytest.mark.parametrize("size", [30, 12])  # of a cell: a canvas as fine as the picture, and a coarser one
def test_a_point_that_has_slipped_comes_to_its_place_all_the_same(point, size):
    homography = homography_from_corners(CORNERS)
    x, y = LATTICE.T
    slip = np.column_stack([0.2 - 0.03 * y, 0.04 * x - 0.1])
    (there,) = np.flatnonzero(np.isclose(LATTICE, point).all(axis=1))
    picture = picture_with_dot(project(homography, [LATTICE[there] + slip[there]])[0])
    canvas = rectify(picture, homography, cell_pixels=size, slip=slip).astype(float).sum(axis=2)
    rows, columns = np.mgrid[0 : canvas.shape[0], 0 : canvas.shape[1]]
    wanted = project(canvas_from_board(size), [point])[0]
    assert (columns * canvas).sum() / canvas.sum() == pytest.approx(wanted[0], abs=1.0)
    assert (rows * canvas).sum() / canvas.sum() == pytest.approx(wanted[1], abs=1.0)


def test_no_slip_at_all_shows_what_the_lattice_shows():
    homography = homography_from_corners(CORNERS)
    picture = np.random.default_rng(1).integers(0, 256, (480, 640, 3)).astype(np.uint8)
    picture = cv2.GaussianBlur(picture, (0, 0), 2)
    plain = rectify(picture, homography).astype(int)
    slipped = rectify(picture, homography, slip=np.zeros((90, 2))).astype(int)
    assert np.abs(plain - slipped).max() <= 6


def test_the_canvas_shows_the_board_and_a_margin():
    canvas = rectify(np.zeros((480, 640, 3), np.uint8), homography_from_corners(CORNERS))
    assert canvas.shape == (318, 288, 3)
    assert project(canvas_from_board(), [[0, 0], [1, 0]])[:, 0].tolist() == [23.5, 23.5 + CELL_PIXELS]


def test_what_the_picture_does_not_show_is_grey():
    homography = homography_from_corners([[-200, 60], [120, 60], [120, 420], [-200, 420]])
    canvas = rectify(np.full((480, 640, 3), 255, np.uint8), homography)
    assert (canvas[:, 0] == 127).all()
    assert (canvas[:, -1] == 255).all()


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((480, 640), np.uint8),
        np.zeros((480, 640, 4), np.uint8),
        np.zeros((480, 640, 3), np.float32),
        np.zeros((10, 640, 3), np.uint8),
        np.zeros((0, 0, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(image):
    with pytest.raises(BadPictureError):
        checked_picture(image)
