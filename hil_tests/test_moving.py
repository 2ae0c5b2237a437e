"""A small movement, watched from the wire: of a virtual arm or, with --allow-motion, of a real one."""

import pytest

from firmware.wire import messages
from host.arm.moves import creep
from safety import ticks

AWAY_RAD = 0.05
AHEAD_US = 300_000
WINDOW = 4
SPARE = 16


def play(controller, motion, number=1):
    """Stream a motion; the fields of its MOTION_DONE and every STATUS on the way."""
    _, (_, now_us) = ask_time(controller)
    start = ticks.add(now_us, AHEAD_US)
    deadline = ticks.add(start, 30_000_000)
    segments = list(motion.segments)
    seen = []
    sent = reported = 0
    until_ms = controller.now() + 20_000
    while controller.now() < until_ms:
        while (
            sent < len(segments)
            and controller.session.unacknowledged < WINDOW
            and room(seen, sent - reported)
        ):
            flags = messages.SEGMENT_START if sent == 0 else 0
            flags |= messages.SEGMENT_LAST if sent == len(segments) - 1 else 0
            packed = segments[sent].pack()
            row = messages.encode(messages.SEGMENT, number, sent, flags, start, deadline, packed)
            assert controller.session.send(row)
            sent += 1
        controller.say(messages.RUN, messages.MOTION)
        for message, values in controller.heard(10_000):
            fields = messages.fields(message, values)
            if message == messages.STATUS:
                seen.append(fields)
                reported = sent
            elif message == messages.MOTION_DONE:
                return fields, seen
            else:
                assert message != messages.REFUSED, fields
    raise AssertionError("the motion did not end")


def room(seen, since):
    """Whether the controller takes more, of which it was sent `since` segments after its last STATUS."""
    free = seen[-1]["free_segments"] if seen else 2 * SPARE
    return since < free - SPARE and (not seen or seen[-1]["queue_ms"] < 400)


def ask_time(controller):
    controller.say(messages.TIME, 99)
    return controller.expect(messages.TIME_REPLY, lambda fields: fields["token"] == 99)


@pytest.mark.moves_arm
def test_a_small_swing_there_and_back_loses_no_step(controller):
    controller.make_ready()
    status = controller.until(lambda _: True)
    home = (status["shoulder_usteps"], status["elbow_usteps"], status["lift_usteps"])
    middle = (controller.robot.shoulder.low + controller.robot.shoulder.high) / 2
    inward = 1 if home[0] < middle * controller.robot.shoulder.usteps_per_unit else -1
    away = home[0] + inward * round(AWAY_RAD * controller.robot.shoulder.usteps_per_unit)
    for number, (begin, end) in enumerate(((home[0], away), (away, home[0])), start=1):
        motion = creep(controller.robot, (begin, *home[1:]), (end, *home[1:]), "swing")
        done, seen = play(controller, motion, number)
        assert done["result"] == 0
        assert (done["shoulder_usteps"], done["elbow_usteps"], done["lift_usteps"]) == (end, *home[1:])
        assert any(fields["queue_ms"] > 0 for fields in seen)
    if controller.device.kind != "real":
        directions = [direction for _, _, direction in controller.simulated.edges]
        assert directions.count(1) == directions.count(-1) == abs(away - home[0])


@pytest.mark.needs_board
def test_a_real_board_is_neither_hot_nor_short_of_memory(controller):
    identity = controller.who()
    assert -20 < identity.temperature_c < 60
    assert identity.heap_free_kb >= 60


@pytest.mark.needs_board
def test_a_real_board_answers_within_a_few_milliseconds(controller):
    controller.hello()
    took = []
    for token in range(50):
        began_us = controller.time.now_us()
        controller.say(messages.TIME, token)
        controller.expect(messages.TIME_REPLY, lambda fields, token=token: fields["token"] == token)
        took.append(controller.time.now_us() - began_us)
    assert sorted(took)[len(took) // 2] < 10_000
