"""A lattice that lies beside its board: what the men have in common is found, what is their own is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.geometry import LATTICE
from vision.slip import TELLING_CELLS, slip_of

WELL_PLACED = 0.06  # cells, standard deviation


def men_on(rng, count: int):
    """Probabilities (90,) that a man stands there, `count` of them surely, and where they stand (90, 2)."""
    standing = np.full(90, 0.01)
    standing[rng.choice(90, count, replace=False)] = 0.98
    return standing, rng.normal(0, WELL_PLACED, (90, 2))


def rms(slip) -> float:
    return float(np.sqrt((np.asarray(slip) ** 2).sum(axis=1).mean()))


@given(st.integers(0, 10_000), st.integers(20, 32))
def test_corners_that_are_off_are_found_from_the_men(seed, count):
    rng = np.random.default_rng(seed)
    standing, own = men_on(rng, count)
    x, y = ((LATTICE - (4, 4.5)) / 4.5).T
    shift, across, along = (rng.uniform(-cells, cells, 2) for cells in (0.2, 0.12, 0.12))
    true = shift + np.outer(x, across) + np.outer(y, along)
    slip = slip_of(true + own, standing)
    assert rms(slip - true) < max(0.75 * rms(true), TELLING_CELLS)


@given(st.integers(0, 10_000), st.integers(0, 32))
def test_men_who_stand_each_a_little_beside_their_points_tell_of_no_slip(seed, count):
    rng = np.random.default_rng(seed)
    standing, own = men_on(rng, count)
    assert rms(slip_of(own, standing)) < TELLING_CELLS


@given(st.integers(0, 10_000))
def test_the_board_seen_from_the_other_side_has_slipped_the_other_way(seed):
    rng = np.random.default_rng(seed)
    standing, own = men_on(rng, 24)
    offsets = own + np.array([0.15, -0.1])
    assert slip_of(-offsets[::-1], standing[::-1]) == pytest.approx(-slip_of(offsets, standing)[::-1])


def test_a_few_men_between_the_points_do_not_drag_the_others_along():
    standing, own = men_on(np.random.default_rng(3), 30)
    own[np.flatnonzero(standing > 0.5)[:3]] = (0.42, 0.1)
    assert rms(slip_of(own, standing)) < TELLING_CELLS


def test_too_few_men_tell_nothing():
    standing, own = men_on(np.random.default_rng(4), 5)
    assert not slip_of(own + 0.3, standing).any()


def test_points_without_men_count_for_nothing():
    standing, own = men_on(np.random.default_rng(5), 20)
    changed = np.where(standing[:, None] > 0.5, own, 40.0)
    assert (slip_of(changed, standing) == slip_of(own, standing)).all()
