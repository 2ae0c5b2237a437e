"""A safety machine led into each of its states, for tests. Runs on MicroPython too."""

from safety import machine as m
from safety import reasons, states
from safety.machine import Inputs, Machine


def world(has_axes=True):
    machine = Machine(has_axes)
    inputs = Inputs()
    inputs.host_silent_us = 0
    inputs.peer_present = True
    return machine, inputs


def safe(has_axes=True):
    machine, inputs = world(has_axes)
    machine.self_test(0, True)
    machine.self_test(0, True)
    return machine, inputs


def ready(has_axes=True):
    machine, inputs = safe(has_axes)
    machine.look_done()
    machine.button(0, m.GO, inputs)
    machine.step(0, inputs)
    return machine, inputs


def moving(has_axes=True):
    machine, inputs = ready(has_axes)
    machine.motion_started(0)
    inputs.motion = True
    inputs.at_rest = False
    machine.step(0, inputs)
    return machine, inputs


def in_state(state):
    """A machine brought to `state` the lawful way."""
    if state in (states.OFF, states.SELF_TEST):
        machine, inputs = world()
        if state == states.SELF_TEST:
            machine.self_test(0, True)
    elif state == states.SAFE:
        machine, inputs = safe()
    elif state == states.READY:
        machine, inputs = ready()
    elif state == states.MOVING:
        machine, inputs = moving()
    elif state == states.HOLD:
        machine, inputs = moving()
        machine.hold(0, reasons.HOST_HOLD)
    elif state == states.STOPPED:
        machine, inputs = ready()
        machine.fault(0, reasons.HOST_STOP)
    elif state == states.RECOVERY:
        machine, inputs = safe()
        machine.look_done()
        inputs.outside = True
        machine.button(0, m.GO, inputs)
    else:
        machine, inputs = safe()
        machine.button(0, m.TAKEOVER_BUTTON, inputs)
    assert machine.state == state
    return machine, inputs
