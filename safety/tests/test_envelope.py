"""The envelope check lets honest motion pass and says no with the right reason."""

from safety import envelope, reasons
from safety.axes import NOSE
from safety.envelope import FAST, PathState, check_rest, check_segment, inside
from safety.limits import REFERENCE, Limits
from safety.segment import Segment
from safety.tests.envelope_paths import LIMITS, MIDDLE, TEN_MS, cruise, steady


def test_rest_stays_rest():
    state = PathState(MIDDLE)
    assert check_segment(LIMITS, state, Segment(TEN_MS)) == 0
    assert state.position == list(MIDDLE)
    assert check_rest(LIMITS, state) == 0


def test_a_malformed_segment_is_refused_and_nothing_moves():
    state = PathState(MIDDLE)
    assert check_segment(LIMITS, state, Segment(0)) == reasons.SEGMENT_INVALID
    assert state.position == list(MIDDLE)


def test_the_position_follows_the_counts():
    state = PathState(MIDDLE)
    assert check_segment(LIMITS, state, Segment(TEN_MS, (1, 10, 0, 0), (-1, 20, 0, 0))) == 0
    assert state.position == [10001, -12001, 30000]


def test_each_joint_keeps_its_range_at_both_ends():
    for axis in range(3):
        for end, sign in ((LIMITS.min_usteps[axis], -1), (LIMITS.max_usteps[axis], 1)):
            position = list(MIDDLE)
            position[axis] = end - sign
            state = PathState(position)
            one = [(0, 0, 0, 0)] * 3
            one[axis] = (sign, 100, 0, 0)
            segment = Segment(TEN_MS, one[0], one[1], one[2])
            assert check_segment(LIMITS, state, segment) == 0
            assert check_segment(LIMITS, state, segment) == reasons.JOINT_RANGE


def test_an_unknown_position_allows_homing_only():
    state = PathState(MIDDLE, known=False)
    segment = steady(2, 2000)
    assert check_segment(LIMITS, state, segment) == reasons.POSITION_UNKNOWN
    state.home_axis = 2
    assert check_segment(LIMITS, state, segment) == 0


def test_homing_moves_one_axis_slowly():
    def home(state):
        state.home_axis = 2

    assert cruise(2, 10000, prepare=home) == 0
    assert cruise(2, 10600, prepare=home) == reasons.HOME_SPEED
    assert cruise(0, 300, prepare=home) == reasons.HOME_AXIS


def test_feeling_with_the_nose_moves_the_lift_alone_slowly_and_from_a_known_position():
    def feel(state):
        state.home_axis = NOSE

    assert cruise(2, -10000, prepare=feel) == 0
    assert cruise(2, -10600, prepare=feel) == reasons.HOME_SPEED
    assert cruise(0, 300, prepare=feel) == reasons.HOME_AXIS
    assert cruise(1, 300, prepare=feel) == reasons.HOME_AXIS
    state = PathState(MIDDLE, known=False)
    state.home_axis = NOSE
    assert check_segment(LIMITS, state, steady(2, -2000)) == reasons.POSITION_UNKNOWN


def test_homing_bounds_a_joint_by_the_stretched_arm():
    def home(state):
        state.known = False
        state.home_axis = 0

    # 25 mm/s at 600 mm are 424 usteps/s of the shoulder.
    assert cruise(0, 424, prepare=home) == 0
    assert cruise(0, 460, prepare=home) == reasons.HOME_SPEED


def test_recovery_leads_inward_and_slowly():
    outside = (10000, -12000, 52500)
    state = PathState(outside)
    assert check_segment(LIMITS, state, steady(2, -2000)) == reasons.JOINT_RANGE
    state.recovery = True
    assert check_segment(LIMITS, state, steady(2, 2000)) == reasons.RECOVERY_DIRECTION
    assert check_segment(LIMITS, state, steady(2, -2000)) == 0

    def recover(state):
        state.recovery = True

    assert cruise(2, -10000, outside, prepare=recover) == 0
    assert cruise(2, -10600, outside, prepare=recover) == reasons.RECOVERY_SPEED
    below = (-8500, -12000, 30000)
    assert cruise(0, -200, below, prepare=recover) == reasons.RECOVERY_DIRECTION
    assert cruise(0, 200, below, prepare=recover) == 0


def test_a_jump_of_speed_is_refused():
    state = PathState(MIDDLE)
    assert check_segment(LIMITS, state, steady(0, 3000)) == reasons.JOINT_ACCELERATION
    state = PathState(MIDDLE)
    assert check_segment(LIMITS, state, steady(0, 900)) == 0


def test_a_motion_may_not_end_moving():
    state = PathState(MIDDLE)
    for speed in (800, 1600, 2400):
        assert check_segment(LIMITS, state, steady(0, speed)) == 0
    assert check_rest(LIMITS, state) == reasons.ENDS_MOVING
    for speed in (1600, 800):
        assert check_segment(LIMITS, state, steady(0, speed)) == 0
    assert check_rest(LIMITS, state) == 0


def test_a_gap_that_implies_overspeed_is_refused():
    state = PathState(MIDDLE)
    late = Segment(TEN_MS, (1, TEN_MS - 10, 0, 0))
    early = Segment(TEN_MS, (1, 5, 0, 0))
    assert check_segment(LIMITS, state, late) == 0
    assert check_segment(LIMITS, state, early) == reasons.SEGMENT_GAP


def test_a_gap_is_measured_across_empty_segments():
    state = PathState(MIDDLE)
    assert check_segment(LIMITS, state, Segment(TEN_MS, (1, TEN_MS - 10, 0, 0))) == 0
    assert check_segment(LIMITS, state, Segment(TEN_MS)) == 0
    assert check_segment(LIMITS, state, Segment(TEN_MS, (1, 5, 0, 0))) == 0


def test_intervals_that_belie_the_count_are_refused():
    # Ten steps crowded into the first half millisecond: the count is slow, the steps are not.
    state = PathState(MIDDLE)
    crowded = Segment(TEN_MS, (10, 0, 4096 * 400, 0))
    assert check_segment(LIMITS, state, crowded) in (reasons.JOINT_SPEED, reasons.POINT_SPEED)


def test_a_path_that_would_stop_too_hard_is_refused():
    # Planned lawfully (80000 usteps/s2), but braking while it slows down would ask 86500.
    folded = (10000, -23800, 30000)
    soft = Limits(dict(REFERENCE, stop_joint_usteps_s2=REFERENCE["joint_usteps_s2"]))
    for limits, verdict in ((soft, reasons.JOINT_ACCELERATION), (LIMITS, 0)):
        for sign in (1, -1):
            state = PathState(folded, True, FAST)
            for speed in range(400, 6801, 400):
                assert check_segment(limits, state, steady(0, sign * speed)) == 0
                state.position[:] = folded
            assert check_segment(limits, state, steady(0, sign * 6100)) == 0
            assert check_segment(limits, state, steady(0, sign * 6800)) == 0
            state.position[:] = folded
            assert check_segment(limits, state, steady(0, sign * 5800)) == verdict


def test_recovery_takes_one_axis_after_the_other():
    state = PathState((10000, -12000, 52500))
    state.position[0] = LIMITS.max_usteps[0] + 100
    state.recovery = True
    assert check_segment(LIMITS, state, steady(2, -2000)) == 0
    assert check_segment(LIMITS, state, steady(0, -200)) == 0
    assert check_segment(LIMITS, state, steady(0, 200)) == reasons.RECOVERY_DIRECTION


def test_a_speed_that_braking_cannot_shed_is_refused():
    # 6 times the speed is the deceleration of the brake curve: 16000 of 2700 usteps/s.
    weak = dict(REFERENCE)
    weak["joint_usteps_s2"] = [12000, 108000, 480000]
    weak["stop_joint_usteps_s2"] = [15000, 162000, 720000]
    weak = Limits(weak)
    state = PathState(MIDDLE)
    speed = 0
    reason = 0
    while not reason and speed < 3000:
        speed += 100
        reason = check_segment(weak, state, steady(0, speed))
        state.position[:] = MIDDLE
    assert reason == reasons.JOINT_ACCELERATION
    assert 2500 <= speed <= 2600


def test_intervals_that_fan_out_are_refused():
    # The mean is honest, but the first step comes at twice the speed of the last.
    state = PathState(MIDDLE)
    for speed in (900, 1800, 2700):
        assert check_segment(LIMITS, state, steady(2, speed)) == 0
    n = 27
    mean = TEN_MS * 4096 // n
    begin = mean // 2
    add = (mean - begin) * 2 // (n - 2)
    fan = Segment(TEN_MS, (0, 0, 0, 0), (0, 0, 0, 0), (n, 0, begin, add))
    assert fan.invalid() is None
    assert check_segment(LIMITS, state, fan) == 0
    tight = dict(REFERENCE)
    tight["joint_usteps_s2"] = [84000, 108000, 20000]
    tight["stop_joint_usteps_s2"] = [126000, 162000, 30000]
    tight = Limits(tight)
    state = PathState(MIDDLE)
    for speed in (300, 600, 900, 1200, 1500, 1800, 2100, 2400, 2700):
        assert check_segment(tight, state, steady(2, speed)) == 0
    assert check_segment(tight, state, fan) == reasons.JOINT_ACCELERATION


def test_a_leap_to_many_times_the_limit_is_refused():
    strong = dict(REFERENCE)
    strong["joint_usteps_s2"] = [2000000] * 3
    strong["stop_joint_usteps_s2"] = [3000000] * 3
    for axis, speed in ((0, 7000), (1, 9000)):
        state = PathState(MIDDLE)
        assert check_segment(Limits(strong), state, steady(axis, speed)) == reasons.POINT_SPEED


def test_after_a_rest_a_motion_begins_anew():
    state = PathState(MIDDLE)
    assert check_segment(LIMITS, state, Segment(TEN_MS, (1, TEN_MS - 10, 0, 0))) == 0
    state.rest()
    assert check_segment(LIMITS, state, Segment(TEN_MS, (1, 5, 0, 0))) == 0
    assert state.position[0] == MIDDLE[0] + 2


def test_inside_allows_slack_on_request():
    assert inside(LIMITS, MIDDLE)
    assert not inside(LIMITS, (10000, -12000, 52010))
    assert inside(LIMITS, (10000, -12000, 52010), (0, 0, 10))
    assert not inside(LIMITS, (10000, -23911, 0), (0, 10, 0))
    assert inside(LIMITS, (10000, -23910, 0), (0, 10, 0))


def test_the_cosine_bounds_enclose_the_cosine():
    import math

    from safety.tests.exact_envelope import cosine_bounds

    for low in range(-25000, 25000, 997):
        for width in (0, 1, 37, 400):
            least, most = cosine_bounds(low, low + width, 8149)
            for usteps in (low, low + width):
                value = 1024 * math.cos(usteps / 8149)
                assert least <= value + 0.001
                assert value - 0.001 <= most
            assert most - least <= 1024 * (width / 8149 + 0.03) + 3


def test_every_reason_has_a_text():
    named = [value for name, value in reasons.__dict__.items() if name.isupper() and isinstance(value, int)]
    assert sorted(named) == sorted(reasons.TEXTS)
    assert len(set(reasons.TEXTS.values())) == len(reasons.TEXTS)
    assert envelope.NORMAL != envelope.FAST


def test_steps_that_crowd_are_refused_in_both_directions():
    # One and two tenths of the honest time for ten and for two steps of the lift.
    for sign in (1, -1):
        for n, interval in ((10, 800), (2, 300)):
            crowded = Segment(TEN_MS, (0, 0, 0, 0), (0, 0, 0, 0), (sign * n, 100, 4096 * interval, 0))
            state = PathState(MIDDLE)
            assert check_segment(LIMITS, state, crowded) == reasons.JOINT_ACCELERATION


def test_an_arm_at_the_very_end_of_its_range_may_leave_it_inward():
    for end, sign in ((LIMITS.min_usteps, 1), (LIMITS.max_usteps, -1)):
        state = PathState((end[0], -12000, 30000))
        assert check_segment(LIMITS, state, Segment(TEN_MS, (sign, 100, 0, 0))) == 0


def test_the_check_allows_for_the_rounding_of_step_times_and_no_more():
    # 4378 usteps/s of the elbow are 150.4 mm/s, 4410 are 151.5.
    assert cruise(1, 4378) == 0
    assert cruise(1, 4410) == reasons.POINT_SPEED
