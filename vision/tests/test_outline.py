"""Four sides are fitted around the area of a board, whatever bites limbs take out of it."""

import cv2
import numpy as np

from vision.geometry import project
from vision.outline import homography_of_area

AREA = np.array([[-0.5, -0.5], [8.5, -0.5], [8.5, 9.5], [-0.5, 9.5]])
CORNERS = np.array([[18.0, 14.0], [60.0, 18.0], [66.0, 70.0], [10.0, 62.0]])


def area_of(corners):
    """A map (80, 80) that is 1 inside the corners."""
    likely = np.zeros((80, 80))
    cv2.fillPoly(likely, [np.round(corners).astype(np.int32)], 1.0)
    return likely


def off(homography):
    """How far its corners are from the true ones, from whichever end."""
    seen = project(homography, AREA)
    return min(np.abs(np.roll(seen, turn, axis=0) - CORNERS).max() for turn in range(4))


def test_the_sides_of_an_area_are_found():
    assert off(homography_of_area(area_of(CORNERS))) < 1.5


def test_a_limb_and_a_stray_area_change_little():
    likely = area_of(CORNERS)
    cv2.line(likely, (38, 0), (40, 45), 0.0, 6)
    cv2.circle(likely, (4, 4), 3, 1.0, -1)
    assert off(homography_of_area(likely)) < 2.0


def test_the_longer_sides_are_the_files():
    seen = project(homography_of_area(area_of(CORNERS)), [[0.0, 0.0], [8.0, 0.0], [0.0, 9.0]])
    assert np.hypot(*(seen[1] - seen[0])) < np.hypot(*(seen[2] - seen[0]))


def test_nothing_has_no_sides():
    assert homography_of_area(np.zeros((80, 80))) is None
