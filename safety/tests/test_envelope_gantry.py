"""The envelope check of an arm whose two drums make one straight travel each."""

from safety import reasons
from safety.envelope import PathState, check_segment
from safety.limits import REFERENCE, Limits
from safety.segment import Segment
from safety.tests.envelope_paths import TEN_MS, steady

GANTRY = Limits(
    dict(
        REFERENCE,
        gantry=1,
        link1_mm=100,
        link2_mm=100,
        usteps_per_rad=[5000, 5000],
        min_usteps=[-14000, 2500, 0],
        max_usteps=[14000, 27500, 52000],
        joint_usteps_s=[20000, 20000, 40000],
        joint_usteps_s2=[200000, 200000, 480000],
        stop_joint_usteps_s=[30000, 30000, 60000],
        stop_joint_usteps_s2=[400000, 400000, 720000],
    )
)


def gantry_speed(across, along, prepare=None):
    """Verdict of a gantry on both drums turning steadily (usteps/s; 50 usteps are a millimetre)."""
    state = PathState((0, 12000, 12000))
    if prepare:
        prepare(state)
    for part in range(1, 11):
        parts = [steady(axis, speed * part // 10) for axis, speed in ((0, across), (1, along))]
        segment = Segment(TEN_MS, parts[0].axes()[1], parts[1].axes()[2])
        reason = check_segment(GANTRY, state, segment)
        state.position[:] = [0, 12000, 12000]
        if reason:
            return reason
    return 0


def test_a_gantrys_two_travels_add_at_a_right_angle():
    # 150 mm/s are 7500 usteps/s along one axis, and 5300 along each of both.
    assert gantry_speed(7500, 0) == 0
    assert gantry_speed(0, -7500) == 0
    assert gantry_speed(7700, 0) == reasons.POINT_SPEED
    assert gantry_speed(0, 7700) == reasons.POINT_SPEED
    for sign in (1, -1):
        assert gantry_speed(5250, sign * 5250) == 0
        assert gantry_speed(5500, sign * 5500) == reasons.POINT_SPEED


def test_a_gantry_recovers_at_the_slow_speed():
    def recover(state):
        state.recovery = True

    # 25 mm/s are 1250 usteps/s in all.
    assert gantry_speed(1200, 0, recover) == 0
    assert gantry_speed(0, 1200, recover) == 0
    assert gantry_speed(1320, 0, recover) == reasons.RECOVERY_SPEED
    assert gantry_speed(700, -700, recover) == reasons.RECOVERY_SPEED
