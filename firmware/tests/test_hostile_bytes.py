"""Bytes that are no command, or no longer one: a real controller, end to end."""

import random

from firmware.tests.in_motion import at_rest
from firmware.tests.paths import move
from firmware.wire import cobs, messages, packet
from safety import states, ticks


def test_a_replayed_session_moves_nothing(arm):
    recorded = []
    write = arm.write

    def tape(data):
        recorded.append(data)
        write(data)

    arm.make_ready()
    arm.write = tape
    arm.stream(1, move((300, 0, 0), 0.5))
    arm.run(800_000)
    assert arm.axes[0].position == 300
    arm.write = write
    arm.hello(nonce=8)
    arm.run(150_000)
    arm.inbox.clear()
    for data in recorded:
        arm.write(data)
        arm.frame()
    arm.run(300_000)
    assert arm.axes[0].position == 300
    assert not arm.received(messages.REFUSED)
    assert not arm.received(messages.MOTION_DONE)


def test_random_and_mutated_bytes_are_no_command(arm):
    rng = random.Random(11)
    arm.make_ready()
    arm.inbox.clear()
    arm.keep_alive = None
    nonce = arm.session.nonce
    segments = move((300, 0, 0), 0.5)
    deadline = ticks.add(arm.controller_us(), 100_000_000)
    now = arm.controller_us()
    rows = [
        messages.encode(messages.SEGMENTS, 9, i, (i == 0) | 2 * (i == 49), now, deadline, s.row())
        for i, s in enumerate(segments)
    ]
    rows += [messages.encode(messages.SET_POSITION, 1, 2, 3), messages.encode(messages.PROFILE, 1)]
    for count in range(6000):
        if rng.random() < 0.2:
            data = bytearray(rng.randbytes(rng.randrange(1, 60)) + b"\x00")
        else:
            row = rng.choice(rows)
            number = rng.randrange(65536)
            whole = packet.build(nonce, rng.choice([1, 1, 2, 0]), number, rng.randrange(65536), row)
            data = bytearray(cobs.encode(whole))
            for _ in range(rng.randrange(1, 4)):
                data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
        # Three zeros in a row are a true stop; everything else must be nothing at all.
        while b"\x00\x00" in data:
            data = data.replace(b"\x00\x00", b"\x00\x01")
        arm.write(bytes(data))
        if count % 10 == 9:
            arm.frame()
    arm.write(b"\x01\x00")
    arm.run(150_000)
    assert at_rest(arm)
    assert not arm.received(messages.REFUSED)
    assert arm.status["state"] == states.READY
    assert arm.status["shoulder_usteps"] == 10000
    assert arm.status["profile"] == 0


def test_a_break_character_does_not_end_the_controller(arm):
    arm.make_ready()
    arm.write(b"\x03\x03\x03\x04\x1a\x00")
    arm.run(120_000)
    assert arm.process.poll() is None
    assert arm.status["state"] == states.READY
