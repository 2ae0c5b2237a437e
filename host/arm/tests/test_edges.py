"""The limits hold on the step edges that leave the controller, whatever the plan says; for either seat."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from host.arm.choreography import MagnetStep, MoveStep, Scene, plan_turn
from host.arm.frames import square_board
from host.arm.homing import plan_homing, plan_recovery
from host.arm.moves import swing, travel_usteps
from host.arm.robot import load
from host.arm.tests.edge_checker import EdgeChecker, send

ROBOT = load()
LIMITS = ROBOT.limits
CHECKER = EdgeChecker(ROBOT)
TRAVEL = travel_usteps(ROBOT)
OFFSETS = st.floats(-0.006, 0.006)
SEATS = st.sampled_from(["red", "black"])
PLACES = st.tuples(st.integers(16000, 33000), st.integers(-22000, -6000), st.just(TRAVEL))


def motions_of(stages):
    """Motions in order, each with whether a piece hangs on the nose."""
    holding = False
    for stage in stages:
        for step in stage.steps:
            if isinstance(step, MagnetStep):
                holding = step.on
            elif isinstance(step, MoveStep):
                yield step.motion, holding


@settings(max_examples=12, deadline=None)
@given(SEATS, st.integers(0, 89), st.integers(0, 89), OFFSETS, OFFSETS, st.booleans(), st.booleans())
def test_every_edge_of_a_turn_keeps_every_limit(seat, source, target, dx, dy, capture, fast):
    if source == target:
        return
    pieces = {}
    for square in (source, target) if capture else (source,):
        point = square_board(ROBOT, square)
        pieces[square] = point._replace(x=point.x + dx, y=point.y + dy)
    scene = Scene(seat, pieces, ROBOT.usteps(ROBOT.park), fast=fast)
    position = scene.position
    for motion, holding in motions_of(plan_turn(ROBOT, scene, (source, target), capture)):
        assert motion.start_usteps == position
        sent = send(motion)
        position = sent.end
        assert CHECKER.faults(motion, sent, holding=holding) == [], motion.label


@settings(max_examples=25, deadline=None)
@given(PLACES, PLACES, st.booleans())
def test_every_edge_of_any_swing_keeps_every_limit(start, end, fast):
    if start[:2] == end[:2]:
        return
    motion = swing(ROBOT, start, end, "swing", fast=fast)
    assert CHECKER.faults(motion, send(motion)) == []


@settings(max_examples=15, deadline=None)
@given(PLACES, PLACES, st.booleans(), st.floats(0.0, 1.0))
def test_braking_and_going_on_keeps_the_stop_limits_and_loses_no_step(start, end, fast, part):
    if start[:2] == end[:2]:
        return
    motion = swing(ROBOT, start, end, "swing", fast=fast)
    sent = send(motion, brake_at_s=part * motion.duration_s)
    assert sent.end == motion.end_usteps
    assert CHECKER.faults(motion, sent, braked=True) == []


@settings(max_examples=15, deadline=None)
@given(PLACES, PLACES, st.floats(0.0, 0.8), st.floats(0.0, 1.0))
def test_a_fast_swing_that_is_slowed_keeps_the_normal_speed_a_quarter_second_later(start, end, part, brake):
    if start[:2] == end[:2]:
        return
    motion = swing(ROBOT, start, end, "swing", fast=True)
    slow_at = part * motion.duration_s
    share = 256 * LIMITS.point_mm_s // LIMITS.fast_point_mm_s
    sent = send(motion, brake_at_s=brake * motion.duration_s, slow_at_s=slow_at, share_256=share)
    assert sent.end == motion.end_usteps
    assert CHECKER.faults(motion, sent, braked=True) == []
    assert CHECKER.fastest_point(sent, slow_at + 0.26) <= ROBOT.plan.fastest_point + 0.002


@settings(max_examples=10, deadline=None)
@given(st.floats(70, 215), st.floats(-160, -20))
@example(202.0, -20.0)  # hardly any elbow: rounded speeds add up to more than the plan's
@example(208.4, -35.8)
def test_edges_of_recovery_and_homing_keep_the_slow_limits(shoulder, elbow):
    park = ROBOT.park
    start = park._replace(shoulder=shoulder * 0.0174533, elbow=elbow * 0.0174533, lift=0.032)
    motions = [*plan_recovery(ROBOT, start)]
    for axis in range(3):
        motions += plan_homing(ROBOT, axis)
    for motion in motions:
        assert CHECKER.faults(motion, send(motion)) == [], motion.label


@pytest.mark.parametrize(
    ("table", "key"),
    [("shoulder", "speed"), ("elbow", "speed"), ("shoulder", "acceleration"), ("elbow", "jerk")],
)
def test_the_checker_sees_a_joint_limit_that_is_broken(table, key):
    # The same edges judged for a robot whose joint bears less.
    motion = swing(ROBOT, (18000, -18000, TRAVEL), (30000, -8000, TRAVEL), "swing", fast=True)
    joint = getattr(ROBOT.plan, table)
    weaker = replace(joint, **{key: 0.02 * getattr(joint, key)})
    weak = replace(ROBOT, plan=replace(ROBOT.plan, **{table: weaker}))
    assert any("derivative" in fault for fault in EdgeChecker(weak).faults(motion, send(motion)))


def test_the_checker_sees_a_fast_swing_that_is_passed_off_as_a_normal_one():
    motion = swing(ROBOT, (18000, -18000, TRAVEL), (30000, -8000, TRAVEL), "swing", fast=True)
    faults = CHECKER.faults(replace(motion, profile="normal"), send(motion))
    assert any("mm/s" in fault for fault in faults)


def test_the_checker_sees_what_was_really_sent_when_a_motion_is_cut_short():
    motion = swing(ROBOT, (18000, -18000, TRAVEL), (30000, -8000, TRAVEL), "swing")
    sent = send(motion, brake_at_s=0.5, resume=False)
    assert sent.end != motion.end_usteps
    assert CHECKER.faults(motion, sent, braked=True) == [f"it ends at {sent.end}, not at {motion.end_usteps}"]
