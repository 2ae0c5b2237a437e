"""A segment's step times follow the formula, and nothing malformed is called valid."""

from safety.segment import FORMAT, MAX_DURATION_TICKS, SIZE, Segment


def one(count, first=0, interval=4096 * 100, add=0, duration=8000):
    return Segment(duration, (count, first, interval, add))


def test_step_times_follow_the_formula():
    segment = one(4, 7, 4096 * 100 + 2048, -4096)
    for k in range(4):
        want = 7 + ((k * (4096 * 100 + 2048) - 4096 * k * (k - 1) // 2) >> 12)
        assert segment.step_time(0, k) == want


def test_what_is_packed_has_the_size_and_the_numbers_of_the_wire():
    import struct

    segment = Segment(80000, (3, 10, 4096 * 100, 5), (-2, 5, 4096 * 7, -9), (32767, 0, 4096 * 2, 0))
    assert struct.calcsize(FORMAT) == SIZE == len(segment.pack())
    assert list(struct.unpack(FORMAT, segment.pack())) == segment.values() == list(segment.numbers())


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
