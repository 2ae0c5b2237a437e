"""Hold, recovery and takeover: who may begin them, and what they lead to."""

from safety import machine as m
from safety import reasons, states
from safety.liveness import HICCUP_US, HOST_SILENT_US
from safety.tests.machine_states import in_state, moving, ready, safe


def test_a_silent_host_is_a_hold_then_a_stop():
    machine, inputs = moving()
    inputs.host_silent_us = HOST_SILENT_US - 1
    machine.step(0, inputs)
    assert machine.state == states.MOVING
    inputs.host_silent_us = HOST_SILENT_US
    machine.step(0, inputs)
    assert (machine.state, machine.hold_reason) == (states.HOLD, reasons.HOST_SILENT)
    assert machine.braking()
    assert machine.wave()
    inputs.host_silent_us = HICCUP_US - 1
    machine.step(0, inputs)
    assert machine.state == states.HOLD
    inputs.host_silent_us = HICCUP_US
    machine.step(0, inputs)
    assert (machine.state, machine.reason) == (states.STOPPED, reasons.HOST_SILENT)


def test_one_act_resumes_a_hold_when_all_is_well():
    machine, inputs = in_state(states.HOLD)
    inputs.at_rest = True
    for attribute, value, why in (
        ("host_silent_us", HOST_SILENT_US, reasons.HOST_SILENT),
        ("may_resume", False, reasons.QUEUE_SHORT),
        ("at_rest", False, reasons.NOT_AT_REST),
    ):
        good = getattr(inputs, attribute)
        setattr(inputs, attribute, value)
        machine.button(0, m.GO, inputs)
        assert (machine.state, machine.refusal) == (states.HOLD, why)
        setattr(inputs, attribute, good)
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.hold_reason) == (states.MOVING, reasons.NONE)


def test_a_hold_whose_motion_ended_leads_to_ready():
    machine, inputs = in_state(states.HOLD)
    machine.motion_ended(0)
    assert machine.state == states.HOLD
    inputs.motion = False
    inputs.at_rest = True
    machine.button(0, m.GO, inputs)
    assert machine.state == states.READY


def test_the_peers_hold_is_followed_but_not_right_after_a_resume():
    machine, inputs = moving()
    inputs.peer_holding = True
    machine.step(m.RESUME_GRACE_US, inputs)
    assert machine.state == states.MOVING
    machine.step(m.RESUME_GRACE_US + 1, inputs)
    assert (machine.state, machine.hold_reason) == (states.HOLD, reasons.PEER_HOLD)


def test_recovery_ends_when_the_arm_is_back_inside():
    machine, inputs = in_state(states.RECOVERY)
    assert machine.powered
    assert machine.accepts_motion()
    inputs.outside = False
    inputs.at_rest = False
    machine.step(0, inputs)
    assert machine.state == states.RECOVERY
    inputs.at_rest = True
    machine.step(0, inputs)
    assert machine.state == states.READY


def test_an_arm_found_outside_is_recovered():
    machine, inputs = ready()
    inputs.outside = True
    machine.step(0, inputs)
    assert machine.state == states.RECOVERY


def test_a_pause_in_recovery_is_a_stop():
    machine, inputs = in_state(states.RECOVERY)
    machine.hold(0, reasons.HOST_HOLD)
    assert (machine.state, machine.reason) == (states.STOPPED, reasons.HOST_HOLD)
    machine, inputs = in_state(states.RECOVERY)
    inputs.motion = True
    inputs.host_silent_us = HOST_SILENT_US
    machine.step(0, inputs)
    assert (machine.state, machine.reason) == (states.STOPPED, reasons.HOST_SILENT)


def test_takeover_is_never_refused_and_takes_the_power_at_rest():
    for state in range(len(states.NAMES) - 1):
        machine, inputs = in_state(state)
        inputs.at_rest = False
        machine.button(0, m.TAKEOVER_BUTTON, inputs)
        machine.step(0, inputs)
        assert machine.state == states.TAKEOVER
        assert machine.braking()
        inputs.at_rest = True
        machine.step(0, inputs)
        assert not machine.powered
        assert not machine.accepts_motion()


def test_takeover_keeps_latches_and_is_left_to_safe_only():
    machine, inputs = in_state(states.STOPPED)
    machine.button(0, m.TAKEOVER_BUTTON, inputs)
    machine.button(0, m.GO, inputs)
    machine.button(0, m.ACK, inputs)
    machine.look_done()
    machine.fault(0, reasons.NOSE_DOWN)
    machine.step(0, inputs)
    assert (machine.state, machine.reason) == (states.TAKEOVER, reasons.HOST_STOP)
    assert not machine.wave()
    machine.button(0, m.TAKEOVER_BUTTON, inputs)
    assert (machine.state, machine.reason) == (states.SAFE, reasons.HOST_STOP)
    machine.look_done()
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.refusal) == (states.SAFE, reasons.CAUSE_REMAINS)
    machine.button(0, m.ACK, inputs)
    machine.button(0, m.GO, inputs)
    assert machine.state == states.READY


def test_a_fault_in_takeover_is_latched_without_leaving_it():
    machine, _ = in_state(states.TAKEOVER)
    machine.fault(0, reasons.MUSHROOM)
    assert (machine.state, machine.reason) == (states.TAKEOVER, reasons.MUSHROOM)


def test_takeover_makes_a_look_void():
    machine, inputs = safe()
    machine.look_done()
    machine.button(0, m.TAKEOVER_BUTTON, inputs)
    machine.button(0, m.TAKEOVER_BUTTON, inputs)
    machine.button(0, m.GO, inputs)
    assert (machine.state, machine.refusal) == (states.SAFE, reasons.NOT_LOOKED)


def test_a_silent_host_is_no_fault_while_a_recovery_rests():
    machine, inputs = in_state(states.RECOVERY)
    inputs.host_silent_us = HOST_SILENT_US
    machine.step(0, inputs)
    assert machine.state == states.RECOVERY
