import math
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from host.arm.choreography import (
    JournalStep,
    MagnetStep,
    MoveStep,
    Scene,
    Task,
    centres,
    next_slot,
    plan_correction,
    plan_park,
    plan_return_held,
    plan_tasks,
    plan_turn,
    slot_board,
)
from host.arm.errors import PlanError, ReachError
from host.arm.frames import SQUARES, Point, square_board
from host.arm.kinematics import forward_board
from host.arm.robot import load

ROBOT = load()
PARK = ROBOT.usteps(ROBOT.park)
E3, E4, E5, E2 = 31, 40, 49, 22
NOSE_TOLERANCE = 0.00006  # one microstep of each joint at full reach


def scene(squares, offsets=None, *, seat="red", **more):
    return Scene(seat, centres(ROBOT, squares, offsets or {}), PARK, **more)


def motions(stages):
    return [step.motion for stage in stages for step in stage.steps if isinstance(step, MoveStep)]


def kinds(steps):
    return [
        step.kind if isinstance(step, JournalStep) else ("on" if step.on else "off")
        for step in steps
        if not isinstance(step, MoveStep)
    ]


def touches(stages, seat="red"):
    """Where (board frame) and at what the nose touched down, in order."""
    result = []
    for motion in motions(stages):
        if motion.end_usteps[2] < motion.start_usteps[2] and motion.end_usteps[:2] == motion.start_usteps[:2]:
            joints = ROBOT.joints(motion.end_usteps)
            assert joints.lift == pytest.approx(ROBOT.touch_height, abs=3e-6)
            result.append(forward_board(ROBOT, joints, seat))
    return result


def near(point, expected):
    return math.dist(point, expected) < NOSE_TOLERANCE


def assert_chained(stages, start=PARK):
    position = start
    for motion in motions(stages):
        assert motion.start_usteps == position
        position = motion.end_usteps
        assert sum(segment.duration_ticks for segment in motion.segments) == pytest.approx(
            motion.duration_s * 8e6, abs=5
        )
    assert stages[-1].end == position


def test_a_quiet_move_is_fetched_put_and_parked():
    stages = plan_turn(ROBOT, scene([E3, 0, 89], {E3: (0.003, -0.004)}), (E3, E4), capture=False)
    assert [stage.why for stage in stages] == ["move", "park"]
    assert kinds(stages[0].fetch) == ["on", "lifted"]
    assert kinds(stages[0].put) == ["off", "placed"]
    assert_chained(stages)
    assert stages[-1].end == PARK
    taken, placed = touches(stages)
    there = square_board(ROBOT, E3)
    assert near(taken, (there.x + 0.003, there.y - 0.004))
    assert near(placed, square_board(ROBOT, E4))


def test_the_captured_piece_goes_first_and_into_the_next_free_slot():
    standing = scene([E3, E4], tray=frozenset({0, 1, 3}))
    stages = plan_turn(ROBOT, standing, (E3, E4), capture=True)
    assert [(stage.why, stage.source, stage.target, stage.slot) for stage in stages] == [
        ("capture", E4, None, 2),
        ("move", E3, E4, None),
        ("park", None, None, None),
    ]
    assert_chained(stages)
    journal = [step for stage in stages for step in stage.steps if isinstance(step, JournalStep)]
    assert [(step.kind, step.why, step.square, step.slot) for step in journal] == [
        ("lifted", "capture", E4, None),
        ("placed", "capture", None, 2),
        ("lifted", "move", E3, None),
        ("placed", "move", E4, None),
    ]
    assert near(touches(stages)[1], slot_board(ROBOT, 2, "red"))


def test_the_tray_is_at_the_robots_right_whichever_colour_it_plays():
    assert slot_board(ROBOT, 0, "red").x > 0.2
    assert slot_board(ROBOT, 0, "black").x < -0.2


def test_a_full_tray_is_said_in_words():
    assert next_slot(ROBOT, frozenset(range(15))) == 15
    with pytest.raises(PlanError, match="All 16 slots"):
        plan_turn(ROBOT, scene([E3, E4], tray=frozenset(range(16))), (E3, E4), capture=True)


def test_a_neighbour_in_the_way_is_straightened_first():
    leaning = {E5: (0.0, -0.010)}  # its centre is 30 mm from e4: the free circle is 30 mm
    stages = plan_turn(ROBOT, scene([E3, E5], leaning), (E3, E4), capture=False)
    assert [(stage.why, stage.source, stage.target) for stage in stages[:2]] == [
        ("straighten", E5, E5),
        ("move", E3, E4),
    ]
    assert_chained(stages)
    where = square_board(ROBOT, E5)
    assert near(touches(stages)[0], (where.x, where.y - 0.010))
    assert near(touches(stages)[1], where)


def test_a_neighbour_that_leaves_room_is_left_alone():
    leaning = {E5: (0.0, -0.0085)}  # 31.5 mm from e4: the free circle is 33 mm
    assert len(plan_turn(ROBOT, scene([E3, E5], leaning), (E3, E4), capture=False)) == 2


def test_the_mover_is_not_in_its_own_way():
    assert len(plan_turn(ROBOT, scene([E3], {E3: (0.0, 0.013)}), (E3, E4), capture=False)) == 2


def test_a_row_of_leaning_neighbours_is_straightened_from_its_end():
    leaning = {E3: (0.0, 0.010), E2: (0.0, 0.012)}
    stages = plan_turn(ROBOT, scene([0, E3, E2], leaning), (0, E4), capture=False)
    assert [(stage.why, stage.source) for stage in stages[:3]] == [
        ("straighten", E2),
        ("straighten", E3),
        ("move", 0),
    ]


def test_neighbours_that_block_each_other_are_still_finite():
    leaning = {E3: (0.0, 0.012), E5: (0.0, -0.012), E2: (0.0, 0.012), 39: (0.012, 0.0), 41: (-0.012, 0.0)}
    stages = plan_turn(ROBOT, scene([0, E3, E5, E2, 39, 41], leaning), (0, E4), capture=False)
    assert [stage.why for stage in stages].count("straighten") == 5


SQUARE = st.integers(0, SQUARES - 1)
OFFSET = st.tuples(st.floats(-0.009, 0.009), st.floats(-0.009, 0.009))


@settings(max_examples=25, deadline=None)
@given(
    SQUARE,
    SQUARE,
    OFFSET,
    st.sampled_from(["red", "black"]),
    st.booleans(),
    st.integers(0, 15),
    st.booleans(),
)
def test_every_pair_of_points_plans_without_a_refusal(source, target, offset, seat, capture, slot, fast):
    assume(source != target)
    squares = [source, target] if capture else [source]
    standing = scene(squares, {source: offset}, seat=seat, tray=frozenset(range(slot)), fast=fast)
    stages = plan_turn(ROBOT, standing, (source, target), capture)
    assert_chained(stages)
    assert near(touches(stages, seat)[-1], square_board(ROBOT, target))
    for motion in motions(stages):
        swings = motion.start_usteps[:2] != motion.end_usteps[:2]
        lowest = min(motion.start_usteps[2], motion.end_usteps[2]) / ROBOT.lift.usteps_per_unit
        # A carried piece hangs one height below the nose and clears a standing one by 8 mm.
        assert not swings or lowest - 2 * ROBOT.piece.height >= 0.008


def fastest_strokes(stages):
    """Greatest lowering and rising speed of the lift (m/s), from the intervals between its steps."""
    lowering = rising = 0.0
    for motion in motions(stages):
        ticks, origin = [], 0
        for segment in motion.segments:
            ticks += [origin + segment.step_time(2, k) for k in range(abs(segment.count[2]))]
            origin += segment.duration_ticks
        if len(ticks) < 40:
            continue
        # Over 16 steps (40 um), so that rounding of single intervals does not count.
        speed = max(16 * 8e6 / (b - a) for a, b in zip(ticks, ticks[16:], strict=False))
        speed /= ROBOT.lift.usteps_per_unit
        if motion.end_usteps[2] < motion.start_usteps[2]:
            lowering = max(lowering, speed)
        else:
            rising = max(rising, speed)
    return lowering, rising


def test_lowering_and_rising_keep_their_speeds():
    lowering, rising = fastest_strokes(plan_turn(ROBOT, scene([E3, E4]), (E3, E4), capture=True))
    assert 0.030 < lowering <= 0.050
    assert 0.050 < rising <= 0.100


def test_a_turn_takes_about_the_time_of_the_design():
    far = plan_turn(ROBOT, scene([89, 9]), (89, 9), capture=True)
    near_by = plan_turn(ROBOT, scene([25, 3]), (25, 22), capture=False)
    assert sum(stage.duration_s for stage in near_by) < 15
    assert sum(stage.duration_s for stage in far) < 27


def test_a_misplaced_piece_is_taken_where_it_stands():
    place = square_board(ROBOT, E4)
    beside = Point(place.x + 0.006, place.y)
    stages = plan_correction(ROBOT, scene([E4]), beside, E4)
    assert [stage.why for stage in stages] == ["correct", "park"]
    assert near(touches(stages)[0], beside)
    assert near(touches(stages)[1], place)


def test_a_held_piece_is_put_back_from_wherever_the_arm_stopped():
    turn = plan_turn(ROBOT, scene([E3]), (E3, E4), capture=False)
    low = motions(turn)[1].end_usteps  # stopped with the nose on the piece
    stopped = replace(scene([]), position=low, holding=True)
    stages = plan_return_held(ROBOT, stopped, square_board(ROBOT, E3))
    assert [stage.why for stage in stages] == ["return", "park"]
    first = motions(stages)[0]
    assert first.start_usteps == low
    assert first.end_usteps[:2] == low[:2]
    assert first.end_usteps[2] > low[2]
    assert_chained(stages, low)
    assert [step.on for step in stages[0].steps if isinstance(step, MagnetStep)] == [False]


def test_a_held_piece_can_go_to_the_tray_or_on_to_its_square():
    held = scene([E3], holding=True)
    assert plan_tasks(ROBOT, held, [Task(None, None, "capture")], park=True)[0].slot == 0
    assert plan_tasks(ROBOT, held, [Task(None, E4, "move")], park=False)[0].target == E4


def test_parking_with_a_held_piece_keeps_it():
    turn = plan_turn(ROBOT, scene([E3]), (E3, E4), capture=False)
    lifted = motions(turn)[2].end_usteps
    stage = plan_park(ROBOT, lifted, holding=True)
    assert stage.end == PARK
    assert all(isinstance(step, MoveStep) for step in stage.steps)


def test_parking_at_park_is_nothing_to_do():
    assert plan_park(ROBOT, PARK).steps == ()


def test_what_the_scene_does_not_allow_is_refused_in_words():
    with pytest.raises(PlanError, match="goes to e4, where the scene has no piece"):
        plan_turn(ROBOT, scene([E3]), (E3, E4), capture=True)
    with pytest.raises(PlanError, match="goes to e4, where the scene has a piece"):
        plan_turn(ROBOT, scene([E3, E4]), (E3, E4), capture=False)
    with pytest.raises(PlanError, match="No piece was seen at e3"):
        plan_turn(ROBOT, scene([]), (E3, E4), capture=False)
    with pytest.raises(PlanError, match="still holds a piece"):
        plan_turn(ROBOT, scene([E3], holding=True), (E3, E4), capture=False)
    with pytest.raises(PlanError, match="holds a piece"):
        plan_correction(ROBOT, scene([E4], holding=True), Point(0, 0), E4)
    with pytest.raises(PlanError, match="holds no piece"):
        plan_return_held(ROBOT, scene([]), Point(0, 0))
    with pytest.raises(PlanError, match="holds no piece"):
        plan_tasks(ROBOT, scene([]), [Task(None, E4, "move")], park=False)
    with pytest.raises(PlanError, match="A piece stands at e4"):
        plan_tasks(ROBOT, scene([E4], holding=True), [Task(None, E4, "move")], park=False)
    with pytest.raises(ReachError):
        plan_correction(ROBOT, scene([E4]), Point(0.5, 0.5), E4)
