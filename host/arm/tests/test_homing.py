import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.arm.errors import ReachError, SafetyRefusalError
from host.arm.gate import check
from host.arm.homing import (
    joints_from_encoders,
    plan_homing,
    plan_recovery,
    position_after_homing,
    switch_usteps,
)
from host.arm.joints import Joints
from host.arm.motion import Motion
from host.arm.moves import lower, swing
from host.arm.robot import load
from safety.segment import Segment

ROBOT = load()
PARK = ROBOT.usteps(ROBOT.park)
EDGES = switch_usteps(ROBOT)


def pressed(axis, usteps):
    """Whether the limit switch of `axis` is pressed at a motor position."""
    side = PARK[axis] - EDGES[axis]
    return (usteps - EDGES[axis]) * side > 0


def test_at_park_all_three_switches_are_pressed():
    assert all(pressed(axis, PARK[axis]) for axis in range(3))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_homing_leaves_the_switch_and_comes_back(axis):
    off, back = plan_homing(ROBOT, axis)
    assert off.start_usteps == PARK
    assert not pressed(axis, off.end_usteps[axis])
    assert not pressed(axis, back.start_usteps[axis])
    assert pressed(axis, back.end_usteps[axis])
    for motion in (off, back):
        assert (motion.profile, motion.home_axis) == ("home", axis)
        assert all(
            segment.count[other] == 0 for segment in motion.segments for other in range(3) if other != axis
        )


# By how much the counters may be wrong before homing: encoders a degree, the lift up to its upper stop.
WRONG = ((-178, 178), (-142, 142), (-800, 0))


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([0, 1, 2]), st.floats(0, 1))
def test_homing_works_when_the_counters_are_wrong(axis, part):
    low, high = WRONG[axis]
    wrong = round(low + part * (high - low))
    limits = ROBOT.limits
    off, back = plan_homing(ROBOT, axis)
    edge = EDGES[axis] + wrong  # what the counter reads at the switch
    ends = sorted([off.start_usteps[axis], off.end_usteps[axis]])
    assert ends[0] < edge < ends[1]
    # The controller brakes at the edge, on path of at most 0.125 s at the homing speed.
    braked = edge + (back.start_usteps[axis] - EDGES[axis])
    end = braked + back.end_usteps[axis] - back.start_usteps[axis]
    assert pressed(axis, end - wrong)
    assert limits.min_usteps[axis] <= end <= limits.max_usteps[axis]


def test_homing_needs_a_pressed_switch():
    with pytest.raises(ReachError, match="The elbow is not on its limit switch"):
        plan_homing(ROBOT, 1, (PARK[0], EDGES[1] + 100, PARK[2]))


@settings(deadline=None)
@given(st.tuples(*[st.integers(-500, 500)] * 3))
def test_the_edges_give_the_true_position(wrong_by):
    counters = tuple(PARK[axis] + wrong_by[axis] for axis in range(3))
    edges = tuple(EDGES[axis] + wrong_by[axis] for axis in range(3))
    assert position_after_homing(ROBOT, counters, edges) == PARK


@settings(deadline=None)
@given(st.floats(ROBOT.shoulder.low, ROBOT.shoulder.high), st.floats(ROBOT.elbow.low, ROBOT.elbow.high))
def test_encoders_tell_the_joints_to_one_count(shoulder, elbow):
    counts = tuple(
        round(axis.encoder_zero + axis.encoder_sign * angle * axis.encoder_counts / math.tau)
        % axis.encoder_counts
        for axis, angle in ((ROBOT.shoulder, shoulder), (ROBOT.elbow, elbow))
    )
    joints = joints_from_encoders(ROBOT, counts)
    assert joints.shoulder == pytest.approx(shoulder, abs=math.tau / 4096)
    assert joints.elbow == pytest.approx(elbow, abs=math.tau / 4096)
    assert joints.lift == ROBOT.lift.high


def test_an_impossible_encoder_count_is_refused():
    with pytest.raises(ReachError, match="0 to 4095, not 4096"):
        joints_from_encoders(ROBOT, (4096, 0))


@settings(max_examples=8, deadline=None)
@given(st.floats(70, 210), st.floats(-160, -25), st.floats(0.0, 0.04))
def test_recovery_creeps_up_then_inward_to_park(shoulder, elbow, lift):
    motions = plan_recovery(ROBOT, Joints(math.radians(shoulder), math.radians(elbow), lift))
    assert motions[-1].end_usteps == PARK
    first = motions[0]
    if first.start_usteps[2] < PARK[2]:
        assert first.end_usteps[:2] == first.start_usteps[:2]
    for motion in motions:
        assert motion.profile == "recovery"
        turned = abs(motion.end_usteps[0] - motion.start_usteps[0]) / ROBOT.shoulder.usteps_per_unit
        assert motion.duration_s >= turned * 0.6 / 0.025


def test_there_is_nothing_to_recover_at_park():
    assert plan_recovery(ROBOT, ROBOT.joints(PARK)) == ()


def test_the_gate_refuses_what_is_not_safe():
    above = (25000, -16000, 12000)
    good = swing(ROBOT, PARK, above, "good")
    hasty = [Segment(max(1, s.duration_ticks // 2), *[(s.count[a], s.first[a] // 2, s.interval_q12[a] // 2,
             s.add_q12[a] // 2) for a in range(3)]) for s in good.segments]  # fmt: skip
    fast = Motion(tuple(hasty), good.start_usteps, good.end_usteps, good.duration_s / 2, "hasty", "normal")
    with pytest.raises(SafetyRefusalError, match="Safety refused the motion 'hasty' at segment"):
        check(ROBOT, fast)
    cut = Motion(good.segments[:100], good.start_usteps, good.end_usteps, 1.0, "cut", "normal")
    with pytest.raises(SafetyRefusalError, match="motion ends moving"):
        check(ROBOT, cut)
    wrong = Motion(good.segments, good.start_usteps, PARK, good.duration_s, "wrong end", "normal")
    with pytest.raises(SafetyRefusalError, match="the steps lead to"):
        check(ROBOT, wrong)
    with pytest.raises(ReachError):
        lower(ROBOT, above, 0.001, "into the board")
