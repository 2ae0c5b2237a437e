import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.errors import VisionError
from vision.watch import CLEAR, UNKNOWN, ChangeWatch

HEIGHT, WIDTH = 90, 160
NOTHING = np.zeros((HEIGHT, WIDTH), bool)


def scene(seed=0):
    """A picture with some structure and a webcam's noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    base = 120 + 40 * np.sin(x / 7.0) + 30 * np.cos(y / 9.0)
    return base[..., None] + np.array([-15.0, 0.0, 20.0]), rng


def picture(base, rng, gain=1.0):
    return np.clip(base * gain + rng.normal(0, 1.8, base.shape), 0, 255).astype(np.uint8)


def learnt(masked=NOTHING):
    base, rng = scene()
    watch = ChangeWatch()
    watch.learn(picture(base, rng), masked)
    return watch, base, rng


@settings(max_examples=20, deadline=None)
@given(st.floats(0.8, 1.2))
def test_noise_and_light_that_changes_as_a_whole_are_no_person(gain):
    watch, base, rng = learnt()
    view = watch.judge(picture(base, rng, gain), NOTHING)
    assert not view.person
    assert (view.states == CLEAR).all()


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, HEIGHT - 12),
    st.integers(0, WIDTH - 12),
    st.tuples(*[st.integers(0, 255)] * 3),
)
def test_something_of_any_colour_is_a_person_unless_it_has_the_colour_of_what_it_hides(top, left, colour):
    watch, base, rng = learnt()
    changed = base.copy()
    patch = changed[top : top + 12, left : left + 12]
    if np.abs(patch - colour).max(axis=2).min() < 30:
        return
    patch[:] = colour
    view = watch.judge(picture(changed, rng), NOTHING)
    assert view.person
    there = NOTHING.copy()
    there[top : top + 12, left : left + 12] = True
    assert view.changed_within(there)


def test_what_is_masked_is_unknown_whatever_it_shows_and_never_clear():
    masked = NOTHING.copy()
    masked[20:60, 30:90] = True
    watch, base, rng = learnt()
    for value in (None, 0.0, 255.0):
        changed = base.copy()
        if value is not None:
            changed[masked] = value
        view = watch.judge(picture(changed, rng), masked)
        assert (view.states[masked] == UNKNOWN).all()
        assert not view.is_clear(masked)
        assert not view.person


def test_what_was_masked_when_it_was_learnt_stays_unknown_when_it_is_uncovered():
    masked = NOTHING.copy()
    masked[20:60, 30:90] = True
    watch, base, rng = learnt(masked)
    view = watch.judge(picture(base, rng), NOTHING)
    assert (view.states[masked] == UNKNOWN).all()
    assert (view.states[~masked] == CLEAR).all()


def test_a_picture_of_which_too_little_is_known_counts_as_a_person():
    masked = NOTHING.copy()
    masked[:, : WIDTH * 6 // 10] = True
    watch, base, rng = learnt()
    assert watch.judge(picture(base, rng), masked).person


def test_without_a_picture_to_compare_with_nothing_is_known():
    base, rng = scene()
    watch = ChangeWatch()
    assert watch.judge(picture(base, rng), NOTHING).person
    watch.learn(picture(base, rng), NOTHING)
    watch.forget()
    assert (watch.judge(picture(base, rng), NOTHING).states == UNKNOWN).all()


def test_a_stream_that_changes_its_size_is_refused():
    watch, _, _ = learnt()
    with pytest.raises(VisionError, match="one size"):
        watch.judge(np.zeros((10, 10, 3), np.uint8), np.zeros((10, 10), bool))
