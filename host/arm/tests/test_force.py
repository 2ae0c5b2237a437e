import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.arm.force import CLASS_I_FORCE_N, DIRECTIONS_DEG, force_table, link2_force, nose_force, report
from host.arm.robot import DEFAULT_FILE, load

ROBOT = load()


def brute_force(elbow, distance):
    """The same by trying directions: what the torques allow along each, and the best of them."""
    knee = np.array([ROBOT.arm.link1, 0.0])
    r = distance * np.array([math.cos(elbow), math.sin(elbow)])
    p = knee + r
    angles = np.linspace(0.0, math.pi, 50_001)
    u = np.stack([np.cos(angles), np.sin(angles)])
    shoulder = (
        ROBOT.shoulder.peak_torque
        * ROBOT.shoulder.gear
        / np.maximum(1e-12, np.abs(p[0] * u[1] - p[1] * u[0]))
    )
    knee_n = ROBOT.elbow.peak_torque * ROBOT.elbow.gear / np.maximum(1e-12, np.abs(r[0] * u[1] - r[1] * u[0]))
    return float(np.minimum(shoulder, knee_n).max())


@settings(deadline=None)
@given(st.floats(ROBOT.elbow.low, ROBOT.elbow.high), st.floats(0.05, 0.28))
def test_the_closed_form_is_the_best_of_all_directions(elbow, distance):
    closed = float(link2_force(ROBOT, np.array([elbow]), distance)[0])
    assert closed == pytest.approx(brute_force(elbow, distance), rel=2e-3)


def test_the_reference_robot_keeps_to_fifty_newtons():
    found = report(ROBOT)
    assert found.holds
    assert found.nose_n <= CLASS_I_FORCE_N
    assert found.link1_hinge < 0.1
    assert found.link2_hinge < 0.14


def test_motors_twice_as_strong_do_not():
    strong = replace(
        ROBOT,
        shoulder=replace(ROBOT.shoulder, peak_torque=2 * ROBOT.shoulder.peak_torque),
        elbow=replace(ROBOT.elbow, peak_torque=2 * ROBOT.elbow.peak_torque),
    )
    assert report(strong).nose_n == pytest.approx(2 * report(ROBOT).nose_n)
    assert not report(strong).holds


@pytest.mark.parametrize("name", ["robot.toml", "robot-gantry.toml"])
def test_the_table_keeps_to_fifty_newtons_at_every_point_in_every_direction_lift_included(name):
    robot = load(DEFAULT_FILE.with_name(name))
    table = force_table(robot, 60)
    for row in table:
        assert len(row.by_direction) == len(DIRECTIONS_DEG)
        assert max(row.by_direction) <= row.peak_n + 1e-9
        assert row.peak_n <= CLASS_I_FORCE_N
    assert max(row.peak_n for row in table) == pytest.approx(report(robot).nose_n, rel=0.02)
    assert report(robot).lift_n <= CLASS_I_FORCE_N


@pytest.mark.parametrize("name", ["robot.toml", "robot-gantry.toml"])
def test_a_finer_search_of_directions_finds_the_peak_of_the_row(name):
    robot = load(DEFAULT_FILE.with_name(name))
    for row in force_table(robot, 5):
        fine = max(nose_force(robot, row.elbow, angle) for angle in np.linspace(0.0, math.pi, 20_001))
        assert fine == pytest.approx(row.peak_n, rel=2e-3)
