"""Laws of wire and step expansion, hunted with hypothesis (CPython only)."""

import itertools
import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware import intake as intake_module
from firmware import steps as steps_module
from firmware.intake import HEAD, HEAD_BYTES, NUMBERS, unpack_head, unpack_row
from firmware.queue import SegmentQueue
from firmware.steps import ENDED, LEAST_DELAY, WORDS, Expander
from firmware.wire import cobs, messages, packet
from firmware.wire.messages import SEGMENT_LAST
from firmware.wire.session import Session
from safety import braking as braking_module
from safety.braking import RESTING, Rate
from safety.segment import MAX_DURATION_TICKS, Segment
from safety.tests.int32 import Int32

# Ticks between steps: 166,000 a second, where limits may go to 150,000.
NEAREST = 48


@st.composite
def axis_steps(draw, duration):
    """(count, first, interval_q12, add_q12) of a valid axis, from silent to faster than any limits allow."""
    count = draw(st.integers(0, max(0, duration // (NEAREST) - 1)))
    if count == 0:
        return (0, 0, 0, 0)
    first = draw(st.integers(0, duration - 1 - (count - 1) * NEAREST))
    if count == 1:
        return (draw(st.sampled_from([1, -1])), first, 0, 0)
    mean = (duration - 1 - first) * 4096 // (count - 1)
    interval = draw(st.integers(2 * LEAST_DELAY * 4096, max(2 * LEAST_DELAY * 4096, mean)))
    room = (2 * (mean - interval)) // max(1, count - 2)
    floor = -((interval - 2 * LEAST_DELAY * 4096) // max(1, count - 2))
    add = draw(st.integers(min(floor, 0), max(0, room)))
    return (draw(st.sampled_from([count, -count])), first, interval, add)


@st.composite
def segments(draw):
    duration = draw(st.integers(2000, MAX_DURATION_TICKS))
    segment = Segment(duration, *(draw(axis_steps(duration)) for _ in range(3)))
    if segment.invalid():
        segment = Segment(duration)
    return segment


paths = st.lists(segments(), min_size=1, max_size=5)


def play(path, brake_at, resume):
    """Expand a path; returns (edge times by axis, expander, rate)."""
    queue = SegmentQueue()
    for i, segment in enumerate(path):
        queue.push(segment.numbers(), SEGMENT_LAST if i == len(path) - 1 else 0, 1, 0, 0)
    expander = Expander(queue)
    expander.begin()
    rate = Rate()
    times = [0, 0, 0]
    edges = [[], [], []]
    for cell in range(2000):
        if cell == brake_at:
            rate.brake()
        if rate.mode == RESTING:
            if not resume:
                break
            rate.resume()
        said = expander.cell(rate.next_cell())
        for axis in range(3):
            for i in range(expander.written(axis)):
                word = expander.words[WORDS * axis + i]
                times[axis] += word >> 2
                if word & 2:
                    edges[axis].append((times[axis], 1 if word & 1 else -1))
        if said == ENDED:
            break
    return edges, expander, rate


def sums(path):
    return [sum(segment.count[axis] for segment in path) for axis in range(3)]


@given(path=paths, brake_at=st.integers(-1, 60))
@settings(max_examples=60, deadline=None)
def test_every_intermediate_value_fits_32_bits(path, brake_at):
    with pytest.MonkeyPatch.context() as patch:
        for module in (steps_module, braking_module):
            patch.setattr(module, "int", Int32, raising=False)
        _, expander, _ = play(path, brake_at, resume=True)
        for now_us in (0, -1, -777, -2000, -15000):
            expander.executed(now_us, [0, 0, 0])


@given(path=paths, brake_at=st.integers(-1, 60))
@settings(max_examples=60, deadline=None)
def test_braking_and_resuming_lose_no_step(path, brake_at):
    edges, expander, _ = play(path, brake_at, resume=True)
    assert [expander.position(axis) for axis in range(3)] == sums(path)
    assert [sum(sign for _, sign in row) for row in edges] == sums(path)
    for row in edges:
        assert all(b[0] - a[0] >= LEAST_DELAY for a, b in itertools.pairwise(row))


@given(path=paths, brake_at=st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_brake_rests_on_the_path(path, brake_at):
    _, expander, _ = play(path, brake_at, resume=False)
    low, high = -1, 1 << 60
    for axis in range(3):
        made = 0
        times = []
        base = 0
        for segment in path:
            sign = 1 if segment.count[axis] > 0 else -1
            times += [(base + segment.step_time(axis, k), sign) for k in range(abs(segment.count[axis]))]
            base += segment.duration_ticks
        # The longest beginning of the steps whose sum is the position bounds the path time.
        fits = []
        if made == expander.position(axis):
            fits.append((-1, times[0][0] if times else 1 << 60))
        for i, (time, sign) in enumerate(times):
            made += sign
            if made == expander.position(axis):
                fits.append((time, times[i + 1][0] if i + 1 < len(times) else 1 << 60))
        assert fits
        if len(fits) == 1:
            low, high = max(low, fits[0][0]), min(high, fits[0][1])
    assert low <= high


@given(path=paths)
@settings(max_examples=60, deadline=None)
def test_at_full_rate_steps_come_when_the_segments_say(path):
    edges, _, _ = play(path, -1, resume=False)
    for axis in range(3):
        want = []
        base = 0
        for segment in path:
            want += [base + segment.step_time(axis, k) for k in range(abs(segment.count[axis]))]
            base += segment.duration_ticks
        for (at, _), time in zip(edges[axis], want, strict=True):
            # Edges that the segments put too close for the PIO come late, never early.
            assert time <= at


def frames_in(framer, data):
    """Every frame that `data` completes."""
    framer.begin()
    while (n := framer.take(data, len(data))) >= 0:
        yield bytes(framer.buffer[:n])


@given(st.binary(max_size=290))
def test_cobs_carries_every_string(data):
    framer = cobs.Framer(400)
    assert list(frames_in(framer, cobs.encode(data))) == [data]
    assert not framer.stop


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_a_stream_is_cut_into_the_same_frames_however_it_comes(pieces):
    whole, cut = cobs.Framer(30), cobs.Framer(30)
    frames = list(frames_in(whole, b"".join(pieces)))
    assert [frame for piece in pieces for frame in frames_in(cut, piece)] == frames
    assert (cut.errors, cut.stop) == (whole.errors, whole.stop)


@given(st.binary(max_size=300))
def test_noise_before_a_frame_costs_at_most_that_frame(noise):
    framer = cobs.Framer(400)
    for _ in frames_in(framer, noise + b"\x00"):
        pass
    assert list(frames_in(framer, cobs.encode(b"whole"))) == [b"whole"]


@given(st.binary(max_size=60))
def test_no_payload_makes_the_decoder_fail_in_another_way(payload):
    try:
        rows = messages.decode(payload)
    except messages.MessageError:
        return
    assert b"".join(messages.encode(message, *values) for message, values in rows) == payload


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=25),
    st.integers(0, 2**32),
    st.integers(0, 40),
)
@settings(max_examples=40, deadline=None)
def test_what_is_sent_arrives_once_and_in_order_or_not_yet(payloads, seed, loss_percent):
    rng = random.Random(seed)
    ends = [Session(), Session()]
    framers = [cobs.Framer(300), cobs.Framer(300)]
    for end in ends:
        end.open(77)
    got = []
    pending = list(payloads)
    for now in range(0, 4_000_000, 5_000):
        while pending and ends[0].send(pending[0]):
            pending.pop(0)
        for me in (0, 1):
            while (frame := ends[me].poll(now)) is not None:
                frame = bytearray(frame)
                if rng.random() * 100 < loss_percent:
                    frame[rng.randrange(len(frame))] ^= 1 << rng.randrange(8)
                for whole in frames_in(framers[1 - me], frame):
                    if ends[1 - me].receive(whole, len(whole), now) == packet.RELIABLE and me == 0:
                        got.append(whole[packet.HEADER_SIZE : -packet.CRC_SIZE])
        assert got == payloads[: len(got)]
        if len(got) == len(payloads) and not ends[0].unacknowledged:
            break
    assert got == payloads


def test_twenty_thousand_mutated_packets_are_never_believed():
    rng = random.Random(3)
    session = Session()
    session.open(0xABCDEF01)
    framer = cobs.Framer(300)
    rows = [messages.encode(messages.RUN, 1), messages.encode(messages.SET_POSITION, 1, 2, 3)]
    accepted = 0
    for _ in range(20_000):
        whole = packet.build(0xABCDEF01, rng.choice([1, 2]), rng.randrange(65536), 0, rng.choice(rows))
        data = bytearray(cobs.encode(whole))
        for _ in range(rng.randrange(1, 5)):
            data[rng.randrange(len(data) - 1)] ^= rng.randrange(1, 256)
        if data == cobs.encode(whole):
            continue
        for frame in frames_in(framer, data):
            accepted += session.receive(frame, len(frame), 0) >= 0
    assert accepted == 0


@given(segment=segments(), before=st.binary(max_size=5), after=st.binary(max_size=5))
@settings(deadline=None)
def test_a_row_is_read_back_wherever_it_stands(segment, before, after):
    row = segment.row()
    numbers = array("i", [-1] * NUMBERS)
    end = unpack_row(before + row + after, len(before), len(before + row + after), numbers)
    assert end == len(before + row)
    assert Segment(numbers[0], numbers[1:5], numbers[5:9], numbers[9:13]).row() == row


@given(data=st.binary(max_size=60), at=st.integers(0, 60))
@settings(max_examples=400, deadline=None)
def test_whatever_bytes_a_row_has_it_stays_inside_and_fits_32_bits(data, at):
    numbers = array("i", [0] * NUMBERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake_module, "int", Int32, raising=False)
        end = unpack_row(data, at, len(data), numbers)
        if len(data) >= HEAD_BYTES:
            unpack_head(data, 0, array("i", [0] * HEAD))
    assert end == -1 or at < end <= len(data)
    assert all(count == 0 for axis, count in enumerate(numbers[1::4]) if end > 0 and not data[at] >> axis & 1)
