"""Boards that are not flat: the bend is found, undone, and not seen where there is none."""

import cv2
import numpy as np
import pytest

from vision.bend import bend_of, flattened, moved
from vision.geometry import LATTICE, homography_from_corners, project

RNG = np.random.default_rng(4)
CORNERS = [[80.0, 60.0], [400.0, 70.0], [420.0, 430.0], [70.0, 420.0]]


def curl(points, cells: float):
    """A wave along the files, as of paper that was rolled up."""
    points = np.asarray(points)
    return np.column_stack([0.4 * cells * np.sin(points[:, 1] * 0.6), cells * np.sin(points[:, 1] * 0.6 + 1)])


@pytest.mark.parametrize("cells", [0.15, 0.3])
def test_a_curl_is_found_although_some_crossings_are_far_off_or_missing(cells):
    true = curl(LATTICE, cells)
    seen = LATTICE + true + RNG.normal(0, 0.01, (90, 2))
    seen[[7, 44, 61]] += 0.4
    weight = np.full(90, 0.8)
    weight[20:30] = 0.0
    bend = bend_of(seen, weight)
    assert bend is not None
    assert np.abs(bend - true).max() < 0.12
    assert np.sqrt(((bend - true) ** 2).mean()) < 0.03


def test_a_flat_board_with_uncertain_crossings_stays_flat():
    assert bend_of(LATTICE + RNG.normal(0, 0.03, (90, 2)), np.ones(90)) is None
    assert bend_of(LATTICE + RNG.normal(0, 0.12, (90, 2)), np.ones(90)) is None


def test_too_few_crossings_tell_no_bend():
    weight = np.zeros(90)
    weight[:30] = 1.0
    assert bend_of(LATTICE + curl(LATTICE, 0.3), weight) is None


def test_flattening_brings_the_marks_of_a_bent_board_back_to_the_lattice():
    homography = homography_from_corners(CORNERS)
    bend = curl(LATTICE, 0.3)
    inner = [point for point in range(90) if 0 < LATTICE[point, 0] < 8 and 0 < LATTICE[point, 1] < 9]
    image = np.zeros((480, 480, 3), np.uint8)
    for x, y in project(homography, moved(LATTICE[inner], bend)):
        cv2.circle(image, (round(x * 16), round(y * 16)), 3 * 16, (255, 255, 255), -1, cv2.LINE_AA, 4)
    flat = flattened(image, homography, bend)
    spots = np.round(project(homography, LATTICE[inner])).astype(int)
    assert (flat[spots[:, 1], spots[:, 0]].min(axis=1) > 150).mean() > 0.95
    off = np.round(project(homography, moved(LATTICE[inner], bend))).astype(int)
    assert (flat[off[:, 1], off[:, 0]].min(axis=1) > 150).mean() < 0.6


def test_a_bent_board_in_a_large_picture_is_flattened_like_one_in_a_small_one():
    bend = curl(LATTICE, 0.3)
    corners = np.array(CORNERS)
    small, large = (np.zeros((480 * times, 480 * times, 3), np.uint8) for times in (1, 5))
    for image, times in ((small, 1), (large, 5)):
        for x, y in project(homography_from_corners(corners * times), moved(LATTICE, bend)):
            cv2.circle(image, (round(x), round(y)), 4 * times, (255, 255, 255), -1)
    seen = [
        flattened(image, homography_from_corners(corners * n), bend) for image, n in ((small, 1), (large, 5))
    ]
    shrunk = cv2.resize(seen[1], (480, 480), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk.astype(int) - seen[0]).mean() < 3
