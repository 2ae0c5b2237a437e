"""The lattice is found from guesses a row or a file off, too long or too short, or turned by a quarter."""

import numpy as np
import pytest

from vision.geometry import LATTICE, homography_from_corners, project
from vision.lattice import Crossings
from vision.lattice_search import search_lattice

CORNERS = np.array([[70.0, 62.0], [252.0, 70.0], [268.0, 276.0], [52.0, 262.0]])


def crossings_at(pixels, seen=1.0):
    """A map of 80 x 80 values, one every 4 pixels, with a bump at each pixel position."""
    rows, columns = np.mgrid[0:80, 0:80] * 4.0 + 1.5
    away = (columns[None] - pixels[:, 0, None, None]) ** 2 + (rows[None] - pixels[:, 1, None, None]) ** 2
    return Crossings(seen * np.exp(-away / (2 * 3.6**2)).max(axis=0), 4)


def moved(left, right, upper, lower):
    """A matrix that moves the sides of the board by so many cells."""
    return np.array([[1 + (right - left) / 8, 0, left], [0, 1 + (lower - upper) / 9, upper], [0, 0, 1]])


@pytest.mark.parametrize(
    "sides",
    [(0, 0, 0, 0), (1, 1, 0, 0), (0, 0, -1, -1), (0, 0, 0, 1), (-1, 0, 0, 0), (0.4, -0.6, 0.3, 0.9)],
)
def test_sides_that_are_up_to_a_cell_off_are_put_right(sides):
    true = homography_from_corners(CORNERS)
    fit = search_lattice(crossings_at(project(true, LATTICE)), true @ moved(*sides))
    assert np.abs(project(fit.homography, LATTICE) - project(true, LATTICE)).max() < 1.0
    assert fit.confidence > 0.8
    assert fit.crossings_used == 90


def test_files_taken_for_ranks_are_put_right():
    true = homography_from_corners(CORNERS)
    turned = true @ np.array([[0.0, 1.0, -0.5], [-1.0, 0.0, 8.5], [0.0, 0.0, 1.0]])
    fit = search_lattice(crossings_at(project(true, LATTICE)), turned)
    places = project(fit.homography, LATTICE)
    ways = (project(true, LATTICE), project(true, LATTICE)[::-1])
    assert min(np.abs(places - way).max() for way in ways) < 1.0


def test_a_covered_edge_and_crossings_beside_the_board_do_not_mislead():
    true = homography_from_corners(CORNERS)
    seen = project(true, LATTICE[(LATTICE[:, 0] > 0) | (LATTICE[:, 1] > 4)])
    beside = project(true, np.array([[9.1, y] for y in (1.0, 2.0, 4.0)]))
    fit = search_lattice(crossings_at(np.concatenate([seen, beside])), true @ moved(0.4, 0.5, 0, 0))
    assert np.abs(project(fit.homography, LATTICE) - project(true, LATTICE)).max() < 2.0


def test_an_empty_map_has_no_lattice():
    empty = Crossings(np.zeros((80, 80)), 4)
    assert search_lattice(empty, homography_from_corners(CORNERS)).confidence == 0.0
