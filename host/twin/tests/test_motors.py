import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.twin.motors import SHOULDER_MOTOR, Stepper

STEP_S = 0.0005
GEAR = 20.0
USTEPS = 200 * 16 * GEAR / math.tau
CYCLE = 64


class Shaft:
    """A bare inertia on a stepper, integrated as the world does (velocity first, then position)."""

    def __init__(self, position=0.0, inertia=0.1, friction=0.3):
        self.motor = Stepper(SHOULDER_MOTOR, 0.25, USTEPS, GEAR, 16, position)
        self.motor.powered = True
        self.position, self.velocity, self.inertia, self.friction = position, 0.0, inertia, friction
        self.now_us = 0.0

    def run(self, seconds, load=0.0):
        for _ in range(round(seconds / STEP_S)):
            self.now_us += STEP_S * 1e6
            torque = self.motor.force(self.now_us, STEP_S, self.position, self.velocity) + load
            self.velocity += (torque - self.friction * self.velocity) / self.inertia * STEP_S
            self.position += self.velocity * STEP_S

    def steps(self, count, seconds):
        times = self.now_us + (np.arange(abs(count)) + 0.5) / abs(count) * seconds * 1e6
        self.motor.push(times, np.full(abs(count), np.sign(count)))


@given(st.integers(-3000, 3000).filter(bool))
@settings(max_examples=15, deadline=None)
def test_an_unloaded_rotor_ends_where_the_steps_say(count):
    shaft = Shaft()
    shaft.steps(count, 0.2 + abs(count) / 5000)
    shaft.run(0.8 + abs(count) / 5000)
    assert shaft.position * USTEPS == pytest.approx(count, abs=0.5)


@given(st.floats(1.2, 3.0))
@settings(max_examples=15, deadline=None)
def test_an_overload_loses_whole_multiples_of_four_full_steps(excess):
    shaft = Shaft(friction=8.0)
    shaft.run(0.05, load=excess * shaft.motor.peak_force)
    shaft.run(1.0)
    lost = shaft.motor.lag_usteps(shaft.position) / CYCLE
    assert round(lost) != 0
    assert lost == pytest.approx(round(lost), abs=0.01)


def test_a_load_below_the_peak_only_bends_the_field():
    shaft = Shaft()
    shaft.run(0.5, load=0.6 * shaft.motor.peak_force)
    # sin(phase) = 0.6: 0.6435 rad of an electrical cycle of 64 microsteps.
    assert -shaft.motor.lag_usteps(shaft.position) == pytest.approx(
        math.asin(0.6) / math.tau * CYCLE, abs=0.3
    )
    shaft.run(0.5)
    assert shaft.motor.lag_usteps(shaft.position) == pytest.approx(0.0, abs=0.3)


def test_half_the_current_holds_half_the_load():
    shaft = Shaft(friction=8.0)
    shaft.motor.full_current = False
    shaft.run(0.3, load=0.45 * shaft.motor.peak_force)
    assert abs(shaft.motor.lag_usteps(shaft.position)) < CYCLE / 4
    shaft.run(0.3, load=0.6 * shaft.motor.peak_force)
    assert abs(shaft.motor.lag_usteps(shaft.position)) > CYCLE


def test_without_power_only_the_detent_is_felt_and_the_field_still_counts():
    shaft = Shaft()
    shaft.motor.powered = False
    shaft.steps(640, 0.1)
    shaft.run(0.2)
    assert abs(shaft.position * USTEPS) < 8
    assert shaft.motor.field == 640


def test_edges_play_in_their_order_and_at_their_time():
    shaft = Shaft()
    shaft.motor.push([100.0, 600.0, 1400.0], [1, 1, -1])
    shaft.run(STEP_S)
    assert shaft.motor.field == 1
    assert shaft.motor.pending
    shaft.run(2 * STEP_S)
    assert shaft.motor.field == 1
    assert not shaft.motor.pending


def test_times_without_directions_are_refused():
    with pytest.raises(ValueError, match="two rows of one length"):
        Shaft().motor.push([1.0, 2.0], [1])


def test_a_motor_with_waiting_edges_can_be_saved_and_restored():
    one, other = Shaft(), Shaft()
    one.steps(500, 0.3)
    one.run(0.1)
    other.motor.set_state(one.motor.state())
    other.position, other.velocity, other.now_us = one.position, one.velocity, one.now_us
    one.run(0.4)
    other.run(0.4)
    assert (one.position, one.velocity) == (other.position, other.velocity)
