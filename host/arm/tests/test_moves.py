import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from host.arm.errors import PlanError
from host.arm.moves import lower, raise_nose, swing, travel_usteps, way
from host.arm.robot import load

ROBOT = load()
PARK = ROBOT.usteps(ROBOT.park)
TRAVEL = travel_usteps(ROBOT)
LOW = round(ROBOT.touch_height * ROBOT.lift.usteps_per_unit)
HERE, THERE = (25000, -16000), (22000, -12000)

PLACES = st.tuples(st.integers(16000, 33000), st.integers(-18000, -6000), st.integers(2500, 14000))


def test_a_swing_among_standing_pieces_is_refused():
    for start, end in (((*HERE, LOW), (*THERE, TRAVEL)), ((*HERE, TRAVEL), (*THERE, LOW))):
        with pytest.raises(PlanError, match="below travel height; the nose must be raised first"):
            swing(ROBOT, start, end, "sweep")


def test_a_swing_may_lower_or_raise_the_nose_above_travel_height():
    assert swing(ROBOT, PARK, (*HERE, TRAVEL), "out").end_usteps == (*HERE, TRAVEL)


def test_the_fast_profile_is_faster_and_says_so():
    quiet = swing(ROBOT, PARK, (*HERE, TRAVEL), "out")
    fast = swing(ROBOT, PARK, (*HERE, TRAVEL), "out", fast=True)
    assert (quiet.profile, fast.profile) == ("normal", "fast")
    assert fast.duration_s < quiet.duration_s


def test_a_held_piece_rises_more_slowly():
    slow = raise_nose(ROBOT, (*HERE, LOW), "up", holding=True)
    quick = raise_nose(ROBOT, (*HERE, LOW), "up", holding=False)
    assert slow.end_usteps == quick.end_usteps == (*HERE, TRAVEL)
    assert slow.duration_s > quick.duration_s
    assert lower(ROBOT, (*HERE, TRAVEL), ROBOT.touch_height, "down").end_usteps == (*HERE, LOW)


@settings(max_examples=25, deadline=None)
@given(PLACES, PLACES, st.booleans(), st.booleans())
def test_the_way_between_any_two_places_never_sweeps(start, end, same_place, holding):
    if same_place:
        end = (start[0], start[1], end[2])
    assume(start != end)
    motions = way(ROBOT, start, end, "back", holding=holding)
    position = start
    for motion in motions:
        assert motion.start_usteps == position
        position = motion.end_usteps
        across = motion.start_usteps[:2] != motion.end_usteps[:2]
        assert not across or min(motion.start_usteps[2], motion.end_usteps[2]) >= TRAVEL
    assert position == end


def test_there_is_no_way_to_where_one_is():
    assert way(ROBOT, PARK, PARK, "back", holding=False) == ()
