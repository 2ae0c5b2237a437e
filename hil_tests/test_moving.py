"""A small movement, watched from the wire: of a virtual arm or, with --allow-motion, of a real one."""

import pytest

from firmware.wire import messages
from hil_tests.streaming import stream
from host.arm.moves import creep

AWAY_RAD = 0.05


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
        _, done, seen = stream(controller, motion.segments, number=number)
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
