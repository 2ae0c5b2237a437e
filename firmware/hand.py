"""What only the hand controller does: magnet and LED ring. It has no axes."""

from firmware.magnet import Magnet
from firmware.wire import messages
from safety import machine, reasons, states
from safety.magnet import MagnetRule

LED_STOPPED = 4
LED_PRESS_GO = 6
LEDS = 8
_NOWHERE = (0, 0, 0)


class Hand:
    """The hand's part of an `App`; the same calls as `firmware.arm.Arm`."""

    def __init__(self, app):
        self._app = app
        self._rule = MagnetRule(app.limits.magnet_hold_s)
        self._driver = Magnet()
        self._was_on = False
        self._permille = 0
        self._led = 0
        self._motion = False

    def healthy(self):
        """The hand has nothing to test but the buttons."""
        return True

    def at_rest(self):
        """The hand never moves by itself."""
        return True

    def turned(self, now_us):
        """There are no steps."""

    def take_in_us(self):
        """As long as it likes: there is no path to be late for."""

    def gather(self, inputs):
        """Tell the machine about motion: the host says when the arm moves."""
        inputs.motion = self._motion

    def act(self, now_us, button, before):
        """Ack while a person guides the arm releases the piece."""
        if button == machine.ACK and before == states.TAKEOVER:
            self._rule.person_releases()

    def step(self, now_us):
        """Follow the machine: a motion begins and ends with what RUN says."""
        app = self._app
        if self._motion:
            app.machine.motion_started(now_us)
        else:
            app.machine.motion_ended(now_us)
        rule = self._rule
        rule.step(now_us)
        if rule.on != self._was_on:
            self._was_on = rule.on
            app.event(messages.MAGNET_STATE, now_us, rule.on, rule.reason)

    def output(self, now_us, bits):
        """Drive magnet, ring and the common outputs."""
        state = self._app.machine.state
        led = self._led
        if state == states.STOPPED:
            led = LED_STOPPED
        elif state == states.HOLD:
            led = LED_PRESS_GO
        self._permille = self._driver.drive(now_us, self._rule.on)
        self._app.board.output(bits, self._permille, led)

    def forget(self):
        """A new session: nothing is under way. A carried piece is kept."""
        self._motion = False

    # --- messages -------------------------------------------------------------------------------

    def run(self, activity, now_us):
        """Take over what the host says about the arm."""
        self._motion = activity == messages.MOTION

    def magnet(self, on, now_us):
        """Switch the magnet if the rule allows it."""
        reason = reasons.BAD_VALUE if on > 1 else self._rule.ask(on, self._app.machine.state)
        if reason:
            self._app.refuse(messages.MAGNET, reason)

    def led(self, pattern):
        """Choose the ring's pattern."""
        if pattern < LEDS:
            self._led = pattern
        else:
            self._app.refuse(messages.LED, reasons.BAD_VALUE)

    def segments(self, buffer, at, now_us):
        """No axes, no segments."""
        self._app.refuse(messages.SEGMENTS, reasons.WRONG_ROLE)

    def slow(self):
        """Nothing moves here."""

    def set_position(self, usteps, now_us):
        """No axes, no position."""
        self._app.refuse(messages.SET_POSITION, reasons.WRONG_ROLE)

    def nose(self, now_us, pressed):
        """The nose switch is wired to the arm controller."""

    # --- telemetry ------------------------------------------------------------------------------

    def status_flags(self):
        """Flags of STATUS that only the hand knows."""
        return messages.STATUS_MAGNET_ON if self._rule.on else 0

    def reported_position(self, now_us):
        """All zero."""
        return _NOWHERE

    def motion(self):
        """No motion."""
        return 0

    def queue_ms(self):
        """No path."""
        return 0

    def free_segments(self):
        """No queue."""
        return 0

    def magnet_permille(self):
        """Drive of the magnet."""
        return self._permille
