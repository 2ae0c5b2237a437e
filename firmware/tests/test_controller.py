"""A real controller under MicroPython, end to end: greeting, time, motions, homing, a person's acts.

Bytes and step edges, nothing looked up inside. Each test starts its own controller process on a
pseudo-terminal (`fake_twin`). Time is the twin's.
"""

import random

import pytest

from firmware.board import lockstep
from firmware.tests.fake_twin import LIMITS, WRAP, Controller
from firmware.tests.in_motion import LONG, at_rest, on_path, path_steps, started
from firmware.tests.paths import move
from firmware.wire import messages
from safety import reasons, states
from safety.segment import Segment

AHEAD_US = 15_000


def test_a_controller_says_who_it_is(arm):
    arm.run(100_000)
    welcome = arm.hello()
    assert welcome["accepted"] == messages.ACCEPTED
    assert welcome["role"] == messages.ROLE_ARM
    assert welcome["table_hash"] == messages.TABLE_HASH
    assert welcome["limits_hash"] == LIMITS.hash()
    assert welcome["host_nonce"] == 7


@pytest.mark.parametrize("what", ["table", "limits"])
def test_a_host_that_differs_is_refused_and_ignored(arm, what):
    arm.run(100_000)
    good = arm.hello()
    if what == "table":
        welcome = arm.hello(table_hash=messages.TABLE_HASH ^ 1)
        assert welcome["accepted"] == messages.TABLE_DIFFERS
    else:
        welcome = arm.hello(limits_hash=LIMITS.hash() ^ 1)
        assert welcome["accepted"] == messages.LIMITS_DIFFER
    assert welcome["table_hash"] == good["table_hash"]
    # The session of before is over as well.
    arm.inbox.clear()
    arm.send(messages.LOOKED)
    arm.run(300_000)
    assert not arm.inbox


def test_the_controller_tells_its_time(arm):
    arm.run(100_000)
    arm.hello()
    for token in (1, 0xFFFFFFFF):
        arm.inbox.clear()
        arm.datagram(messages.TIME, token)
        arm.frame()
        (reply,) = arm.received(messages.TIME_REPLY)
        assert reply == {"token": token, "now_us": arm.controller_us()}


def test_a_motion_of_a_thousand_steps_is_executed_exactly():
    segments = move((1000, -700, 400), 1.0)
    # The controller's clock wraps in the middle of the motion.
    with Controller("arm", start_us=WRAP - 900_000) as arm:
        begin = started(arm, segments, run_us=1_200_000)
        assert [axis.position for axis in arm.axes] == [1000, -700, 400]
        for axis, times in zip(arm.axes, path_steps(segments), strict=True):
            for (edge, _), want in zip(axis.edges, times, strict=True):
                assert abs(edge - (begin * 8 + want)) <= 8
        (done,) = arm.received(messages.MOTION_DONE)
        assert done["result"] == reasons.NONE
        assert [done["shoulder_usteps"], done["elbow_usteps"], done["lift_usteps"]] == [11000, -12700, 12400]
        assert not arm.received(messages.REFUSED)
        assert arm.aborts == 0


def test_steps_are_never_more_than_15_ms_ahead(arm):
    arm.make_ready()
    arm.activity = messages.MOTION
    arm.stream(1, LONG)
    furthest = 0
    for _ in range(1500):
        arm.frame()
        for axis in arm.axes:
            if axis.words:
                ahead = axis.cursor + sum(word >> 2 for word in axis.words) - arm.now_us * 8
                furthest = max(furthest, ahead)
    assert AHEAD_US * 8 // 2 < furthest <= AHEAD_US * 8


def test_two_motions_follow_each_other(arm):
    arm.make_ready()
    arm.activity = messages.MOTION
    arm.stream(1, move((300, 0, 0), 0.5))
    arm.stream(2, move((-300, 200, 0), 0.5))
    arm.run(1_400_000)
    assert [done["motion"] for done in arm.received(messages.MOTION_DONE)] == [1, 2]
    assert [axis.position for axis in arm.axes] == [0, 200, 0]
    assert arm.status["state"] == states.READY


def test_a_bad_line_changes_nothing_but_the_retries(arm):
    rng = random.Random(5)
    write = arm.write

    def lossy(data):
        data = bytearray(data)
        if rng.random() < 0.05:
            data[rng.randrange(len(data) - 1)] ^= 1 << rng.randrange(1, 8)
            data[:-1] = data[:-1].replace(b"\x00", b"\x01")
        write(bytes(data))

    arm.make_ready()
    arm.inbox.clear()
    arm.write = lossy
    arm.activity = messages.MOTION
    # A packet that is lost before the start comes again in time.
    arm.stream(1, LONG, start_in_us=200_000)
    arm.run(3_500_000)
    assert [axis.position for axis in arm.axes] == [6000, -3000, 2000]
    assert arm.session.retries > 0


def test_a_segment_over_the_limits_is_refused_and_nothing_moves(arm):
    arm.make_ready()
    arm.inbox.clear()
    arm.stream(1, [Segment(80000, (60, 600, 4096 * 1300, 0)), Segment(80000)])
    arm.run(300_000)
    (refused,) = arm.received(messages.REFUSED)
    assert refused == {"message": messages.SEGMENTS, "reason": reasons.JOINT_ACCELERATION, "detail": 1}
    assert at_rest(arm)
    assert arm.status["state"] == states.READY
    arm.stream(2, move((300, 0, 0), 0.5))
    arm.run(800_000)
    assert arm.axes[0].position == 300


def test_a_motion_that_came_too_late_is_refused(arm):
    arm.make_ready()
    arm.inbox.clear()
    arm.stream(1, move((300, 0, 0), 0.5), start_in_us=-2_000_000, valid_us=1_000_000)
    arm.run(300_000)
    assert arm.received(messages.REFUSED)[0]["reason"] == reasons.SEGMENT_STALE
    assert at_rest(arm)


def test_no_segment_is_taken_before_ready(arm):
    arm.run(120_000)
    arm.hello()
    arm.keep_alive = 20_000
    arm.stream(1, move((300, 0, 0), 0.5))
    arm.run(500_000)
    refused = arm.received(messages.REFUSED)
    assert [values["reason"] for values in refused] == [reasons.NOT_READY]
    assert at_rest(arm)


def test_homing_latches_the_counters_and_comes_to_rest(arm):
    arm.make_ready()
    arm.inbox.clear()
    flags = messages.SEGMENT_HOME | 2 << messages.SEGMENT_AXIS_SHIFT
    arm.stream(4, move((0, 0, 4000), 1.0), flags=flags)
    assert arm.run(2_000_000, lambda: arm.axes[2].position > 1500)
    at = arm.axes[2].position
    arm.inputs |= lockstep.IN_LIMIT_LIFT
    arm.run(700_000)
    (homed,) = arm.received(messages.HOMED)
    assert homed["axis"] == 2
    assert abs(homed["lift_usteps"] - (12000 + at)) <= 20
    (done,) = arm.received(messages.MOTION_DONE)
    assert done["result"] == reasons.NONE
    assert done["lift_usteps"] == 12000 + arm.axes[2].position < 12000 + 4000
    assert arm.status["state"] == states.READY
    assert not arm.received(messages.REFUSED)
    arm.send(messages.SET_POSITION, 10000, -12000, 500)
    arm.run(150_000)
    assert arm.status["lift_usteps"] == 500


def test_homing_that_finds_no_switch_says_so(arm):
    arm.make_ready()
    flags = messages.SEGMENT_HOME | 2 << messages.SEGMENT_AXIS_SHIFT
    arm.stream(4, move((0, 0, 2000), 0.8), flags=flags)
    arm.run(1_200_000)
    assert arm.received(messages.MOTION_DONE)[-1]["result"] == reasons.SWITCH_DID_NOT_CHANGE


def test_a_position_that_the_encoders_deny_is_refused(arm):
    arm.make_ready()
    arm.send(messages.SET_POSITION, 11000, -12000, 12000)
    arm.run(150_000)
    assert arm.received(messages.REFUSED)[-1]["reason"] == reasons.ENCODERS_DISAGREE
    assert arm.status["shoulder_usteps"] == 10000


def test_an_arm_outside_its_range_starts_in_recovery(arm):
    outside = LIMITS.max_usteps[0] + 1000
    arm.make_ready((outside, -12000, 12000))
    assert arm.status["state"] == states.RECOVERY
    arm.inbox.clear()
    arm.stream(1, move((200, 0, 0), 1.5))
    arm.run(300_000)
    assert arm.received(messages.REFUSED)[-1]["reason"] == reasons.RECOVERY_DIRECTION
    arm.stream(2, move((-1200, 0, 0), 8.0))
    arm.run(8_500_000)
    assert arm.axes[0].position == -1200
    assert arm.status["state"] == states.READY


def test_takeover_is_reached_in_motion_and_left_to_safe(arm):
    started(arm)
    arm.press(lockstep.IN_BUTTON_TAKEOVER)
    arm.run(500_000)
    assert arm.status["state"] == states.TAKEOVER
    assert not arm.status["flags"] & messages.STATUS_GATE
    assert on_path(arm, LONG)
    arm.press(lockstep.IN_BUTTON_TAKEOVER)
    arm.run(150_000)
    assert arm.status["state"] == states.SAFE


def test_the_gate_opens_in_safe_and_toggles_in_ready(arm):
    arm.run(150_000)
    assert not arm.output_edges[lockstep.OUT_GATE]
    arm.make_ready()
    before = len(arm.output_edges[lockstep.OUT_GATE])
    arm.run(100_000)
    assert 9 <= len(arm.output_edges[lockstep.OUT_GATE]) - before <= 11
