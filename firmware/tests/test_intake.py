"""What a SEGMENTS message says is read in place, number for number."""

from array import array

from firmware.intake import HEAD, HEAD_BYTES, MOST_ROWS, NUMBERS, unpack_head, unpack_row
from firmware.wire import messages, packet
from safety.segment import Segment

# Words that show a byte in the wrong place or a lost sign.
WORDS = (0x01020304, 0x7FFFFFFF, 0x80000001, 0xFFFFFFFE, 0, 0x00FF00FF, 0xA0B0C0D0)
# Numbers on both sides of each group of seven bits.
SIZES = (0, 1, 127, 128, 16383, 16384, 2097151, 2097152, 268435455, 268435456, 0x7FFFFFFF)


def signed(value):
    return value - (1 << 32) if value > 0x7FFFFFFF else value


def read(row):
    numbers = array("i", [-1] * NUMBERS)
    return unpack_row(b"xyz" + row, 3, 3 + len(row), numbers) - 3, list(numbers)


def test_what_stands_before_the_rows_is_read_as_the_message_table_says():
    for turn in range(len(WORDS)):
        start, deadline = WORDS[turn], WORDS[turn - 1]
        body = messages.encode(messages.SEGMENTS, 65535 - turn, 40000 + turn, 129, start, deadline, b"ab")
        assert len(body) == 1 + HEAD_BYTES + 2
        head = array("i", [0] * HEAD)
        unpack_head(b"xyz" + body, 4, head)
        assert list(head) == [65535 - turn, 40000 + turn, 129, signed(start), signed(deadline), 2]


def test_a_row_is_read_back_number_for_number():
    for turn in range(len(SIZES)):
        sizes = [SIZES[(turn + i) % len(SIZES)] for i in range(8)]
        add = sizes[3] >> 1
        axes = ((32767, sizes[0], sizes[1], -add), (-32767, sizes[4], sizes[5], add), (3, 0, sizes[6], 0))
        segment = Segment(sizes[7], axes[0], axes[1], axes[2])
        assert read(segment.row()) == (len(segment.row()), list(segment.numbers()))


def test_what_says_nothing_is_not_sent():
    rest = Segment(80000, (0, 5, 6, 7), (1, 9, 10, 11), (-2, 12, 13, 14))
    said = Segment(80000, (0, 0, 0, 0), (1, 9, 0, 0), (-2, 12, 13, 0))
    assert rest.row() == said.row()
    assert read(rest.row())[1] == list(said.numbers())
    assert len(Segment(80000).row()) == 4


def test_a_row_that_is_cut_off_or_too_large_is_none():
    whole = Segment(128000, (3, 500, 4096 * 500, -9), (-3, 500, 4096 * 500, 9), (3, 1, 1, 1)).row()
    for length in range(len(whole)):
        assert read(whole[:length])[0] == -4
    assert read(b"\x08" + whole[1:])[0] == -4
    for large in (b"\xff\xff\xff\xff\x08", b"\xff\xff\xff\xff\xff\x01", b"\x80\x80\x80\x80\x80\x00"):
        assert read(b"\x00" + large)[0] == -4
    assert read(b"\x00\xff\xff\xff\xff\x07") == (6, [0x7FFFFFFF] + [0] * 12)


def test_as_many_rows_as_are_taken_fit_a_packet_with_a_profile_before_them():
    most = 0x3FFFFFFF
    row = Segment(128000, *[(-32767, 127999, most, -most)] * 3).row()
    message = messages.encode(messages.SEGMENTS, 1, 0, 1, 0, 0, MOST_ROWS * row)
    assert len(messages.encode(messages.PROFILE, 1)) + len(message) <= packet.MAX_PAYLOAD
