"""The check in 32-bit integers gives the verdicts of exact arithmetic and stays in 32 bits (CPython only)."""

import contextlib

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from safety import bounds, braking, envelope, judge, measure, reasons
from safety.axes import NOSE
from safety.limits import REFERENCE, Limits
from safety.segment import MAX_DURATION_TICKS, Segment
from safety.tests import exact_envelope
from safety.tests.int32 import Int32

GANTRY = {**REFERENCE, "gantry": 1, "min_usteps": [-8000, -23900, -5000]}
WIDE = {
    **REFERENCE,
    "usteps_per_rad": [100000, 100],
    "joint_usteps_s": [100000, 100000, 100000],
    "joint_usteps_s2": [2000000, 1999999, 100],
    "stop_joint_usteps_s": [150000, 150000, 150000],
    "stop_joint_usteps_s2": [3000000, 2999999, 100],
    "link1_mm": 1000,
    "link2_mm": 1000,
    "usteps_per_mm": 10,
    "point_mm_s": 500,
    "fast_point_mm_s": 500,
    "stop_point_mm_s": 750,
    "stop_fast_point_mm_s": 750,
    "min_usteps": [-400000, -400000, -400000],
    "max_usteps": [400000, 400000, 400000],
}
LIMITS = [Limits(values) for values in (REFERENCE, GANTRY, WIDE)]
WORD = st.integers(-(1 << 31), (1 << 32) - 1)


@st.composite
def plausible(draw, duration):
    """Steps of an axis that mostly keep the rules, from one to as many as fit."""
    most = min(2400, duration // 50)
    count = draw(st.one_of([st.integers(0, min(few, most)) for few in (12, 120, most)]))
    if count == 0:
        return (0, 0, 0, 0)
    first = draw(st.integers(0, max(0, duration // count)))
    interval = (duration - first) * 4096 // count
    bend = draw(st.integers(-(interval // count), interval // count))
    ways = st.sampled_from([count, -count])
    return (draw(ways), first, max(1, interval - bend * (count // 2)), bend)


@st.composite
def segments(draw):
    if draw(st.integers(0, 9)) == 0:
        axes = [(draw(st.integers(-32768, 32767)), draw(WORD), draw(WORD), draw(WORD)) for _ in range(3)]
        return Segment(draw(st.integers(-1, MAX_DURATION_TICKS + 1)), *axes)
    duration = draw(st.sampled_from([1, 40000, 80000, 120000, MAX_DURATION_TICKS]))
    return Segment(duration, *(draw(plausible(duration)) for _ in range(3)))


@st.composite
def paths(draw):
    """(limits, a state of both checks, segments)."""
    limits = draw(st.sampled_from(LIMITS))
    position = [
        draw(st.integers(low - 50, high + 50))
        for low, high in zip(limits.min_usteps, limits.max_usteps, strict=True)
    ]
    known, profile = draw(st.booleans()), draw(st.sampled_from([envelope.NORMAL, envelope.FAST]))
    both = envelope.PathState(position, known, profile), exact_envelope.PathState(position, known, profile)
    recovery, home = draw(st.booleans()), draw(st.sampled_from([None, None, 0, 1, 2, NOSE]))
    for state in both:
        state.recovery, state.home_axis = recovery, home
    return limits, both, draw(st.lists(segments(), min_size=1, max_size=6))


@given(paths())
@settings(max_examples=1500, deadline=None)
def test_the_verdict_is_that_of_exact_arithmetic(path):
    limits, (state, exact), row = path
    for segment in row:
        reason = exact_envelope.check_segment(limits, exact, segment)
        event(reasons.TEXTS[reason])
        assert envelope.check_segment(limits, state, segment) == reason
        assert state.position == exact.position


@given(paths())
@settings(max_examples=300, deadline=None)
def test_every_intermediate_value_fits_32_bits(path):
    limits, (state, _), row = path
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for module in (measure, judge, bounds):
            patch.setattr(module, "int", Int32, raising=False)
        for segment in row:
            envelope.check_segment(limits, state, segment)


def test_the_share_of_braking_that_is_written_out_is_the_steepest():
    assert braking.STEEPEST == 600
    assert len(braking.STOP_MIX) * 2 == measure.NUMBERS - measure.STOP_MIX
