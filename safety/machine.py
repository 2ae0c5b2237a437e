"""The state machine of one controller. Both controllers run it; the hand has no axes.

Sans-I/O: inputs, events and the time go in; `state`, `reason` (the latched one) and the permissions come
out. Only button edges are acts of a person. The buttons are wired to both controllers, so both machines see
the same acts and no message can stand in for one.

    OFF -> SELF_TEST -> SAFE -> READY -> MOVING <-> HOLD      any fault -> STOPPED (latched)
    STOPPED -> SAFE by ack when the cause is gone; SAFE -> READY by go after a look at the board
    SAFE -> RECOVERY instead when the arm stands outside its range; RECOVERY -> READY when it is back
    TAKEOVER by its button from everywhere, left to SAFE by the same button; latches stay

Takeover leads to SAFE with the latch still set: ack clears it there, and go is refused before.
"""

from safety import reasons, states, ticks
from safety.liveness import HICCUP_US, HOST_SILENT_US

ACK = 1
GO = 2
TAKEOVER_BUTTON = 3

# After these the motors are not held: power goes off.
_POWER_OFF = (
    reasons.MUSHROOM,
    reasons.ENCODER,
    reasons.MOTOR_POWER,
    reasons.INTERNAL,
    reasons.SELF_TEST,
    reasons.UPDATE,
)
# After these not even the brake is played: there is no power, or no trust in the steps.
_ABORT = (reasons.MUSHROOM, reasons.MOTOR_POWER, reasons.INTERNAL, reasons.STEP_UNDERRUN)
# Named here and not where they are asked for: a tuple of names is made anew each time it is met.
_ACTIVE = (states.READY, states.MOVING, states.HOLD, states.RECOVERY)
_UNPOWERED = (states.OFF, states.SELF_TEST, states.SAFE)
_BEFORE_SAFE = (states.OFF, states.SELF_TEST)
_BRAKING = (states.HOLD, states.STOPPED, states.TAKEOVER, states.SAFE)
_MOTION = (states.MOVING, states.HOLD, states.RECOVERY)
# The gate needs this long to close and the supply to rise.
POWER_GRACE_US = 500000
# One act resumes both controllers; the peer's wave says so only a few edges later.
RESUME_GRACE_US = 150000


class Inputs:
    """What the machine is told in every step; set the attributes in place."""

    def __init__(self):
        self.host_silent_us = HICCUP_US
        self.peer_present = False
        self.peer_holding = False
        self.mushroom = False
        self.motor_power = True
        self.at_rest = True
        self.motion = False
        self.outside = False
        self.may_resume = True


class Machine:
    """State of one controller's safety machine.

    `state`, `reason` (latched reason, 0 without), `hold_reason`, `looked`, `powered` (motors may have
    power), `abort` (drop the steps already handed out) and `refusal` (why the last act was not followed).
    """

    def __init__(self, has_axes):
        self.has_axes = has_axes
        self.state = states.OFF
        self.reason = reasons.NONE
        self.hold_reason = reasons.NONE
        self.refusal = reasons.NONE
        self.looked = False
        self.powered = False
        self.abort = False
        self._mushroom = False
        self._powered_at = 0
        self._since = 0

    # --- events ---------------------------------------------------------------------------------

    def self_test(self, now_us, passed):
        """Power-on: OFF to SELF_TEST, then to SAFE or STOPPED with what the tests said."""
        if self.state == states.OFF:
            self._enter(states.SELF_TEST, now_us)
            return
        if self.state == states.SELF_TEST:
            if passed:
                self._enter(states.SAFE, now_us)
            else:
                self.fault(now_us, reasons.SELF_TEST)

    def fault(self, now_us, reason):
        """Latch `reason` (the first one stays) and stop."""
        if self.reason == reasons.NONE:
            self.reason = reason
        self.looked = False
        if reason in _ABORT:
            self.abort = True
        if reason in _POWER_OFF:
            self.powered = False if reason in _ABORT else self.powered
        if self.state not in (states.STOPPED, states.TAKEOVER):
            self._enter(states.STOPPED, now_us)

    def hold(self, now_us, reason):
        """Pause on the path; counts only while a motion is under way."""
        if self.state == states.MOVING:
            self.hold_reason = reason
            self._enter(states.HOLD, now_us)
        elif self.state == states.RECOVERY:
            self.fault(now_us, reason)

    def look_done(self):
        """The host has looked at the board; a stop or a takeover makes it void."""
        if self.state not in (states.STOPPED, states.TAKEOVER):
            self.looked = True

    def motion_started(self, now_us):
        """The first step of a motion is about to be made."""
        if self.state == states.READY:
            self._enter(states.MOVING, now_us)

    def motion_ended(self, now_us):
        """A motion came to rest at its end; a hold still waits for its act."""
        if self.state == states.MOVING:
            self._enter(states.READY, now_us)

    def button(self, now_us, button, inputs):
        """An edge of a button. `refusal` tells why nothing came of it, 0 when it was followed."""
        self.refusal = reasons.NONE
        if button == TAKEOVER_BUTTON:
            if self.state == states.TAKEOVER:
                self._enter(states.SAFE, now_us)
            else:
                self.looked = False
                self._enter(states.TAKEOVER, now_us)
        elif button == ACK:
            self._ack(now_us, inputs)
        elif button == GO:
            self._go(now_us, inputs)

    def _ack(self, now_us, inputs):
        if self.state not in (states.STOPPED, states.SAFE) or self.reason == reasons.NONE:
            return
        # The peer's wave is no cause to wait for: it waits for ours in the same way.
        if inputs.mushroom or not inputs.at_rest:
            self.refusal = reasons.CAUSE_REMAINS
            return
        if self.reason == reasons.SELF_TEST:
            self.reason = reasons.NONE
            self._enter(states.SELF_TEST, now_us)
            return
        self.reason = reasons.NONE
        if self.state == states.STOPPED:
            self._enter(states.SAFE, now_us)

    def _go(self, now_us, inputs):
        if self.state == states.SAFE:
            if self.reason != reasons.NONE or inputs.mushroom:
                self.refusal = reasons.CAUSE_REMAINS
            elif not self.looked:
                self.refusal = reasons.NOT_LOOKED
            elif not inputs.peer_present:
                self.refusal = reasons.PEER_LOST
            elif inputs.host_silent_us >= HICCUP_US:
                self.refusal = reasons.HOST_SILENT
            else:
                self.powered = True
                self._powered_at = now_us
                self._enter(states.RECOVERY if inputs.outside else states.READY, now_us)
        elif self.state == states.HOLD:
            if inputs.host_silent_us >= HOST_SILENT_US:
                self.refusal = reasons.HOST_SILENT
            elif not inputs.may_resume:
                self.refusal = reasons.QUEUE_SHORT
            elif not inputs.at_rest:
                self.refusal = reasons.NOT_AT_REST
            else:
                self.hold_reason = reasons.NONE
                self._enter(states.MOVING if inputs.motion else states.READY, now_us)

    # --- the step -------------------------------------------------------------------------------

    def step(self, now_us, inputs):
        """Judge the inputs; call once a loop, after the events."""
        if inputs.mushroom and not self._mushroom:
            self.fault(now_us, reasons.MUSHROOM)
        self._mushroom = inputs.mushroom
        state = self.state
        if state == states.MOVING:
            if inputs.host_silent_us >= HOST_SILENT_US:
                self.hold(now_us, reasons.HOST_SILENT)
            elif inputs.peer_holding and ticks.diff(now_us, self._since) > RESUME_GRACE_US:
                self.hold(now_us, reasons.PEER_HOLD)
        elif state == states.HOLD:
            if inputs.host_silent_us >= HICCUP_US:
                self.fault(now_us, reasons.HOST_SILENT)
        elif state == states.READY:
            if inputs.outside and inputs.at_rest and not inputs.motion:
                self._enter(states.RECOVERY, now_us)
        elif state == states.RECOVERY:
            if inputs.motion and inputs.host_silent_us >= HOST_SILENT_US:
                self.fault(now_us, reasons.HOST_SILENT)
            elif inputs.at_rest and not inputs.motion and not inputs.outside:
                self._enter(states.READY, now_us)
        if self.state in _ACTIVE:
            self._watch_company(now_us, inputs)
        self._power(inputs)

    def _watch_company(self, now_us, inputs):
        # Asked in every step: the clock wraps, and a grace that is over must stay over.
        due = self._power_due(now_us)
        if not inputs.peer_present:
            self.fault(now_us, reasons.PEER_LOST)
        elif self.has_axes and not inputs.motor_power and due:
            if self.state == states.READY:
                # Nothing moved yet: the gate opened, or never closed because the peer is not ready.
                self._enter(states.SAFE, now_us)
            else:
                self.fault(now_us, reasons.MOTOR_POWER)

    def _power_due(self, now_us):
        if self._powered_at is None:
            return True
        if ticks.diff(now_us, self._powered_at) > POWER_GRACE_US:
            self._powered_at = None
            return True
        return False

    def _power(self, inputs):
        if self.state in _UNPOWERED or (
            inputs.at_rest and (self.state == states.TAKEOVER or self.reason in _POWER_OFF)
        ):
            self.powered = False

    def _enter(self, state, now_us):
        self.state = state
        self._since = now_us

    # --- permissions ----------------------------------------------------------------------------

    def wave(self):
        """Whether this controller drives its wave: silence tells the peer to stop."""
        return self.reason == reasons.NONE and self.state not in _BEFORE_SAFE

    def braking(self):
        """Whether the path must come to rest now."""
        return self.state in _BRAKING

    def accepts_motion(self):
        """Whether segments are taken in."""
        return self.state in _ACTIVE

    def full_current(self):
        """Full run current while moving, reduced while holding still."""
        return self.state in _MOTION
