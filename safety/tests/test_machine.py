"""The state machine: who may lead where, and that nothing but a person's act leads out of a stop."""

from safety import machine as m
from safety import reasons, states, ticks
from safety.liveness import HICCUP_US
from safety.machine import Inputs, Machine
from safety.tests.machine_states import in_state, moving, ready, safe, world

FAULTS = (reasons.HOST_STOP, reasons.MUSHROOM, reasons.PEER_LOST, reasons.ENCODER, reasons.MOTOR_POWER)


def test_power_on_leads_through_the_self_test_to_safe():
    machine, inputs = world()
    machine.step(0, inputs)
    assert machine.state == states.OFF
    machine.self_test(0, True)
    assert machine.state == states.SELF_TEST
    machine.self_test(0, True)
    assert machine.state == states.SAFE
    machine.self_test(0, False)
    assert machine.state == states.SAFE


def test_a_failed_self_test_is_a_stop_and_is_repeated_after_ack():
    machine, inputs = world()
    machine.self_test(0, True)
    machine.self_test(0, False)
    assert (machine.state, machine.reason) == (states.STOPPED, reasons.SELF_TEST)
    machine.button(0, m.ACK, inputs)
    assert (machine.state, machine.reason) == (states.SELF_TEST, reasons.NONE)


def test_go_needs_a_look_a_peer_and_a_host():
    machine, inputs = safe()
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.refusal) == (states.SAFE, reasons.NOT_LOOKED)
    machine.look_done()
    inputs.peer_present = False
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.refusal) == (states.SAFE, reasons.PEER_LOST)
    inputs.peer_present = True
    inputs.host_silent_us = HICCUP_US
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.refusal) == (states.SAFE, reasons.HOST_SILENT)
    inputs.host_silent_us = 0
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.refusal) == (states.READY, reasons.NONE)
    assert machine.powered


def test_motors_have_no_power_in_off_self_test_and_safe():
    for state in (states.OFF, states.SELF_TEST, states.SAFE):
        machine, inputs = in_state(state)
        machine.step(0, inputs)
        assert not machine.powered


def test_any_fault_stops_from_every_state_and_is_latched():
    for state in (states.SAFE, states.READY, states.MOVING, states.HOLD, states.RECOVERY):
        for reason in FAULTS:
            machine, inputs = in_state(state)
            machine.fault(0, reason)
            machine.step(0, inputs)
            assert (machine.state, machine.reason) == (states.STOPPED, reason)
            assert not machine.wave()
            machine.fault(0, reasons.NOSE_DOWN)
            assert machine.reason == reason


def test_nothing_but_ack_leads_out_of_a_stop():
    for reason in FAULTS:
        machine, inputs = ready()
        machine.fault(0, reason)
        machine.look_done()
        machine.motion_started(0)
        machine.motion_ended(0)
        machine.hold(0, reasons.HOST_HOLD)
        machine.button(0, m.GO, inputs)
        for _ in range(5):
            machine.step(0, inputs)
        assert (machine.state, machine.reason) == (states.STOPPED, reason)
        assert not machine.accepts_motion()
        machine.button(0, m.ACK, inputs)
        assert (machine.state, machine.reason) == (states.SAFE, reasons.NONE)
        machine.button(0, m.ACK, inputs)
        assert machine.state == states.SAFE


def test_after_a_stop_a_new_look_is_needed():
    machine, inputs = ready()
    machine.fault(0, reasons.HOST_STOP)
    machine.button(0, m.ACK, inputs)
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.refusal) == (states.SAFE, reasons.NOT_LOOKED)


def test_ack_waits_until_the_cause_is_gone_and_the_arm_rests():
    machine, inputs = ready()
    inputs.mushroom = True
    machine.step(0, inputs)
    assert (machine.state, machine.reason) == (states.STOPPED, reasons.MUSHROOM)
    machine.button(0, m.ACK, inputs)
    assert (machine.state, machine.refusal) == (states.STOPPED, reasons.CAUSE_REMAINS)
    inputs.mushroom = False
    inputs.at_rest = False
    machine.button(0, m.ACK, inputs)
    assert machine.state == states.STOPPED
    inputs.at_rest = True
    machine.button(0, m.ACK, inputs)
    assert machine.state == states.SAFE


def test_go_is_refused_while_the_mushroom_is_pressed():
    machine, inputs = safe()
    machine.look_done()
    inputs.mushroom = True
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.refusal) == (states.SAFE, reasons.CAUSE_REMAINS)


def test_a_stop_holds_the_motors_but_some_take_the_power():
    for reason, powered in (
        (reasons.HOST_STOP, True),
        (reasons.PEER_LOST, True),
        (reasons.NOSE_DOWN, True),
        (reasons.MUSHROOM, False),
        (reasons.ENCODER, False),
        (reasons.MOTOR_POWER, False),
        (reasons.INTERNAL, False),
    ):
        machine, inputs = moving()
        machine.fault(0, reason)
        inputs.at_rest = True
        machine.step(0, inputs)
        assert machine.powered == powered, reason
        assert not machine.full_current()


def test_an_encoder_fault_brakes_before_the_power_goes():
    machine, inputs = moving()
    machine.fault(0, reasons.ENCODER)
    machine.step(0, inputs)
    assert machine.powered
    assert machine.braking()
    assert not machine.abort


def test_mushroom_and_missing_power_drop_the_steps_at_once():
    for reason in (reasons.MUSHROOM, reasons.MOTOR_POWER):
        machine, _ = moving()
        machine.fault(0, reason)
        assert machine.abort
        assert not machine.powered


def test_motion_begins_in_ready_only():
    for state in range(len(states.NAMES)):
        machine, _ = in_state(state)
        machine.motion_started(0)
        assert (machine.state == states.MOVING) == (state in (states.READY, states.MOVING))


def test_motion_ends_in_ready():
    machine, _ = moving()
    machine.motion_ended(0)
    assert machine.state == states.READY


def test_a_lost_peer_stops_whatever_has_power():
    for state in (states.READY, states.MOVING, states.HOLD, states.RECOVERY):
        machine, inputs = in_state(state)
        inputs.peer_present = False
        machine.step(0, inputs)
        assert (machine.state, machine.reason) == (states.STOPPED, reasons.PEER_LOST)
    machine, inputs = safe()
    inputs.peer_present = False
    machine.step(0, inputs)
    assert machine.state == states.SAFE


def test_missing_motor_power_is_forgiven_for_half_a_second():
    machine, inputs = ready()
    inputs.motor_power = False
    machine.step(m.POWER_GRACE_US, inputs)
    assert machine.state == states.READY
    machine.step(m.POWER_GRACE_US + 1, inputs)
    assert machine.state == states.SAFE
    assert not machine.powered


def test_missing_motor_power_in_motion_is_a_fault_of_the_arm_alone():
    machine, inputs = moving()
    inputs.motor_power = False
    machine.step(m.POWER_GRACE_US + 1, inputs)
    assert (machine.state, machine.reason) == (states.STOPPED, reasons.MOTOR_POWER)
    machine, inputs = moving(has_axes=False)
    inputs.motor_power = False
    machine.step(m.POWER_GRACE_US + 1, inputs)
    assert machine.state == states.MOVING


def test_the_wave_runs_only_without_a_latched_fault():
    for state in range(len(states.NAMES)):
        machine, _ = in_state(state)
        assert machine.wave() == (state not in (states.OFF, states.SELF_TEST, states.STOPPED))


def test_no_row_of_host_messages_leads_from_a_stop_or_safe_to_motion():
    for state in (states.SAFE, states.STOPPED, states.TAKEOVER):
        machine, inputs = in_state(state)
        for _ in range(3):
            machine.look_done()
            machine.hold(0, reasons.HOST_HOLD)
            machine.motion_started(0)
            machine.motion_ended(0)
            machine.step(0, inputs)
        assert machine.state == state
        assert not machine.powered or state == states.STOPPED


def test_the_grace_for_motor_power_does_not_come_back_when_the_clock_wraps():
    machine, inputs = ready()
    for later in range(0, 3 * ticks.PERIOD, ticks.PERIOD // 8):
        machine.step(later & ticks.MASK, inputs)
    machine.motion_started(0)
    inputs.motor_power = False
    machine.step(5, inputs)
    assert (machine.state, machine.reason) == (states.STOPPED, reasons.MOTOR_POWER)


def test_a_controller_begins_without_power_peer_or_mushroom():
    machine = Machine(True)
    assert not machine.powered
    assert not Inputs().peer_present
    inputs = Inputs()
    inputs.mushroom = True
    machine.step(0, inputs)
    assert machine.reason == reasons.MUSHROOM
