import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.twin.pio import Pio, StateMachine


def word(delay, step=True, up=True):
    return delay << 2 | step << 1 | up


def words(*values):
    return np.array(values, np.uint32)


def test_edges_fall_at_the_sum_of_the_delays_with_the_direction_of_their_word():
    axis = StateMachine()
    axis.feed(words(word(100), word(50, step=False), word(25, up=False)), 0)
    axis.start(1000)
    edges = axis.take(10_000)
    assert edges.ticks == [1100, 1175]
    assert edges.directions == [1, -1]
    assert not axis.playing


def test_words_wait_for_the_start():
    axis = StateMachine()
    axis.feed(words(word(10)), 0)
    assert axis.take(1_000_000) is None
    assert axis.pending == 1


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=50), st.integers(1, 700))
def test_playing_in_frames_gives_the_same_edges_as_playing_at_once(delays, frame):
    whole, framed = StateMachine(), StateMachine()
    for axis in (whole, framed):
        axis.feed(words(*map(word, delays)), 0)
        axis.start(0)
    seen, now = [], 0
    while framed.playing:
        now += frame
        taken = framed.take(now)
        if taken is not None:
            assert all(now - frame < tick <= now for tick in taken.ticks)
            seen += taken.ticks
    assert seen == whole.take(sum(delays)).ticks


def test_what_was_handed_over_plays_out_and_then_it_stops():
    axis = StateMachine()
    axis.feed(words(*[word(80)] * 10), 0)
    axis.start(0)
    assert axis.take(400).ticks == [80, 160, 240, 320, 400]
    assert axis.pending == 5
    assert axis.take(10**9).ticks == [480, 560, 640, 720, 800]
    assert axis.take(2 * 10**9) is None


def test_words_that_come_in_time_continue_without_a_gap_and_late_ones_are_an_underrun():
    axis = StateMachine()
    axis.start(0)
    axis.feed(words(word(100)), 0)
    axis.feed(words(word(100)), 50)
    assert axis.underruns == 0
    assert axis.take(1000).ticks == [100, 200]
    axis.feed(words(word(100)), 1000)
    assert axis.underruns == 1
    assert axis.take(2000).ticks == [1100]


def test_an_abort_drops_everything_on_all_axes():
    pio = Pio()
    pio.feed((words(word(10)), words(word(10)), words(word(10))), 0)
    pio.start(0)
    pio.abort()
    assert pio.take(10**9) == []
    assert pio.pending() == (0, 0, 0)


def test_all_axes_start_on_one_tick():
    pio = Pio()
    pio.feed((words(word(10)), words(word(20)), words()), 0)
    pio.start(500)
    taken = dict(pio.take(10**6))
    assert {axis: edges.ticks for axis, edges in taken.items()} == {0: [510], 1: [520]}


@pytest.mark.parametrize("delay", [1, (1 << 30) - 1])
def test_a_word_carries_delays_of_thirty_bits(delay):
    axis = StateMachine()
    axis.start(0)
    axis.feed(words(word(delay)), 0)
    assert axis.take(1 << 31).ticks == [delay]
