"""How fast each point of the arm may move, whichever joints move it."""

from safety import reasons
from safety.envelope import FAST, PathState, check_segment
from safety.limits import REFERENCE, Limits
from safety.segment import Segment
from safety.tests.envelope_paths import LIMITS, MIDDLE, TEN_MS, cruise, steady


def test_the_elbow_point_is_watched():
    # 150 mm/s at link 1 (320 mm) are 4775 usteps/s of the shoulder; folded, the tip is slower than that.
    folded = (10000, -23800, 30000)
    assert cruise(0, 4700, folded) == 0
    assert cruise(0, 4850, folded) == reasons.POINT_SPEED
    assert cruise(0, 4850, folded, FAST) == 0
    assert cruise(0, -4850, folded) == reasons.POINT_SPEED


def test_the_tip_is_watched_and_depends_on_the_elbow_angle():
    # Nearly straight the tip is 598 mm out: 150 mm/s are 2555 usteps/s.
    straight = (10000, -1300, 30000)
    assert cruise(0, 2500, straight) == 0
    assert cruise(0, 2620, straight) == reasons.POINT_SPEED
    # At a right angle it is 425 mm out: 3595 usteps/s.
    right = (10000, -12800, 30000)
    assert cruise(0, 3500, right) == 0
    assert cruise(0, 3680, right) == reasons.POINT_SPEED


def test_joints_that_oppose_each_other_are_judged_together():
    # Shoulder and elbow against each other leave link 2 without rotation: only the elbow point moves.
    state = PathState((10000, -12800, 30000))
    speed = 0
    reason = 0
    while speed < 4600 and not reason:
        speed += 200
        opposed = -speed * 8149 // 10186
        one, two = steady(0, speed), steady(1, opposed)
        segment = Segment(TEN_MS, one.axes()[1], two.axes()[2])
        reason = check_segment(LIMITS, state, segment)
        state.position[:] = [10000, -12800, 30000]
    assert reason == 0


def test_the_lift_speed_adds_to_the_tip_speed():
    def verdict(shoulder):
        state = PathState((10000, -12800, 30000))
        speed = 0
        reason = 0
        while speed < 100 and not reason:
            speed += 2
            one, two = steady(0, shoulder * speed // 100), steady(2, 36000 * speed // 100)
            reason = check_segment(LIMITS, state, Segment(TEN_MS, one.axes()[1], (0, 0, 0, 0), two.axes()[3]))
            state.position[:] = [10000, -12800, 30000]
        return reason

    assert verdict(2700) == 0
    assert verdict(3100) == reasons.POINT_SPEED


def test_lowering_is_slow_near_the_board():
    near = (10000, -12000, 6000)
    high = (10000, -12000, 20000)
    assert cruise(2, -20000, near) == 0
    assert cruise(2, -20800, near) == reasons.LOWERING_SPEED
    assert cruise(2, -20800, high) == 0


def test_rising_from_a_piece_is_slow():
    near = (10000, -12000, 6000)
    assert cruise(2, 39000, near) == 0
    slower = Limits(dict(REFERENCE, rising_mm_s=80))
    state = PathState(near)
    speed = 0
    reason = 0
    while speed < 34000 and not reason:
        speed += 1000
        reason = check_segment(slower, state, steady(2, speed))
        state.position[:] = near
    assert reason == reasons.RISING_SPEED
    assert 32000 < speed <= 33000


def test_a_joint_has_its_own_speed_limit():
    tight = Limits(dict(REFERENCE, joint_usteps_s=[1000, 1000, 1000]))
    state = PathState(MIDDLE)
    for speed in (500, 1000):
        assert check_segment(tight, state, steady(0, speed)) == 0
    assert check_segment(tight, state, steady(0, 1100)) == reasons.JOINT_SPEED


def test_the_speed_at_either_end_of_a_segment_counts():
    # 20 steps of the shoulder; at the stretched tip 150 mm/s are one step in 3131 ticks.
    straight = (10000, -1300, 30000)
    for begin, change, verdict in (
        (3500, -10, 0),
        (3500, -26, reasons.POINT_SPEED),
        (3300, 10, 0),
        (3000, 26, reasons.POINT_SPEED),
    ):
        for sign in (1, -1):
            state = PathState(straight)
            for speed in (800, 1600, 2300):
                assert check_segment(LIMITS, state, steady(0, sign * speed)) == 0
            state.position[:] = straight
            bent = Segment(TEN_MS, (sign * 20, 3400, begin * 4096, change * 4096))
            assert bent.invalid() is None
            assert check_segment(LIMITS, state, bent) == verdict


def test_the_elbow_alone_moves_the_tip():
    # 150 mm/s at link 2 (280 mm) are 4365 usteps/s of the elbow.
    assert cruise(1, 4300) == 0
    assert cruise(1, 4450) == reasons.POINT_SPEED
    assert cruise(1, 8900) == reasons.POINT_SPEED


def test_both_joints_turning_the_same_way_add_up():
    def verdict(percent):
        state = PathState((10000, -12800, 30000))
        reason = 0
        for part in range(4, percent + 1, 4):
            one, two = steady(0, 40 * part), steady(1, 40 * part)
            reason = reason or check_segment(LIMITS, state, Segment(TEN_MS, one.axes()[1], two.axes()[2]))
            state.position[:] = (10000, -12800, 30000)
        return reason

    assert verdict(48) == 0
    assert verdict(60) == reasons.POINT_SPEED


def test_a_gap_counts_as_speed_of_the_whole_arm():
    # 1600 ticks between two steps are 5000 usteps/s: nothing for the joint, 290 mm/s at the stretched tip.
    straight = (10000, -1300, 30000)
    for position, verdict in ((straight, reasons.SEGMENT_GAP), ((10000, -23800, 30000), 0)):
        for sign in (1, -1):
            state = PathState(position)
            assert check_segment(LIMITS, state, Segment(TEN_MS, (sign, TEN_MS - 1500, 0, 0))) == 0
            assert check_segment(LIMITS, state, Segment(TEN_MS, (sign, 100, 0, 0))) == verdict


def test_lowering_counts_from_the_upper_end_of_its_zone():
    # The segment of 208 usteps ends at the zone's edge, or one ustep below it.
    edge = LIMITS.lowering_zone_mm * LIMITS.usteps_per_mm
    assert cruise(2, -20800, (10000, -12000, edge + 208)) == 0
    assert cruise(2, -20800, (10000, -12000, edge + 207)) == reasons.LOWERING_SPEED
