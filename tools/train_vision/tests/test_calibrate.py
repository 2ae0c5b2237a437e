"""What certainty is worth: the isotonic fit and its table."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the pictures are drawn with Pillow (the `train` extra)")

from tools.train_vision.calibrate import Readings, isotonic, reliability, write_calibration
from tools.train_vision.positions import played_letters
from vision.confidence import load_calibration


def drawn(count: int):
    rng = np.random.default_rng(8)
    nats = rng.uniform(-2, 8, count)
    return nats, rng.random(count) < 1 / (1 + np.exp(-0.5 * nats))


def test_the_fit_finds_the_share_that_is_right():
    nats, right = drawn(40_000)
    knots = np.array(isotonic(nats, right))
    assert (np.diff(knots, axis=0) >= 0).all()
    for value in (-1.0, 1.0, 4.0):
        assert np.interp(value, *knots.T) == pytest.approx(1 / (1 + np.exp(-0.5 * value)), abs=0.04)


def test_a_small_sample_claims_little():
    assert 0.5 < isotonic(np.array([9.0, 9.0, 9.0]), np.ones(3, bool))[-1][1] < 0.8
    assert isotonic(np.zeros(0), np.zeros(0, bool)) == [(0.0, 0.5)]


def test_the_table_written_is_the_table_read(tmp_path):
    nats, right = drawn(4000)
    half = np.arange(4000) % 2 == 0
    readings = Readings(np.zeros(4000, np.int64), nats, right, half, nats, right, half, nats)
    write_calibration(tmp_path / "t.json", readings)
    table = load_calibration(tmp_path / "t.json")
    told = readings.confidence(table)
    for mean, share, count in reliability(told, right, np.linspace(0, 1.0001, 6)):
        assert mean == pytest.approx(share, abs=3 / np.sqrt(count))


def test_played_positions_have_both_generals_and_no_set_too_many():
    for seed in range(6):
        letters = list(played_letters(np.random.default_rng(seed)).values())
        assert letters.count("K") == letters.count("k") == 1
        assert all(letters.count(letter) <= 2 for letter in "RNBACrnbac")
        assert max(letters.count("P"), letters.count("p")) <= 5
