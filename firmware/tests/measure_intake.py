"""Runs under MicroPython: how long a controller takes to read, check and queue segments, part by part.

`micropython measure_intake.py ROOT` prints lines `<what> <microseconds>`; at the prompt of a Pico the
firmware is looked for where the path leads already, and the clock is that of the arm. All three axes step in
every segment.

packet: a packet of three segments is unframed, its check sum and its messages looked at. unpack, judge and
push: one segment. take: the three. bytes: how long the packet's frame is.
"""

import sys

if len(sys.argv) > 1:
    sys.path.insert(0, sys.argv[1])

import time
from array import array

from firmware import intake
from firmware.queue import SegmentQueue
from firmware.wire import cobs, messages, packet
from firmware.wire.session import Session
from safety.envelope import check_values
from safety.limits import REFERENCE, Limits

TIMES = 40
START = 3000
# 15 ms of all axes at 1,000 steps a second, as `Segment.row` writes it.
ROW = b"\x07\xc0\xa9\x07" + 3 * b"\x1e\xa0\x1f\x80\x80\xd0\x0f\x00"
ROWS = 3


def took(what, act):
    """Print the microseconds of one `act()`, of `TIMES`."""
    act()
    began = time.ticks_us()
    for _ in range(TIMES):
        act()
    print(what, time.ticks_diff(time.ticks_us(), began) // TIMES)


def main():
    """Measure each part alone, then the three segments together."""
    if sys.platform == "rp2":
        import machine

        from firmware.board.rp2_pio import SYSTEM_HZ

        machine.freq(SYSTEM_HZ)
    limits = Limits(REFERENCE)
    queue = SegmentQueue()
    taken = intake.Intake(limits, queue)
    place = [(limits.min_usteps[i] + limits.max_usteps[i]) // 2 for i in range(3)]
    numbers = array("i", [0] * intake.NUMBERS)
    session = Session(in_place=True)
    session.open(1)
    body = messages.encode(messages.SEGMENTS, 1, 0, 0, 0, 1 << 28, ROWS * ROW)
    framer = cobs.Framer(packet.MAX_PACKET + 4)
    frame = cobs.encode(packet.build(1, packet.DATAGRAM, 1, 0, body))

    def packet_in():
        framer.begin()
        length = framer.take(frame, len(frame))
        session._last_datagram = None
        assert session.receive(framer.buffer, length, 0) == packet.DATAGRAM
        assert messages.well_formed(framer.buffer, packet.HEADER_SIZE, length - packet.CRC_SIZE)

    def unpack():
        assert intake.unpack_row(ROW, 0, len(ROW), numbers) == len(ROW)

    def judge():
        taken.path.position[:] = place
        reason = check_values(limits, taken.path, numbers)
        assert reason == 0, reason

    def push():
        queue.clear()
        assert queue.push(numbers, 0, 1, 0, 0)

    def take():
        queue.clear()
        taken.path.position[:] = place
        taken._index = 0
        taken._path_motion = 1
        reason = taken.take(body, 1, 0, 0, False)
        assert reason == 0, reason

    taken.reset(place, True)
    took("packet", packet_in)
    took("unpack", unpack)
    # As after a segment of the same speed: nothing starts or ends here.
    for axis in range(3):
        taken.path.numbers[3 + axis] = 4000
        taken.path.numbers[6 + axis] = 1000
    taken.path.numbers[9] = 120000
    took("judge", judge)
    took("push", push)
    took("take", take)
    print("bytes", len(frame))


main()
