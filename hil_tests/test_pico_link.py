"""How full the link of an emulated Pico is while its arm moves (`--device rp2040`)."""

import sys

import pytest

from firmware.queue import CAPACITY
from firmware.wire import messages
from host.arm.moves import swing
from host.link.controller import KEEP_ALIVE_MOVING_US
from host.link.streamer import SEGMENTS_PER_PACKET, QueuedMotion
from safety import ticks
from safety.axes import TICKS_PER_US

START_IN_US = 25_000_000
UNDER_WAY = 6
LISTEN_US = 250
MOST = 0.2


def three_axes(pico):
    """A fast swing from where the arm stands, in which all three axes move."""
    status = pico.until(lambda _: True)
    home = (status["shoulder_usteps"], status["elbow_usteps"], status["lift_usteps"])
    robot = pico.robot
    turns = [round(0.5 * joint.usteps_per_unit) for joint in (robot.shoulder, robot.elbow)]
    fall = round(0.004 * robot.lift.usteps_per_unit)
    end = (home[0] - turns[0], home[1] - turns[1], home[2] - fall)
    return swing(robot, home, end, "swing", fast=True)


@pytest.mark.timeout(600)
def test_a_motion_takes_less_than_a_fifth_of_what_it_can_take_in(request, controller):
    if controller.device.kind != "rp2040" or controller.device.role != "arm":
        pytest.skip("only an emulated Pico, the arm, shows this: --device rp2040")
    pico = controller
    pico.make_ready()
    motion = three_axes(pico)
    pico.say(messages.TIME, 1)
    _, (_, now_us) = pico.expect(messages.TIME_REPLY)
    start = ticks.add(now_us, START_IN_US)
    assert pico.session.send(messages.encode(messages.PROFILE, messages.PROFILE_FAST))
    pico.heard(100_000)
    began_us = pico.device.clock_us()
    plays_us = beats = 0
    queued = QueuedMotion(1, list(motion.segments))
    while queued.sent + SEGMENTS_PER_PACKET <= min(CAPACITY, len(motion.segments)):
        taken = motion.segments[queued.sent : queued.sent + SEGMENTS_PER_PACKET]
        path_us = sum(segment.duration_ticks for segment in taken) / TICKS_PER_US
        assert pico.session.send(queued.message(len(taken), start, ticks.add(start, START_IN_US)))
        plays_us += path_us
        while pico.session.unacknowledged >= UNDER_WAY:
            assert messages.REFUSED not in [message for message, _ in pico.heard(LISTEN_US)]
        for _ in range(int(path_us / KEEP_ALIVE_MOVING_US)):
            beats += 1
            pico.say(messages.RUN, messages.MOTION)
    # It is answered in the loop that has read everything before it.
    pico.say(messages.TIME, 2)
    pico.expect(messages.TIME_REPLY, lambda fields: fields["token"] == 2)
    took_us = ticks.diff(pico.device.clock_us(), began_us)
    sys.stderr.write(
        f"\n{queued.sent} segments and {beats} keep-alives, {plays_us / 1000:.0f} ms of path, in "
        f"{took_us / 1000:.0f} ms: {100 * took_us / plays_us:.0f} % of what it can take in\n"
    )
    assert took_us < MOST * plays_us
