"""Runs under MicroPython: takes in a stream of packets as a controller does and says how long it took.

    micropython controller_intake.py ROOT LIMITS.json BYTES < serial line

Frames, check sums, session, order and the envelope check of every segment are the controller's own code.
Prints one line of JSON: segments taken, segments refused, and microseconds from the first byte to the last.
"""

import json
import sys
import time


def main(root: str, limits_file: str, total: int) -> None:
    """Read `total` bytes from standard input and act on them."""
    sys.path.insert(0, root)
    from firmware.intake import Intake
    from firmware.queue import SegmentQueue
    from firmware.wire import cobs, messages, packet
    from firmware.wire.session import Session
    from safety import limits

    queue = SegmentQueue()
    intake = Intake(limits.load(limits_file), queue)
    session = Session()
    session.open(1)
    framer = cobs.Framer(packet.MAX_PACKET + 4)
    taken = refused = got = 0
    began = None
    known = False
    print("ready")
    while got < total:
        data = sys.stdin.buffer.read(min(64, total - got))
        if began is None:
            began = time.ticks_us()  # type: ignore[attr-defined]
        got += len(data)
        framer.begin()
        while (length := framer.take(data, len(data))) >= 0:
            if session.receive(framer.buffer, length, 0) < 0:
                continue
            at, end = packet.HEADER_SIZE, length - packet.CRC_SIZE
            if not messages.well_formed(framer.buffer, at, end):
                continue
            while at < end:
                number = framer.buffer[at]
                if number == messages.SET_POSITION:
                    intake.reset(messages.decode(bytes(framer.buffer[at : at + 13]))[0][1], True)
                    known = True
                elif number == messages.SEGMENTS and known:
                    if intake.take(framer.buffer, at + 1, 0, messages.PROFILE_FAST, False):
                        refused += 1
                    taken += 1
                    queue.clear()
                at += 1 + messages.body_size(framer.buffer, at, end)
    elapsed = time.ticks_diff(time.ticks_us(), began)  # type: ignore[attr-defined]
    print(json.dumps({"taken": taken, "refused": refused, "us": elapsed}))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
