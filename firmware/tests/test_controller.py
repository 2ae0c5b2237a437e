"""A real controller under MicroPython, end to end: bytes and step edges, nothing looked up inside.

Each test starts its own controller process on a pseudo-terminal (`fake_twin`). Time is the twin's.
"""

import random

import pytest

from firmware.board import lockstep
from firmware.tests.fake_twin import LIMITS, WRAP, Controller
from firmware.tests.paths import move
from firmware.wire import cobs, messages, packet
from safety import reasons, states, ticks
from safety.segment import Segment

BRAKE_US = 250_000
AHEAD_US = 15_000
FRAME_US = 1_000
LONG = move((6000, -3000, 2000), 3.0)


@pytest.fixture
def arm():
    with Controller("arm") as controller:
        yield controller


@pytest.fixture
def hand():
    with Controller("hand") as controller:
        yield controller


def state_is(controller, state):
    return lambda: any(values["state"] == state for values in controller.received(messages.STATE)[-1:])


def started(arm, segments=LONG, motion=1, run_us=900_000, **options):
    """An arm in the middle of a motion; returns the time of its first frame in motion."""
    arm.make_ready()
    arm.inbox.clear()
    arm.activity = messages.MOTION
    arm.stream(motion, segments, **options)
    assert arm.run(500_000, state_is(arm, states.MOVING))
    begin = arm.now_us
    arm.run(run_us)
    return begin


def at_rest(arm, quiet_us=30_000):
    """Whether no edge was made for a while."""
    last = max((axis.edges[-1][0] for axis in arm.axes if axis.edges), default=0)
    return arm.now_us * 8 - last > quiet_us * 8


def path_steps(segments):
    times = [[], [], []]
    base = 0
    for segment in segments:
        for axis in range(3):
            times[axis] += [base + segment.step_time(axis, k) for k in range(abs(segment.count[axis]))]
        base += segment.duration_ticks
    return times


def on_path(arm, segments):
    """Whether one path time explains the steps of all axes."""
    times = path_steps(segments)
    made = [abs(axis.position) for axis in arm.axes]
    low = max(times[i][n - 1] for i, n in enumerate(made) if n)
    high = min((times[i][n] for i, n in enumerate(made) if n < len(times[i])), default=1 << 60)
    return low < high


# --- greeting -----------------------------------------------------------------------------------


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


# --- motion -------------------------------------------------------------------------------------


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
    arm.stream(1, LONG)
    arm.run(3_500_000)
    assert [axis.position for axis in arm.axes] == [6000, -3000, 2000]
    assert arm.session.retries > 0


def test_a_segment_over_the_limits_is_refused_and_nothing_moves(arm):
    arm.make_ready()
    arm.inbox.clear()
    arm.stream(1, [Segment(80000, (60, 600, 4096 * 1300, 0)), Segment(80000)])
    arm.run(300_000)
    (refused,) = arm.received(messages.REFUSED)
    assert refused == {"message": messages.SEGMENT, "reason": reasons.JOINT_ACCELERATION, "detail": 1}
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


# --- braking ------------------------------------------------------------------------------------


def test_silence_brakes_on_the_path_and_one_act_resumes(arm):
    started(arm)
    silent = arm.now_us
    arm.keep_alive = None
    arm.streaming = False
    assert arm.run(130_000, lambda: not arm.session.unacknowledged and state_is(arm, states.HOLD)())
    held = arm.when(messages.STATE)[-1]
    assert 90_000 <= held - silent <= 125_000
    arm.run(400_000)
    assert at_rest(arm)
    last = max(axis.edges[-1][0] for axis in arm.axes) // 8
    assert last - silent <= 100_000 + 20_000 + AHEAD_US + BRAKE_US + 2 * FRAME_US
    assert on_path(arm, LONG)
    assert arm.aborts == 0
    arm.keep_alive = 20_000
    arm.streaming = True
    arm.run(60_000)
    assert arm.status["state"] == states.HOLD
    assert [arm.status[name] for name in ("shoulder_usteps", "elbow_usteps", "lift_usteps")] == [
        arm.offset[i] + arm.axes[i].position for i in range(3)
    ]
    arm.press(lockstep.IN_BUTTON_GO)
    arm.run(3_000_000)
    assert [axis.position for axis in arm.axes] == [6000, -3000, 2000]
    assert arm.received(messages.MOTION_DONE)[-1]["result"] == reasons.NONE


def test_a_silence_of_a_second_is_a_stop(arm):
    started(arm)
    arm.keep_alive = None
    arm.streaming = False
    arm.run(1_100_000)
    arm.keep_alive = 20_000
    arm.run(150_000)
    assert (arm.status["state"], arm.status["reason"]) == (states.STOPPED, reasons.HOST_SILENT)
    (done,) = arm.received(messages.MOTION_DONE)
    assert done["result"] == reasons.HOST_SILENT
    assert done["shoulder_usteps"] == arm.offset[0] + arm.axes[0].position
    # Out of the stop: ack, a look, and then a different button.
    arm.press(lockstep.IN_BUTTON_GO)
    assert arm.status["state"] == states.STOPPED
    arm.press(lockstep.IN_BUTTON_ACK)
    arm.press(lockstep.IN_BUTTON_GO)
    arm.run(120_000)
    assert arm.status["state"] == states.SAFE
    assert arm.received(messages.REFUSED)[-1]["reason"] == reasons.NOT_LOOKED
    arm.send(messages.LOOKED)
    arm.run(20_000)
    arm.press(lockstep.IN_BUTTON_GO)
    arm.run(120_000)
    assert arm.status["state"] == states.READY


def test_three_zero_bytes_stop_without_any_session(arm):
    started(arm)
    stop = arm.now_us
    arm.session.close()
    arm.write(cobs.STOP)
    arm.run(600_000)
    last = max(axis.edges[-1][0] for axis in arm.axes) // 8
    assert last - stop <= AHEAD_US + BRAKE_US + 3 * FRAME_US
    assert on_path(arm, LONG)
    arm.run(100_000)
    arm.hello()
    arm.run(150_000)
    assert (arm.status["state"], arm.status["reason"]) == (states.STOPPED, reasons.HOST_STOP)


def test_a_peer_whose_wave_ends_stops_the_arm(arm):
    started(arm)
    arm.inbox.clear()
    lost = arm.now_us
    arm.wave_running = False
    arm.run(600_000)
    stopped = arm.when(messages.STATE)[-1]
    assert 30_000 <= stopped - lost <= 50_000
    assert (arm.status["state"], arm.status["reason"]) == (states.STOPPED, reasons.PEER_LOST)
    assert on_path(arm, LONG)
    # The stopped controller ends its own wave: this is how the other one learns of it.
    assert arm.output_edges[lockstep.OUT_PEER_WAVE][-1] <= stopped + 2 * FRAME_US


def test_a_queue_that_runs_short_brakes_on_the_path(arm):
    started(arm, run_us=500_000)
    arm.streaming = False
    arm.run(1_000_000)
    assert state_is(arm, states.HOLD)()
    assert arm.received(messages.STATE)[-1]["reason"] == reasons.QUEUE_SHORT
    assert at_rest(arm)
    assert on_path(arm, LONG)
    assert arm.aborts == 0
    # What is left is enough to begin again; the host fills up as soon as it hears of it.
    arm.inputs |= lockstep.IN_BUTTON_GO
    assert arm.run(30_000, state_is(arm, states.MOVING))
    arm.inputs &= ~lockstep.IN_BUTTON_GO
    arm.run(20_000)
    arm.streaming = True
    arm.run(3_500_000)
    assert [axis.position for axis in arm.axes] == [6000, -3000, 2000]


def test_the_host_may_ask_for_a_pause(arm):
    started(arm)
    arm.send(messages.HOLD)
    arm.run(400_000)
    assert arm.status["state"] == states.HOLD
    assert at_rest(arm)
    arm.press(lockstep.IN_BUTTON_GO)
    arm.run(3_000_000)
    assert [axis.position for axis in arm.axes] == [6000, -3000, 2000]


def test_a_new_session_in_motion_stops(arm):
    started(arm)
    arm.hello(nonce=99)
    arm.run(600_000)
    assert (arm.status["state"], arm.status["reason"]) == (states.STOPPED, reasons.SESSION_LOST)
    assert on_path(arm, LONG)


def test_the_mushroom_drops_steps_and_power_at_once(arm):
    started(arm)
    arm.inputs |= lockstep.IN_MUSHROOM
    arm.inputs &= ~lockstep.IN_MOTOR_POWER
    pressed = arm.now_us
    arm.run(300_000)
    assert arm.aborts >= 1
    assert max(axis.edges[-1][0] for axis in arm.axes) // 8 <= pressed + 2 * FRAME_US
    assert max(arm.output_edges[lockstep.OUT_GATE]) <= pressed + 2 * FRAME_US
    assert (arm.status["state"], arm.status["reason"]) == (states.STOPPED, reasons.MUSHROOM)
    assert not arm.status["flags"] & messages.STATUS_POSITION_KNOWN


def test_the_mushroom_ends_a_held_motion_too(arm):
    started(arm)
    arm.send(messages.HOLD)
    arm.run(400_000)
    arm.inputs |= lockstep.IN_MUSHROOM
    arm.run(150_000)
    (done,) = arm.received(messages.MOTION_DONE)
    assert done["result"] == reasons.MUSHROOM
    assert done["shoulder_usteps"] == arm.offset[0] + arm.axes[0].position
    assert arm.status["state"] == states.STOPPED


def test_the_nose_stops_a_lowering_and_nothing_else(arm):
    started(arm, move((0, 0, -6000), 2.5), run_us=1_000_000)
    arm.inputs |= lockstep.IN_NOSE
    arm.run(500_000)
    assert (arm.status["state"], arm.status["reason"]) == (states.STOPPED, reasons.NOSE_DOWN)
    (nose,) = arm.received(messages.NOSE)
    assert nose["pressed"] == 1
    assert at_rest(arm)


def test_a_nose_that_closes_while_rising_is_only_reported(arm):
    started(arm, move((0, 0, 6000), 2.5), run_us=1_000_000)
    arm.inputs |= lockstep.IN_NOSE
    arm.run(2_000_000)
    assert arm.received(messages.NOSE)
    assert arm.status["state"] == states.READY


def test_an_arm_that_does_not_follow_its_steps_is_stopped(arm):
    started(arm)
    arm.encoder_error[1] = 60
    arm.run(600_000)
    assert (arm.status["state"], arm.status["reason"]) == (states.STOPPED, reasons.ENCODER)
    assert not arm.status["flags"] & (messages.STATUS_POSITION_KNOWN | messages.STATUS_GATE)


# --- homing and position ------------------------------------------------------------------------


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


# --- acts ---------------------------------------------------------------------------------------


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


# --- the hand -----------------------------------------------------------------------------------


def test_a_stop_keeps_the_piece_until_a_person_releases_it(hand):
    hand.make_ready()
    hand.send(messages.MAGNET, 1)
    hand.run(20_000)
    assert hand.magnet > 0
    hand.write(cobs.STOP)
    hand.run(20_000)
    hand.send(messages.MAGNET, 0)
    hand.run(150_000)
    assert hand.magnet > 0
    assert hand.led == 4
    assert hand.received(messages.REFUSED)[-1]["reason"] == reasons.CARRYING_IN_STOP
    hand.press(lockstep.IN_BUTTON_TAKEOVER)
    assert hand.magnet > 0
    hand.press(lockstep.IN_BUTTON_ACK)
    hand.run(100_000)
    assert hand.magnet == 0
    assert hand.received(messages.MAGNET_STATE)[-1]["reason"] == reasons.PERSON_RELEASED


def test_the_magnet_rests_after_thirty_seconds(hand):
    hand.make_ready()
    hand.send(messages.MAGNET, 1)
    hand.run(20_000)
    for _ in range(7400):
        hand.frame(4_000)
    assert hand.magnet > 0
    for _ in range(200):
        hand.frame(4_000)
    assert hand.magnet == 0
    assert hand.received(messages.MAGNET_STATE)[-1]["reason"] == reasons.MAGNET_THERMAL


def test_a_release_by_the_host_kicks_backwards(hand):
    hand.make_ready()
    hand.send(messages.MAGNET, 1)
    hand.run(50_000)
    hand.send(messages.MAGNET, 0)
    drives = set()
    for _ in range(100):
        hand.frame()
        drives.add(hand.magnet)
    assert min(drives) < 0
    assert hand.magnet == 0


def test_a_hand_that_holds_slows_its_wave(hand):
    hand.make_ready()
    hand.activity = messages.MOTION
    hand.run(100_000)
    assert hand.status["state"] == states.MOVING
    hand.keep_alive = None
    hand.run(300_000)
    assert hand.received(messages.STATE)[-1]["state"] == states.HOLD
    edges = hand.output_edges[lockstep.OUT_PEER_WAVE]
    assert 18_000 <= edges[-1] - edges[-2] <= 22_000


def test_an_arm_follows_the_hold_of_its_peer(arm):
    started(arm)
    arm.wave_running = False
    for frame in range(200):
        if frame % 20 == 0:
            arm.peer_edges += 1
        arm.frame()
    assert state_is(arm, states.HOLD)()
    assert arm.received(messages.STATE)[-1]["reason"] == reasons.PEER_HOLD


def test_segments_for_the_hand_are_refused(hand):
    hand.make_ready()
    hand.stream(1, [Segment(80000)])
    hand.run(50_000)
    assert hand.received(messages.REFUSED)[-1]["reason"] == reasons.WRONG_ROLE


# --- hostile bytes ------------------------------------------------------------------------------


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
        messages.encode(messages.SEGMENT, 9, i, (i == 0) | 2 * (i == 49), now, deadline, s.pack())
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
