"""A segment's step times follow the formula, and nothing malformed is called valid."""

from safety.segment import MAX_DURATION_TICKS, Segment


def one(count, first=0, interval=4096 * 100, add=0, duration=8000):
    return Segment(duration, (count, first, interval, add))


def test_step_times_follow_the_formula():
    segment = one(4, 7, 4096 * 100 + 2048, -4096)
    for k in range(4):
        want = 7 + ((k * (4096 * 100 + 2048) - 4096 * k * (k - 1) // 2) >> 12)
        assert segment.step_time(0, k) == want


def test_a_row_names_the_axes_that_step_and_leaves_out_what_says_nothing():
    assert list(Segment(300).row()) == [0, 172, 2]
    assert list(Segment(300, (1, 7, 9, 9)).row()) == [1, 172, 2, 2, 7]
    assert list(Segment(300, (0, 7, 9, 9), (-2, 7, 130, 9)).row()) == [2, 172, 2, 3, 7, 130, 1]
    assert list(Segment(300, (0, 0, 0, 0), (0, 0, 0, 0), (3, 7, 9, -9)).row()) == [4, 172, 2, 6, 7, 9, 17]


def test_a_number_that_does_not_fit_the_wire_is_not_sent():
    for segment in (Segment(300, (1, -1, 0, 0)), Segment(1 << 31), Segment(300, (3, 0, 0, 1 << 30))):
        try:
            segment.row()
        except ValueError:
            continue
        raise AssertionError("it was sent")


def test_equality_sees_every_field():
    segment = Segment(80000, (3, 10, 4096 * 100, 5))
    assert segment != Segment(80000, (3, 10, 4096 * 100, 6))
    assert segment != 3


def test_a_segment_without_steps_is_valid():
    assert Segment(1).invalid() is None
    assert Segment(MAX_DURATION_TICKS).invalid() is None


def test_durations_outside_their_range_are_named():
    assert Segment(0).invalid() == "duration"
    assert Segment(MAX_DURATION_TICKS + 1).invalid() == "duration"


def test_a_first_step_outside_the_segment_is_named():
    assert one(1, 8000).invalid() == "first"
    assert one(1, -1).invalid() == "first"
    assert one(-1, 7999).invalid() is None


def test_the_last_step_must_fall_inside():
    assert one(3, 7799).invalid() is None
    assert one(3, 7800).invalid() == "last"


def test_intervals_must_stay_positive_to_the_last():
    assert one(2, 0, 0).invalid() == "interval"
    assert one(3, 0, -5).invalid() == "interval"
    assert one(4, 0, 4096 * 10, -4096 * 5).invalid() == "interval"
    assert one(4, 0, 4096 * 10, -4096 * 5 + 1).invalid() is None


def test_values_that_would_not_fit_31_bits_are_refused():
    assert one(2, 0, 1 << 30).invalid() == "interval"
    assert one(3, 0, 5, 1 << 30).invalid() == "interval"


def test_the_count_fits_sixteen_bits():
    assert one(40000, 0, 1).invalid() == "count"
    assert one(-32768, 0, 1).invalid() == "count"
    assert one(-32767, 0, 1, 0, 128000).invalid() is None


def test_the_last_time_is_that_of_the_last_step():
    assert one(3, 10).last_time(0) == 210
    assert one(0).last_time(0) is None


def test_it_shows_how_it_was_made():
    segment = one(3, 10)
    assert eval(repr(segment), {"Segment": Segment}) == segment


def test_neither_the_first_nor_the_last_interval_may_be_zero():
    assert one(3, 0, 0, 5).invalid() == "interval"
    assert one(3, 0, 5, -5).invalid() == "interval"
    assert one(3, 0, 5, -4).invalid() is None
