"""What a SEGMENT message says is read in place, number for number."""

from array import array

from firmware.intake import HEAD, NUMBERS, unpack
from firmware.wire import messages
from safety.segment import Segment

# Words that show a byte in the wrong place or a lost sign.
WORDS = (0x01020304, 0x7FFFFFFF, 0x80000001, 0xFFFFFFFE, 0, 0x00FF00FF, 0xA0B0C0D0)


def signed(value):
    return value - (1 << 32) if value > 0x7FFFFFFF else value


def test_every_number_stands_where_the_message_table_says():
    for turn in range(len(WORDS)):
        words = [WORDS[(turn + i) % len(WORDS)] for i in range(14)]
        counts = (-32768, 32767, -2 - turn)
        axes = [
            (counts[axis], words[3 * axis], words[3 * axis + 1], signed(words[3 * axis + 2]))
            for axis in range(3)
        ]
        segment = Segment(words[9], axes[0], axes[1], axes[2])
        body = messages.encode(
            messages.SEGMENT, 65535 - turn, 40000 + turn, 129, words[10], words[11], segment.pack()
        )
        head = array("i", [0] * HEAD)
        numbers = array("i", [0] * NUMBERS)
        unpack(b"xyz" + body, 4, head, numbers)
        assert list(head) == [65535 - turn, 40000 + turn, 129, signed(words[10]), signed(words[11])]
        assert list(numbers) == list(segment.numbers())
