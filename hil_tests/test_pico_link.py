"""How full the link of an emulated Pico is while its arm moves (`--device rp2040`)."""

import sys

import pytest

from firmware.board import lockstep
from firmware.queue import CAPACITY
from firmware.wire import messages
from host.arm.moves import swing
from host.link.controller import KEEP_ALIVE_MOVING_US
from host.link.streamer import SEGMENTS_PER_PACKET, QueuedMotion
from safety import states, ticks
from safety.axes import TICKS_PER_US

START_IN_US = 800_000
NOT_AFTER_US = 30_000_000
UNDER_WAY = 8
LISTEN_US = 250
MOST = 0.2
# More of it is sent when so much of the queue has been played: what is left lasts longer than a brake.
PLAYED_US = 450_000
PLAYED_SEGMENTS = 27


def three_axes(pico):
    """A fast swing from where the arm stands, in which all three axes move."""
    status = pico.until(lambda _: True)
    home = (status["shoulder_usteps"], status["elbow_usteps"], status["lift_usteps"])
    robot = pico.robot
    turns = [round(0.5 * joint.usteps_per_unit) for joint in (robot.shoulder, robot.elbow)]
    fall = round(0.004 * robot.lift.usteps_per_unit)
    end = (home[0] - turns[0], home[1] - turns[1], home[2] - fall)
    return swing(robot, home, end, "swing", fast=True)


def pour(pico, queued, times, most):
    """Send segments as fast as it takes them, and the keep-alives their path asks for.

    Returns the time from the first byte until all were read and the time that their path lasts, microseconds.
    """
    began_us = pico.device.clock_us()
    plays_us = 0
    first = queued.sent
    while queued.sent - first + SEGMENTS_PER_PACKET <= most and not queued.all_sent:
        taken = queued.segments[queued.sent : queued.sent + SEGMENTS_PER_PACKET]
        path_us = sum(segment.duration_ticks for segment in taken) / TICKS_PER_US
        assert pico.session.send(queued.message(len(taken), *times))
        plays_us += path_us
        while pico.session.unacknowledged >= UNDER_WAY:
            assert messages.REFUSED not in [message for message, _ in pico.heard(LISTEN_US)]
        for _ in range(int(path_us / KEEP_ALIVE_MOVING_US)):
            pico.say(messages.RUN, messages.MOTION)
    # It is answered in the loop that has read everything before it.
    token = first + 1
    pico.say(messages.TIME, token)
    pico.expect(messages.TIME_REPLY, lambda fields: fields["token"] == token)
    return ticks.diff(pico.device.clock_us(), began_us), plays_us


def told(when, queued, took_us, plays_us):
    sys.stderr.write(
        f"\n{when}: {queued.sent} segments so far, {plays_us / 1000:.0f} ms of path "
        f"in {took_us / 1000:.0f} ms: {100 * took_us / plays_us:.0f} % of what it can take in\n"
    )


@pytest.mark.timeout(600)
def test_a_motion_takes_less_than_a_fifth_of_what_it_can_take_in(request, controller):
    if controller.device.kind != "rp2040" or controller.device.role != "arm":
        pytest.skip("only an emulated Pico, the arm, shows this: --device rp2040")
    pico = controller
    pico.make_ready()
    queued = QueuedMotion(1, list(three_axes(pico).segments))
    assert pico.session.send(messages.encode(messages.PROFILE, messages.PROFILE_FAST))
    pico.heard(100_000)
    start = ticks.add(pico.device.clock_us(), START_IN_US)
    times = (start, ticks.add(start, NOT_AFTER_US))
    at_rest = pour(pico, queued, times, CAPACITY)
    told("at rest", queued, *at_rest)
    while ticks.diff(pico.device.clock_us(), start) < PLAYED_US:
        pico.say(messages.RUN, messages.MOTION)
        pico.heard(KEEP_ALIVE_MOVING_US)
    played = sum(segment.duration_ticks for segment in queued.segments[: queued.sent]) / TICKS_PER_US
    assert pico.until(lambda _: True)["state"] == states.MOVING
    moving = pour(pico, queued, times, PLAYED_SEGMENTS)
    assert ticks.diff(pico.device.clock_us(), start) < played, "the steps were made before all was read"
    told("while steps are made", queued, *moving)
    pico.write(b"\0\0\0")
    pico.expect(messages.MOTION_DONE)
    pico.press(lockstep.IN_BUTTON_ACK)
    pico.until(lambda fields: fields["state"] == states.SAFE)
    for took_us, plays_us in (at_rest, moving):
        assert took_us < MOST * plays_us
