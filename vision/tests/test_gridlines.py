"""The printed lines give the board's place to a fraction of a pixel, whatever stands on the board."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.geometry import LATTICE, homography_from_corners, project
from vision.gridlines import refine_homography

CORNERS = np.array([[366.0, 58.0], [910.0, 54.0], [914.0, 668.0], [362.0, 672.0]])
FINE = 4  # drawn larger, then averaged down, so that lines fall between pixels


def _picture(homography, dice, pieces=30):
    """A board seen through `homography`: lines, and grey discs on some points as pieces hide them."""
    zoom = np.array([[FINE, 0, (FINE - 1) / 2], [0, FINE, (FINE - 1) / 2], [0, 0, 1.0]])
    fine = zoom @ homography
    image = np.full((720 * FINE, 1280 * FINE), 190, np.uint8)

    def line(a, b):
        ends = np.round(project(fine, np.array([a, b], dtype=float)) * 16).astype(int)
        cv2.line(image, ends[0].tolist(), ends[1].tolist(), 70, 7, cv2.LINE_AA, 4)

    for y in range(10):
        line((0, y), (8, y))
    for x in range(9):
        line((x, 0), (x, 4 if 0 < x < 8 else 9))
        line((x, 5), (x, 9))
    for point in dice.choice(90, pieces, replace=False):
        place = project(fine, LATTICE[point : point + 1] + dice.uniform(-0.2, 0.2, 2))[0]
        cv2.circle(image, np.round(place).astype(int).tolist(), 25 * FINE, int(dice.integers(40, 220)), -1)
    small = cv2.resize(image, (1280, 720), interpolation=cv2.INTER_AREA)
    noisy = small[..., None] + dice.normal(0, 2, (720, 1280, 3))
    return np.clip(noisy, 0, 255).astype(np.uint8)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_rough_homography_is_moved_onto_the_lines(seed):
    dice = np.random.default_rng(seed)
    true = homography_from_corners(CORNERS + dice.uniform(-6, 6, (4, 2)))
    image = _picture(true, dice)
    rough = homography_from_corners(
        project(true, [[0, 0], [8, 0], [8, 9], [0, 9]]) + dice.uniform(-2, 2, (4, 2))
    )
    refined = refine_homography(image, rough)
    assert refined is not None
    errors = np.linalg.norm(project(refined, LATTICE) - project(true, LATTICE), axis=1)
    assert errors.max() < 0.25


def test_a_picture_without_lines_gives_nothing():
    dice = np.random.default_rng(1)
    blank = np.full((720, 1280, 3), 180, np.uint8)
    assert refine_homography(blank, homography_from_corners(CORNERS)) is None
    noise = dice.integers(0, 255, (720, 1280, 3), dtype=np.uint8)
    assert refine_homography(cv2.GaussianBlur(noise, (0, 0), 3), homography_from_corners(CORNERS)) is None


def test_a_hand_over_a_third_of_the_board_does_not_matter():
    dice = np.random.default_rng(2)
    true = homography_from_corners(CORNERS)
    image = _picture(true, dice)
    image[400:720, 300:560] = (90, 120, 180)
    refined = refine_homography(image, homography_from_corners(CORNERS + 1.5))
    assert refined is not None
    assert np.linalg.norm(project(refined, LATTICE) - project(true, LATTICE), axis=1).max() < 0.3
