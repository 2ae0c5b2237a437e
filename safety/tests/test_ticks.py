"""Ticks wrap at 2^30 and differences do not notice."""

from safety import ticks


def test_differences_pass_the_wrap():
    for base in (0, 5, ticks.PERIOD - 1, ticks.PERIOD // 2):
        for delta in (0, 1, -1, 250000, -250000, (1 << 29) - 1, -(1 << 29)):
            assert ticks.diff(ticks.add(base, delta), base) == delta


def test_any_integers_are_taken_modulo_the_period():
    assert ticks.diff(3 * ticks.PERIOD + 7, 2) == 5
    assert 0 <= ticks.add(ticks.PERIOD - 1, 1) < ticks.PERIOD
