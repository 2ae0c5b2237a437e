"""The first net's doubt gives way to a face that was read and to clear surroundings, and to nothing else."""

import numpy as np
import pytest

from vision.doubt import less_doubtful

POINT = 40  # e5: eight points around it


def doubted(share, *, piece=0.0, surest=0.0, off=0.0, around=0.0):
    """Shares of `POINT` after "cannot tell" had `share` there and `around` on its right-hand neighbour."""
    presence = np.tile([0.0, 1.0, 0.0], (90, 1))
    presence[POINT] = piece, 1 - piece - share, share
    presence[POINT + 1] = 0.0, 1 - around, around
    faces, distances = np.zeros(90), np.zeros(90)
    faces[POINT], distances[POINT] = surest, off
    result = less_doubtful(presence, faces, distances)
    assert np.allclose(result.sum(axis=1), 1)
    return result[POINT]


def test_a_man_off_his_point_whose_face_was_read_stands_there():
    assert doubted(0.5, piece=0.5, surest=0.99, off=0.38)[0] > 0.9


@pytest.mark.parametrize(("surest", "off"), [(0.99, 0.47), (0.6, 0.1)], ids=["between points", "not read"])
def test_a_man_between_points_or_one_that_cannot_be_read_stays_in_doubt(surest, off):
    assert doubted(0.5, piece=0.5, surest=surest, off=off)[2] == pytest.approx(0.5)


def test_a_bare_point_that_looks_strange_alone_is_bare():
    assert doubted(0.6)[1] > doubted(0.6)[2]


def test_one_that_looks_very_strange_or_beside_another_strange_one_is_not():
    assert doubted(0.9)[2] > 0.7
    assert doubted(0.6, around=0.4)[2] == pytest.approx(0.6)
