import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.arm.errors import ReachError
from host.arm.kinematics import forward_many
from host.arm.robot import load
from host.arm.scurve import plan_scurve
from host.arm.steps import SLICE_TICKS, to_segments
from host.arm.trajectory import plan_line
from safety.axes import TICKS_PER_S

ROBOT = load()
LIMITS = ROBOT.limits
TRAVEL = round(ROBOT.lift.travel * ROBOT.lift.usteps_per_unit)


def positions(lift=None):
    ranges = list(zip(LIMITS.min_usteps, LIMITS.max_usteps, strict=True))
    heights = st.integers(*ranges[2]) if lift is None else st.just(lift)
    return st.tuples(st.integers(*ranges[0]), st.integers(*ranges[1]), heights)


def edges(segments, axis):
    """Absolute step times (ticks) of one axis, and the signed total."""
    times, origin, total = [], 0, 0
    for segment in segments:
        times += [origin + segment.step_time(axis, k) for k in range(abs(segment.count[axis]))]
        origin += segment.duration_ticks
        total += segment.count[axis]
    return np.array(times, dtype=np.float64), total


@settings(deadline=None)
@given(
    st.floats(1e-5, 3.0),
    st.floats(0.01, 2.0),
    st.floats(0.1, 20.0),
    st.floats(1.0, 500.0),
    st.floats(0.0, 1.0),
)
def test_an_s_curve_keeps_its_limits_and_ends_at_rest(length, speed, acceleration, jerk, part):
    curve = plan_scurve(length, speed, acceleration, jerk)
    time = np.linspace(0.0, curve.duration, 400)
    x, v, a = curve.at(time)
    assert x[0] == 0.0
    assert x[-1] == pytest.approx(length, rel=1e-9)
    assert abs(v[0]) < 1e-9
    assert abs(v[-1]) < 1e-9
    assert v.max() <= speed * (1 + 1e-9)
    assert np.abs(a).max() <= acceleration * (1 + 1e-9)
    assert np.abs(np.diff(a)).max() <= jerk * (time[1] - time[0]) * (1 + 1e-6) + 1e-9
    assert (np.diff(x) >= -1e-12 * length).all()
    there = np.array([part * length])
    assert curve.at(curve.time_at(there))[0] == pytest.approx(there, rel=1e-9, abs=1e-12)


def test_a_long_s_curve_takes_the_textbook_time():
    # length / speed + speed / acceleration + acceleration / jerk
    assert plan_scurve(1.0, 0.2, 0.5, 5.0).duration == pytest.approx(5.0 + 0.4 + 0.1)


@settings(max_examples=60, deadline=None)
@given(positions(), positions())
def test_joint_moves_keep_every_limit(start, end):
    if start == end:
        return
    line = plan_line(ROBOT, start, end, 0.150, 0.040)
    time = np.linspace(0.0, line.duration, 2001)
    usteps = line.usteps_at(time)
    assert usteps[0] == pytest.approx(start)
    assert usteps[-1] == pytest.approx(end)
    step = time[1]
    scale = [axis.usteps_per_unit for axis in (ROBOT.shoulder, ROBOT.elbow, ROBOT.lift)]
    joints = usteps / scale
    knees, tips = forward_many(ROBOT, joints[:, 0], joints[:, 1])
    for points in (knees, tips):
        assert np.linalg.norm(np.diff(points, axis=0), axis=1).max() / step <= 0.150 * 1.001
    assert np.abs(np.diff(joints[:, 2])).max() / step <= 0.040 * 1.001
    for axis, limit in enumerate((ROBOT.plan.shoulder, ROBOT.plan.elbow, ROBOT.plan.lift)):
        assert np.abs(np.diff(joints[:, axis])).max() / step <= limit.speed * 1.001
        assert np.abs(np.diff(joints[:, axis], 2)).max() / step**2 <= limit.acceleration * 1.02
    # No joint leaves the range spanned by its ends, so the tool keeps between the two radii.
    radii = np.linalg.norm(tips, axis=1)
    assert radii.min() >= min(radii[0], radii[-1]) - 1e-9
    assert radii.max() <= max(radii[0], radii[-1]) + 1e-9


@settings(max_examples=60, deadline=None)
@given(positions(), positions())
def test_steps_fall_where_the_trajectory_says(start, end):
    if start == end:
        return
    line = plan_line(ROBOT, start, end, 0.150, 0.040)
    segments = to_segments(line)
    assert all(segment.invalid() is None for segment in segments)
    assert all(segment.duration_ticks <= SLICE_TICKS for segment in segments)
    for axis in range(3):
        times, total = edges(segments, axis)
        assert total == end[axis] - start[axis]
        assert (np.diff(times) > 0).all()
        exact = line.step_times(axis)
        # 25 us = 200 ticks.
        assert np.abs(times - exact * TICKS_PER_S).max(initial=0.0) <= 200
        # The step times themselves, judged by the position at those times.
        sign = 1 if end[axis] > start[axis] else -1
        middles = start[axis] + sign * (np.arange(len(exact)) + 0.5)
        if len(exact):
            assert np.abs(line.usteps_at(exact)[:, axis] - middles).max() < 1e-3


@settings(max_examples=30, deadline=None)
@given(positions(TRAVEL), positions(TRAVEL), st.sampled_from([0.150, 0.250]))
def test_the_edge_stream_itself_is_never_too_fast(start, end, speed):
    if start == end:
        return
    segments = to_segments(plan_line(ROBOT, start, end, speed, 0.040))
    duration = sum(segment.duration_ticks for segment in segments)
    grid = np.arange(0, duration, 16_000, dtype=np.float64)
    joints = []
    for axis, joint in enumerate((ROBOT.shoulder, ROBOT.elbow)):
        times, _ = edges(segments, axis)
        sign = 1 if end[axis] > start[axis] else -1
        known_times = np.concatenate([[0.0], times, [duration]])
        counts = np.concatenate([[0.0], np.arange(len(times)) + 0.5, [len(times)]])
        joints.append((start[axis] + sign * np.interp(grid, known_times, counts)) / joint.usteps_per_unit)
    for points in forward_many(ROBOT, joints[0], joints[1]):
        fastest = np.linalg.norm(np.diff(points, axis=0), axis=1).max(initial=0.0) / 0.002
        # Half a step in the first or last 2 ms is not speed: allow 1 % and 1 mm/s.
        assert fastest <= speed * 1.01 + 0.001


def test_moves_that_lead_nowhere_or_outside_are_refused():
    park = ROBOT.usteps(ROBOT.park)
    with pytest.raises(ReachError, match="two different ends"):
        plan_line(ROBOT, park, park, 0.15, 0.04)
    with pytest.raises(ReachError, match="outside the range"):
        plan_line(ROBOT, park, (park[0] + 5000, park[1], park[2]), 0.15, 0.04)
