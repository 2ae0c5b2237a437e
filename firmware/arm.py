"""What only the arm controller does: the three axes, their encoders and switches."""

from firmware.board.lockstep import IN_MOTOR_POWER, IN_NOSE
from firmware.encoders import COUNTS, Encoders
from firmware.homing import Homing
from firmware.intake import Intake
from firmware.player import HELD, IDLE, Player
from firmware.queue import FLAGS, MOTION
from firmware.wire import messages
from safety import machine, reasons, states, ticks
from safety.axes import LIFT, NOSE
from safety.envelope import FAST, NORMAL, inside

ENCODER_CHECK_US = 10000
# What a loop does besides takes a Pico over a millisecond, so it takes in several packets at a time; a person
# who presses a button does not wait.
MOVING_TAKE_IN_US = 6000
_MS_TICKS = 8000


class Arm:
    """The arm's part of an `App`. `known` says whether the step counters mean a position."""

    def __init__(self, app):
        self._app = app
        self.known = False
        self.player = Player(app.board)
        self.intake = Intake(app.limits, self.player.queue)
        self.encoders = Encoders(app.limits)
        self.homing = Homing()
        self._checked_at = None
        self._seen = [0, 0, 0]
        self._slack = (self.encoders.slack_usteps(0), self.encoders.slack_usteps(1), 0)
        self._homed = False

    def healthy(self):
        """Whether both encoders give a possible reading."""
        counts = self._app.board.encoders
        return 0 <= counts[0] < COUNTS and 0 <= counts[1] < COUNTS

    def at_rest(self):
        """Whether no step is under way."""
        return self.player.at_rest()

    def turned(self, now_us):
        """The loop begins another turn."""
        self.player.turned(now_us)

    def take_in_us(self):
        """How long a loop may take in what the host sends; None without a path."""
        player = self.player
        if player.mode != IDLE:
            return MOVING_TAKE_IN_US
        return MOVING_TAKE_IN_US if player.queue.count() > 0 else None

    def gather(self, inputs):
        """Tell the machine about the motion and whether the arm stands outside its range."""
        player = self.player
        inputs.at_rest = player.at_rest()
        inputs.motion = player.mode != IDLE
        inputs.may_resume = player.may_resume()
        if inputs.at_rest:
            inputs.outside = not self._inside()

    def _inside(self):
        if self.known:
            return inside(self._app.limits, self.player.position())
        counts = self._app.board.encoders
        for axis in range(2):
            self._seen[axis] = self.encoders.usteps(axis, counts[axis])
        self._seen[2] = self._app.limits.min_usteps[2]
        return inside(self._app.limits, self._seen, self._slack)

    def act(self, now_us, button, before):
        """Go leads on from a hold."""
        if button == machine.GO and before == states.HOLD and self._app.machine.state == states.MOVING:
            self.player.resume(now_us)

    # --- the step -------------------------------------------------------------------------------

    def step(self, now_us):
        """Start, play, brake, watch."""
        app = self._app
        player = self.player
        safe = app.machine
        if safe.abort:
            self._abort(now_us)
        elif safe.braking():
            self._come_to_rest(now_us, safe)
        elif player.at_rest():
            self._start(now_us, safe)
        elif player.runs_short():
            safe.hold(now_us, reasons.QUEUE_SHORT)
            player.brake()
        if player.deserted:
            player.deserted = False
            # It brakes already, because this loop was away.
            safe.hold(now_us, reasons.INTERNAL)
        self._home_switch(now_us)
        if player.step(now_us):
            self._finished(now_us, reasons.NONE)
        elif self._homed and player.mode == HELD:
            # The search is over where it came to rest; the rest of its path is not wanted.
            player.drop()
            self._finished(now_us, reasons.NONE)
        if player.late:
            player.late = False
            safe.fault(now_us, reasons.STEP_UNDERRUN)
            self._abort(now_us)
        self._check_encoders(now_us, safe)
        if not safe.powered and self.known:
            # Without power the lift rises and a person may push the arm.
            self.known = False
            self.intake.path.known = False

    def _start(self, now_us, safe):
        player = self.player
        if player.queue.count() == 0 or safe.state not in (states.READY, states.RECOVERY):
            return
        if player.stale(now_us):
            self._refuse_motion(reasons.SEGMENT_STALE, player.queue.fields[player.queue.base() + MOTION])
            return
        if not player.start_due(now_us) or self._app.peer.holding:
            return
        if not self._app.board.inputs & IN_MOTOR_POWER:
            return
        flags = player.queue.fields[player.queue.base() + FLAGS]
        self._homed = False
        if flags & messages.SEGMENT_HOME:
            axis = (flags >> messages.SEGMENT_AXIS_SHIFT) & messages.SEGMENT_AXIS_MASK
            if axis == NOSE and self._app.board.inputs & IN_NOSE:
                # It would press on without ever feeling anything new.
                self._refuse_motion(reasons.NOSE_DOWN, player.queue.fields[player.queue.base() + MOTION])
                return
            self.homing.arm(axis, self._app.board.inputs)
        else:
            self.homing.disarm()
        safe.motion_started(now_us)
        player.start(now_us)

    def _come_to_rest(self, now_us, safe):
        player = self.player
        player.brake()
        if safe.state == states.HOLD or not player.at_rest():
            return
        if player.mode == HELD:
            player.drop()
            self._finished(now_us, safe.reason or reasons.TAKEOVER)
        elif player.queue.count():
            self._refuse_motion(
                safe.reason or reasons.NOT_READY, player.queue.fields[player.queue.base() + MOTION]
            )

    def _finished(self, now_us, result):
        """A motion came to rest; at its end the next one may follow."""
        player = self.player
        position = player.position()
        if result == reasons.NONE and self.homing.axis is not None:
            if not self._homed:
                result = reasons.SWITCH_DID_NOT_CHANGE
            self.homing.disarm()
        if result != reasons.NONE or self._homed:
            # What was under way ended early: the rest of it may still be on the wire.
            player.drop()
            self.intake.reset(position, self.known)
            self.intake.refuse(player.motion)
        self._homed = False
        self._app.event(
            messages.MOTION_DONE, now_us, player.motion, result, position[0], position[1], position[2]
        )
        self._app.machine.motion_ended(now_us)

    def _abort(self, now_us):
        safe = self._app.machine
        safe.abort = False
        player = self.player
        if not player.at_rest():
            self.known = False
        under_way = player.mode != IDLE
        player.abort(now_us)
        self.homing.disarm()
        if under_way:
            self._finished(now_us, safe.reason)
        self.intake.reset(self.player.position(), self.known)

    def _home_switch(self, now_us):
        homing = self.homing
        if homing.axis is None or self.player.mode == IDLE:
            return
        if homing.changed(self._app.board.inputs, self.player.executed(now_us)):
            latched = homing.latched
            self._homed = True
            self._app.event(messages.HOMED, now_us, homing.axis, latched[0], latched[1], latched[2])
            self.player.brake()

    def _check_encoders(self, now_us, safe):
        if not self.known:
            self._checked_at = None
            return
        if self._checked_at is not None and ticks.diff(now_us, self._checked_at) < ENCODER_CHECK_US:
            return
        self._checked_at = now_us
        if self.encoders.strayed(self.player.executed(now_us), self._app.board.encoders):
            self.known = False
            self.intake.path.known = False
            safe.fault(now_us, reasons.ENCODER)

    def nose(self, now_us, pressed):
        """The nose touched something: fine at rest and where it was to feel, a stop while lowering."""
        player = self.player
        self._app.event(messages.NOSE, now_us, pressed, player.executed(now_us)[2])
        if self.homing.axis == NOSE:
            return  # what it was sent to feel; it brakes already
        if pressed and not player.at_rest() and player.direction(LIFT) < 0:
            self._app.machine.fault(now_us, reasons.NOSE_DOWN)
            player.brake()

    def output(self, now_us, bits):
        """The common outputs; the arm has no magnet and no ring."""
        self._app.board.output(bits, 0, 0)

    def forget(self):
        """A new session: motions that wait are dropped, what moves is braked by the machine."""
        if self.player.mode == IDLE:
            self.player.drop()
            self.intake.reset(self.player.position(), self.known)

    # --- messages -------------------------------------------------------------------------------

    def run(self, activity, now_us):
        """The keep-alive says nothing more to the arm."""

    def segments(self, buffer, at, now_us):
        """Check segments and queue them."""
        app = self._app
        safe = app.machine
        if not safe.accepts_motion():
            motion = buffer[at] | buffer[at + 1] << 8
            if motion != self.intake.refused:
                self.intake.refuse(motion)
                app.refuse(messages.SEGMENTS, reasons.NOT_READY, motion)
            return
        profile = FAST if app.profile == messages.PROFILE_FAST else NORMAL
        reason = self.intake.take(buffer, at, now_us, profile, safe.state == states.RECOVERY)
        if reason > 0:
            self._refuse_motion(reason, self.intake.motion)

    def _refuse_motion(self, reason, motion):
        """Refuse a motion. One that has begun cannot be completed: that is a stop."""
        app = self._app
        player = self.player
        app.refuse(messages.SEGMENTS, reason, motion)
        if player.mode == IDLE:
            player.drop()
            self.intake.reset(player.position(), self.known)
            self.intake.refuse(motion)
        else:
            app.machine.fault(app.board.now_us, reason)

    def slow(self):
        """A person came near: what is left of a fast path is run at the normal speed."""
        if self.intake.path.profile == FAST:
            limits = self._app.limits
            self.player.slow(256 * limits.point_mm_s // limits.fast_point_mm_s)

    def set_position(self, usteps, now_us):
        """Take over a position that the encoders do not contradict."""
        app = self._app
        player = self.player
        reason = reasons.NONE
        if app.machine.state not in (states.READY, states.RECOVERY):
            reason = reasons.NOT_READY
        elif player.mode != IDLE or player.queue.count():
            reason = reasons.NOT_AT_REST
        elif max(abs(value) for value in usteps) > 1000000:
            reason = reasons.BAD_VALUE
        elif not self.encoders.agree(usteps, app.board.encoders):
            reason = reasons.ENCODERS_DISAGREE
        if reason:
            app.refuse(messages.SET_POSITION, reason)
            return
        player.set_position(usteps)
        self.known = True
        self.intake.reset(usteps, True)

    def magnet(self, on, now_us):
        """The magnet hangs on the hand controller."""
        self._app.refuse(messages.MAGNET, reasons.WRONG_ROLE)

    def led(self, pattern):
        """So does the ring."""
        self._app.refuse(messages.LED, reasons.WRONG_ROLE)

    # --- telemetry ------------------------------------------------------------------------------

    def status_flags(self):
        """Flags of STATUS that only the arm knows."""
        return messages.STATUS_POSITION_KNOWN if self.known else 0

    def reported_position(self, now_us):
        """Steps that are due by now, usteps."""
        return self.player.executed(now_us)

    def motion(self):
        """The motion under way, or the last one."""
        return self.player.motion

    def queue_ms(self):
        """Queued path, ms."""
        return self.player.queue.ticks() // _MS_TICKS

    def free_segments(self):
        """Segments that the queue has room for."""
        return self.player.queue.free()

    def magnet_permille(self):
        """No magnet here."""
        return 0
