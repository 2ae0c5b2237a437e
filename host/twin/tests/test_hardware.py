from hypothesis import given
from hypothesis import strategies as st

from host.twin.hardware import GATE_TIMEOUT_US, TICKS_WRAP, BoardClock, Wave, motor_power


def toggling(until_us, period_us=10_000):
    wave = Wave()
    for now in range(0, until_us + 1, period_us):
        wave.set((now // period_us) & 1 ^ 1, now)
    return wave


def test_the_gate_needs_both_controllers():
    assert motor_power([toggling(100_000), toggling(100_000)], False, 100_000)
    assert not motor_power([toggling(100_000), Wave()], False, 100_000)


def test_a_stuck_pin_opens_the_gate_after_twenty_five_milliseconds():
    gates = [toggling(100_000), toggling(200_000)]
    assert motor_power(gates, False, 100_000 + GATE_TIMEOUT_US)
    assert not motor_power(gates, False, 100_001 + GATE_TIMEOUT_US)


def test_the_mushroom_opens_the_gate_at_once():
    assert not motor_power([toggling(100_000), toggling(100_000)], True, 100_000)


def test_a_level_that_stays_is_no_edge():
    wave = Wave()
    for now in range(0, 100_000, 1000):
        wave.set(1, now)
    assert wave.edges == 1
    assert wave.last_edge_us == 0


@given(st.integers(0, TICKS_WRAP), st.floats(-200, 200), st.integers(0, 3_600_000_000))
def test_a_crystal_gives_the_twin_time_back(offset, ppm, now):
    clock = BoardClock(offset, ppm)
    assert abs(clock.twin_us(clock.pio_ticks(now)) - now) < 0.2
    assert 0 <= clock.ticks(now) < TICKS_WRAP


def test_ticks_start_shortly_before_their_wrap_and_differ_between_controllers():
    arm, hand = BoardClock.drawn("1 arm", 30.0), BoardClock.drawn("1 hand", 30.0)
    for clock in (arm, hand):
        assert clock.ticks(0) > TICKS_WRAP - 10_000_000
        assert clock.ticks(10_000_000) < 10_000_000
    assert arm != hand
    assert abs(arm.ppm) <= 30.0
    assert arm == BoardClock.drawn("1 arm", 30.0)
