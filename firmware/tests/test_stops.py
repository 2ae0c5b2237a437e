"""What stops or pauses an arm in motion, and how it comes to rest: a real controller, end to end."""

from firmware.board import lockstep
from firmware.tests.in_motion import LONG, at_rest, on_path, started, state_is
from firmware.tests.paths import move
from firmware.wire import cobs, messages
from safety import reasons, states
from safety.axes import NOSE

BRAKE_US = 250_000
AHEAD_US = 15_000
FRAME_US = 1_000


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
    # What the host acknowledges of the hold is its last sign of life.
    arm.run(1_200_000)
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


FEEL = messages.SEGMENT_HOME | NOSE << messages.SEGMENT_AXIS_SHIFT


def test_a_nose_that_is_sent_to_feel_ends_its_search_where_it_touches(arm):
    started(arm, move((0, 0, -6000), 2.5), run_us=1_000_000, flags=FEEL)
    at = arm.axes[2].position
    arm.inputs |= lockstep.IN_NOSE
    arm.run(500_000)
    (homed,) = arm.received(messages.HOMED)
    assert homed["axis"] == NOSE
    assert abs(homed["lift_usteps"] - arm.offset[2] - at) <= 20
    (done,) = arm.received(messages.MOTION_DONE)
    assert done["result"] == reasons.NONE
    assert done["lift_usteps"] == arm.offset[2] + arm.axes[2].position > arm.offset[2] - 6000
    assert arm.status["state"] == states.READY
    assert arm.status["flags"] & messages.STATUS_POSITION_KNOWN
    # Going on down is no feeling any more.
    arm.stream(2, move((0, 0, -500), 1.0))
    arm.run(300_000)
    arm.inputs &= ~lockstep.IN_NOSE
    arm.run(30_000)
    arm.inputs |= lockstep.IN_NOSE
    arm.run(400_000)
    assert (arm.status["state"], arm.status["reason"]) == (states.STOPPED, reasons.NOSE_DOWN)


def test_a_nose_that_is_pressed_already_is_not_sent_to_feel(arm):
    arm.make_ready()
    arm.inbox.clear()
    arm.inputs |= lockstep.IN_NOSE
    arm.run(20_000)
    arm.stream(1, move((0, 0, -2000), 1.0), flags=FEEL)
    arm.run(1_200_000)
    assert arm.received(messages.REFUSED)[-1]["reason"] == reasons.NOSE_DOWN
    assert arm.axes[2].position == 0
    assert arm.status["state"] == states.READY


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
