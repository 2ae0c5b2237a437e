"""A second kind of arm: another robot file and one kinematics module; everything else is the same code."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.arm.choreography import Scene, plan_turn
from host.arm.errors import ReachError, RobotFileError
from host.arm.force import report
from host.arm.frames import Point, square_board, tray_slots_seat
from host.arm.homing import joints_from_encoders, plan_homing, plan_recovery
from host.arm.kinematics import forward_base, inverse_base, inverse_board
from host.arm.robot import DEFAULT_FILE, load, loads
from host.arm.silhouette import silhouette
from host.arm.tests.edge_checker import EdgeChecker, send
from host.arm.tests.test_edges import motions_of
from safety import envelope

FILE = DEFAULT_FILE.with_name("robot-gantry.toml")
ROBOT = load(FILE)
SEATS = st.sampled_from(["red", "black"])


@given(st.floats(-0.26, 0.26), st.floats(0.06, 0.53), st.floats(0.006, 0.036))
def test_inverse_kinematics_comes_back_to_the_point(x, y, lift):
    joints = inverse_base(ROBOT, Point(x, y), lift)
    assert forward_base(ROBOT, joints) == pytest.approx((x, y))
    assert joints.lift == lift


def test_every_point_of_the_board_and_both_trays_is_in_reach_from_either_seat():
    for seat in ("red", "black"):
        places = [square_board(ROBOT, square) for square in range(90)]
        places += [*tray_slots_seat(ROBOT, "left"), *tray_slots_seat(ROBOT, "right")]
        for place in places:
            assert ROBOT.in_range(inverse_board(ROBOT, place, ROBOT.lift.travel, seat))
    with pytest.raises(ReachError, match="range"):
        inverse_base(ROBOT, Point(0.4, 0.3), 0.03)


@settings(max_examples=8, deadline=None)
@given(SEATS, st.integers(0, 89), st.integers(0, 89), st.booleans(), st.booleans())
def test_every_edge_of_a_turn_keeps_every_limit(seat, source, target, capture, fast):
    if source == target:
        return
    pieces = {square: square_board(ROBOT, square) for square in ((source, target) if capture else (source,))}
    scene = Scene(seat, pieces, ROBOT.usteps(ROBOT.park), fast=fast)
    position = scene.position
    for motion, holding in motions_of(plan_turn(ROBOT, scene, (source, target), capture)):
        assert motion.start_usteps == position
        sent = send(motion)
        position = sent.end
        assert EdgeChecker(ROBOT).faults(motion, sent, holding=holding) == [], motion.label


def test_it_finds_its_place_like_any_other_arm():
    for axis in range(3):
        for motion in plan_homing(ROBOT, axis):
            assert EdgeChecker(ROBOT).faults(motion, send(motion)) == []
    for joint, count in ((0, 2048 + 1700), (1, 100 + 300)):
        angles = joints_from_encoders(ROBOT, (count, 400) if joint == 0 else (2048, count))
        assert angles[joint] == pytest.approx((count - (2048, 100)[joint]) * 2 * np.pi / 4096)
    motions = plan_recovery(ROBOT, ROBOT.park._replace(shoulder=-2.5, elbow=5.0))
    assert motions[-1].end_usteps == ROBOT.usteps(ROBOT.park)


def test_the_safety_room_knows_that_its_travels_stand_at_a_right_angle():
    limits = ROBOT.limits
    assert limits.gantry == 1
    assert load().limits.gantry == 0
    assert limits.hash() != load().limits.hash()
    assert envelope.inside(limits, ROBOT.usteps(ROBOT.park))


def test_the_bridge_hides_the_whole_width_and_nothing_else():
    bridge, tool = silhouette(ROBOT, inverse_base(ROBOT, Point(0.1, 0.3), 0.03), "red")
    # Base y 0.3 m is seat y -0.05 m.
    assert bridge.outline[:, 1].min() == pytest.approx(-0.05 - 0.035, abs=3e-3)
    assert bridge.outline[:, 1].max() == pytest.approx(-0.05 + 0.035, abs=3e-3)
    assert bridge.outline[:, 0].min() < -0.27 < 0.27 < bridge.outline[:, 0].max()
    assert bridge.low == ROBOT.arm.underside
    assert tool.outline.mean(axis=0) == pytest.approx((0.1, -0.05))


def test_its_motors_keep_to_fifty_newtons_in_every_direction():
    found = report(ROBOT)
    assert found.holds
    # Both drums at once: 0.12 Nm times 10 over 0.1 m, twice at a right angle.
    assert found.nose_n == pytest.approx(12.0 * 2**0.5)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('kind = "gantry"', 'kind = "delta"', "arm.kind"),
        ('kind = "gantry"', 'kind = "scara"', "elbow.high"),
        ('high = "158deg"', 'high = "100deg"', "shoulder"),
        ('high = "310deg"', 'high = "250deg"', "elbow.high"),
    ],
)
def test_a_gantry_that_cannot_be_is_refused_with_the_key(old, new, key):
    text = FILE.read_text()
    assert old in text
    with pytest.raises(RobotFileError) as error:
        loads(text.replace(old, new, 1), "mine.toml")
    assert re.match(rf"mine\.toml:\d+: {re.escape(key)}", str(error.value)), error.value
