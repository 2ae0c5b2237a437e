import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.arm.encoder_curve import MOST_RESIDUAL_COUNTS, expected_counts, fit_curve, missed_cycles
from host.arm.errors import CurveError
from host.arm.robot import load

ROBOT = load()
JOINTS = {"shoulder": ROBOT.shoulder, "elbow": ROBOT.elbow}


def readings(joint, seed, usteps, slipped=0):
    """A data-sheet encoder: a degree of bend, a stale zero, noise and rounding."""
    rng = np.random.default_rng(seed)
    share, phases, stale = rng.uniform(0.5, 0.8), rng.uniform(0, math.tau, 2), rng.normal(0, 3.0)
    size = 4096 / 360
    result = []
    for at in usteps:
        angle = (at + slipped) / joint.usteps_per_unit
        one, two = math.sin(angle + phases[0]), math.sin(2 * angle + phases[1])
        bent = expected_counts(joint, at + slipped) + size * (share * one + (1 - share) * two)
        value = bent + stale + rng.normal(0, 0.17)
        result.append(math.floor(value + 0.5) % 4096)
    return result


def sweep(joint, places=33):
    scale = joint.usteps_per_unit
    return [round(angle * scale) for angle in np.linspace(joint.low + 0.02, joint.high - 0.02, places)]


@given(st.integers(0, 10_000), st.sampled_from(sorted(JOINTS)))
@settings(max_examples=30, deadline=None)
def test_a_sweep_leaves_at_most_two_counts_anywhere(seed, name):
    joint = JOINTS[name]
    curve = fit_curve(joint, sweep(joint), readings(joint, seed, sweep(joint)))
    assert curve.residual_counts <= MOST_RESIDUAL_COUNTS
    between = sweep(joint, 57)
    for at, read in zip(between, readings(joint, seed, between), strict=True):
        # The stale zero and the bend are drawn anew from the same seed: the same encoder.
        assert abs(curve.off(joint, at, read)) <= 2.0


@given(st.integers(0, 10_000), st.sampled_from(sorted(JOINTS)), st.sampled_from([-2, -1, 1, 2]))
@settings(max_examples=40, deadline=None)
def test_four_missed_full_steps_show_whichever_way_and_wherever(seed, name, cycles):
    joint = JOINTS[name]
    curve = fit_curve(joint, sweep(joint), readings(joint, seed, sweep(joint)))
    places = sweep(joint, 21)
    for at, read in zip(places, readings(joint, seed, places, slipped=cycles * 64), strict=True):
        assert missed_cycles(joint, curve.off(joint, at, read)) == cycles


@given(st.integers(0, 10_000), st.sampled_from(sorted(JOINTS)))
@settings(max_examples=20, deadline=None)
def test_nothing_missed_is_never_called_a_missed_step(seed, name):
    joint = JOINTS[name]
    curve = fit_curve(joint, sweep(joint), readings(joint, seed, sweep(joint)))
    places = sweep(joint, 41)
    assert not any(
        missed_cycles(joint, curve.off(joint, at, read))
        for at, read in zip(places, readings(joint, seed, places), strict=True)
    )


def test_a_step_missed_in_the_sweep_is_refused():
    joint, places = ROBOT.shoulder, sweep(ROBOT.shoulder)
    half = len(places) // 2
    bad = readings(joint, 5, places[:half]) + readings(joint, 5, places, slipped=256)[half:]
    with pytest.raises(CurveError, match="counts after linearisation"):
        fit_curve(joint, places, bad)


def test_too_few_places_are_refused():
    with pytest.raises(CurveError, match="at least 12"):
        fit_curve(ROBOT.elbow, [1, 2, 3], [1.0, 2.0, 3.0])
