"""Laws of the safety room, hunted with hypothesis (CPython only)."""

import math

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from safety import braking, envelope, machine, reasons, states
from safety.axes import TICKS_PER_S
from safety.envelope import PathState, check_segment
from safety.limits import REFERENCE, Limits
from safety.machine import Inputs, Machine
from safety.segment import Segment

LIMITS = Limits(REFERENCE)
DURATION = 80000


def steady_segment(speeds):
    """Ten milliseconds at three steady speeds (usteps/s)."""
    axes = []
    for speed in speeds:
        count = abs(speed) * DURATION // TICKS_PER_S
        interval = TICKS_PER_S * 4096 // max(1, abs(speed))
        axes.append((count if speed > 0 else -count, interval // 8192 if count else 0, interval, 0))
    return Segment(DURATION, *axes)


def true_speed(position, speeds):
    """The fastest of tip and elbow in mm/s, by floating point from the joint speeds."""
    w1 = speeds[0] / LIMITS.usteps_per_rad[0]
    w2 = speeds[1] / LIMITS.usteps_per_rad[1]
    bend = position[1] / LIMITS.usteps_per_rad[1]
    a = LIMITS.link1_mm * w1
    b = LIMITS.link2_mm * (w1 + w2)
    lift = speeds[2] / LIMITS.usteps_per_mm
    tip = math.sqrt(max(0.0, a * a + b * b + 2 * a * b * math.cos(bend) + lift * lift))
    return max(abs(a), tip)


def speed_of(segment, axis):
    """The speed (usteps/s) that the steps of a steady segment show; of a single one, that over its time."""
    count = segment.count[axis]
    if abs(count) < 2:
        return count * TICKS_PER_S / segment.duration_ticks
    return math.copysign(TICKS_PER_S * 4096 / segment.interval_q12[axis], count)


speeds = st.tuples(st.integers(-7000, 7000), st.integers(-9000, 9000), st.integers(-40000, 40000))


@given(speeds, st.integers(-23000, -2500), st.sampled_from([envelope.NORMAL, envelope.FAST]))
@settings(max_examples=400)
def test_nothing_faster_than_the_limit_is_accepted(wanted, elbow, profile):
    state = PathState((15000, elbow, 30000), True, profile)
    reason = 0
    for percent in range(5, 101, 5):
        now = [speed * percent // 100 for speed in wanted]
        segment = steady_segment(now)
        reason = check_segment(LIMITS, state, segment)
        if reason:
            break
        limit = LIMITS.fast_point_mm_s if profile == envelope.FAST else LIMITS.point_mm_s
        made = [speed_of(segment, axis) for axis in range(3)]
        assert true_speed((15000, elbow, 30000), made) <= limit + 1.0 + 0.5
        state.position[:] = (15000, elbow, 30000)
    if reason:
        assert reason in reasons.TEXTS


@given(speeds, st.integers(-23000, -2500))
@settings(max_examples=200)
def test_steady_motion_clearly_below_every_limit_is_accepted(wanted, elbow):
    position = (15000, elbow, 30000)
    fastest = max(true_speed(position, wanted), 1)
    scale = min(1.0, 135 / fastest)
    target = [int(speed * scale) for speed in wanted]
    state = PathState(position)
    for percent in range(2, 101, 2):
        reason = check_segment(LIMITS, state, steady_segment([speed * percent // 100 for speed in target]))
        assert reason in (0, reasons.JOINT_ACCELERATION)
        assume(not reason)
        state.position[:] = position


@given(st.floats(0.0, 1.0))
def test_the_braking_table_is_the_integral_of_its_rate(u):
    cell = min(braking.CELLS - 1, int(u * braking.CELLS))
    low, high = braking.TABLE[cell], braking.TABLE[cell + 1]
    exact = 2_000_000 * (u - u**3 + u**4 / 2)
    assert low - 2 <= exact <= high + 2


EVENTS = st.one_of(
    st.tuples(st.just("button"), st.integers(1, 3)),
    st.tuples(st.just("fault"), st.sampled_from(sorted(reasons.TEXTS)[1:17])),
    st.tuples(st.just("hold"), st.just(reasons.HOST_HOLD)),
    st.tuples(st.just("looked"), st.just(0)),
    st.tuples(st.just("started"), st.just(0)),
    st.tuples(st.just("ended"), st.just(0)),
    st.tuples(
        st.just("inputs"),
        st.fixed_dictionaries(
            {
                "host_silent_us": st.sampled_from([0, 100_000, 1_000_000]),
                "peer_present": st.booleans(),
                "mushroom": st.booleans(),
                "motor_power": st.booleans(),
                "at_rest": st.booleans(),
                "motion": st.booleans(),
                "outside": st.booleans(),
                "may_resume": st.booleans(),
            }
        ),
    ),
)


@given(st.lists(EVENTS, max_size=60), st.booleans())
@settings(max_examples=300)
def test_whatever_happens_the_machine_keeps_its_promises(events, has_axes):
    safe = Machine(has_axes)
    inputs = Inputs()
    safe.self_test(0, True)
    safe.self_test(0, True)
    now = 0
    for kind, value in events:
        now += 1000
        before, latched = safe.state, safe.reason
        button = 0
        if kind == "button":
            button = value
            safe.button(now, value, inputs)
        elif kind == "fault":
            safe.fault(now, value)
        elif kind == "hold":
            safe.hold(now, value)
        elif kind == "looked":
            safe.look_done()
        elif kind == "started":
            safe.motion_started(now)
        elif kind == "ended":
            safe.motion_ended(now)
        else:
            for name, setting in value.items():
                setattr(inputs, name, setting)
        safe.step(now, inputs)
        after = safe.state
        if latched and not safe.reason:
            assert button == machine.ACK
        if before == states.STOPPED and after != before:
            assert button in (machine.ACK, machine.TAKEOVER_BUTTON)
        if before == states.TAKEOVER and after != before:
            assert button == machine.TAKEOVER_BUTTON
        if before == states.SAFE and after in (states.READY, states.RECOVERY):
            assert button == machine.GO
        if before == states.HOLD and after in (states.MOVING, states.READY):
            assert button == machine.GO
        if button == machine.TAKEOVER_BUTTON:
            assert states.TAKEOVER in (before, after)
        if safe.powered:
            assert after not in (states.OFF, states.SELF_TEST, states.SAFE)
        if after == states.MOVING:
            assert before in (states.READY, states.MOVING, states.HOLD)
            assert not safe.reason
        assert safe.wave() == (not safe.reason and after not in (states.OFF, states.SELF_TEST))
