import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.arm.errors import ReachError
from host.arm.frames import (
    SQUARES,
    Point,
    base_to_board,
    board_to_base,
    square_board,
    square_name,
    tray_slots_seat,
    turn_seat,
)
from host.arm.joints import Joints
from host.arm.kinematics import (
    elbow_base,
    forward_base,
    forward_board,
    forward_many,
    inverse_base,
    inverse_board,
)
from host.arm.robot import load

ROBOT = load()
SEATS = st.sampled_from(["red", "black"])
# What pieces may be off their intersection: a third of a 40 mm cell.
OFF = 0.04 / 3


@settings(deadline=None)
@given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), SEATS)
def test_board_and_base_are_inverse(x, y, seat):
    back = base_to_board(ROBOT, board_to_base(ROBOT, Point(x, y), seat), seat)
    assert math.dist(back, (x, y)) < 1e-12


def test_the_seat_of_black_is_a_half_turn():
    assert turn_seat(Point(0.1, -0.2), "red") == (0.1, -0.2)
    assert turn_seat(Point(0.1, -0.2), "black") == (-0.1, 0.2)
    near_red, near_black = square_board(ROBOT, 4), square_board(ROBOT, 85)
    assert board_to_base(ROBOT, near_red, "red") == pytest.approx((0.0, 0.170))
    assert board_to_base(ROBOT, near_black, "black") == pytest.approx((0.0, 0.170))


def test_squares_are_named_as_the_engine_names_them():
    assert square_name(0) == "a0"
    assert square_name(89) == "i9"
    assert square_board(ROBOT, 0) == pytest.approx((-0.160, -0.180))
    for wrong in (-1, SQUARES):
        with pytest.raises(ValueError, match="A square is 0 to 89"):
            square_board(ROBOT, wrong)


def test_tray_slots_lie_in_the_field_and_clear_of_pieces():
    radius = ROBOT.piece.diameter / 2
    slots = [*tray_slots_seat(ROBOT, "left"), *tray_slots_seat(ROBOT, "right")]
    assert len(set(slots)) == 32
    for slot in slots:
        assert abs(slot.x) + radius <= ROBOT.board.field_width / 2
        assert abs(slot.y) + radius <= ROBOT.board.field_depth / 2
        assert abs(slot.x) - radius >= 4 * ROBOT.board.pitch + radius + OFF - 1e-9 or abs(slot.x) >= 0.2
    gaps = [math.dist(a, b) for i, a in enumerate(slots) for b in slots[:i]]
    assert min(gaps) == pytest.approx(ROBOT.tray.pitch)


@settings(deadline=None)
@given(
    st.floats(ROBOT.shoulder.low, ROBOT.shoulder.high),
    st.floats(math.radians(-150), math.radians(-35)),
    st.floats(0.01, 0.03),
)
def test_inverse_undoes_forward(shoulder, elbow, lift):
    joints = Joints(shoulder, elbow, lift)
    back = inverse_base(ROBOT, forward_base(ROBOT, joints), lift)
    assert back == pytest.approx(joints, abs=1e-9)


@settings(deadline=None)
@given(st.integers(0, SQUARES - 1), st.floats(0, OFF), st.floats(0, math.tau), SEATS)
def test_every_piece_on_the_board_is_in_reach_from_both_seats(square, off, bearing, seat):
    place = square_board(ROBOT, square)
    point = Point(place.x + off * math.cos(bearing), place.y + off * math.sin(bearing))
    joints = inverse_board(ROBOT, point, ROBOT.touch_height, seat)
    assert math.dist(forward_board(ROBOT, joints, seat), point) < 1e-9
    assert joints.elbow < 0
    assert joints.shoulder < ROBOT.shoulder.switch
    assert joints.elbow > ROBOT.elbow.switch


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("seat", ["red", "black"])
def test_every_tray_slot_is_in_reach(side, seat):
    for slot in tray_slots_seat(ROBOT, side):
        point = turn_seat(slot, seat)
        joints = inverse_board(ROBOT, point, ROBOT.lift.travel, seat)
        assert math.dist(forward_board(ROBOT, joints, seat), point) < 1e-9


def test_the_board_needs_radii_from_170_to_554_mm():
    radii = [
        math.hypot(*board_to_base(ROBOT, square_board(ROBOT, square), "red")) for square in range(SQUARES)
    ]
    assert min(radii) == pytest.approx(0.170)
    assert max(radii) == pytest.approx(0.5536, abs=1e-4)


def test_points_out_of_reach_are_refused_in_words():
    with pytest.raises(ReachError, match=r"700\.0 mm from the shoulder; the arm reaches from 155 to 574 mm"):
        inverse_base(ROBOT, Point(0.0, 0.7), 0.02)
    with pytest.raises(ReachError, match="from the shoulder"):
        inverse_base(ROBOT, Point(0.05, 0.05), 0.02)
    with pytest.raises(ReachError, match="The shoulder would stand at"):
        inverse_base(ROBOT, Point(0.2, -0.2), 0.02)
    with pytest.raises(ReachError, match="The nose would be at"):
        inverse_base(ROBOT, Point(0.0, 0.3), 0.002)


def test_many_positions_agree_with_one():
    shoulder = np.linspace(1.5, 3.0, 7)
    elbow = np.linspace(-2.5, -0.7, 7)
    knees, tips = forward_many(ROBOT, shoulder, elbow)
    for i in range(7):
        joints = Joints(float(shoulder[i]), float(elbow[i]), 0.0)
        assert elbow_base(ROBOT, joints) == pytest.approx(tuple(knees[i]))
        assert forward_base(ROBOT, joints) == pytest.approx(tuple(tips[i]))


def test_the_parked_arm_leaves_board_and_trays_to_the_camera():
    # Every part of the arm, 70 mm wide, from the nose's height to 250 mm, as the camera sees it.
    base_y = ROBOT.arm.base_distance + 4.5 * ROBOT.board.pitch
    knee, tip = elbow_base(ROBOT, ROBOT.park), forward_base(ROBOT, ROBOT.park)
    corners = [(0.0, 0.0), knee, tip]
    points = [
        (
            a[0] + (b[0] - a[0]) * t + 0.035 * math.cos(w),
            a[1] + (b[1] - a[1]) * t + 0.035 * math.sin(w) - base_y,
        )
        for a, b in pairwise(corners)
        for t in np.linspace(0, 1, 20)
        for w in np.linspace(0, math.tau, 12)
    ]
    for height in (ROBOT.lift.park, ROBOT.arm.underside, 0.25):
        scale = ROBOT.camera.height / (ROBOT.camera.height - height)
        for x, y in points:
            inside = (
                abs(x * scale) < ROBOT.board.field_width / 2 and abs(y * scale) < ROBOT.board.field_depth / 2
            )
            assert not inside
