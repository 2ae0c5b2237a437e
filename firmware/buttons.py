"""Edges of the three buttons: a press counts once, when it begins, and bouncing does not count."""

from firmware.board.lockstep import IN_BUTTON_ACK, IN_BUTTON_GO, IN_BUTTON_TAKEOVER
from safety import ticks

DEBOUNCE_US = 20000
BITS = (IN_BUTTON_ACK, IN_BUTTON_GO, IN_BUTTON_TAKEOVER)
ALL = IN_BUTTON_ACK | IN_BUTTON_GO | IN_BUTTON_TAKEOVER


class Buttons:
    """`edge(i, ...)` for button i (0 ack, 1 go, 2 takeover)."""

    def __init__(self, inputs, now_us):
        self._levels = inputs & ALL
        self._changed_at = [ticks.add(now_us, -DEBOUNCE_US)] * len(BITS)

    def quiet(self, inputs):
        """Whether no button is pressed and none was a moment ago: nothing to do in this loop."""
        return not (inputs & ALL) and not self._levels

    def edge(self, button, inputs, now_us):
        """True when the press of `button` begins now."""
        bit = BITS[button]
        if inputs & bit == self._levels & bit:
            return False
        if ticks.diff(now_us, self._changed_at[button]) < DEBOUNCE_US:
            return False
        self._levels ^= bit
        self._changed_at[button] = now_us
        return bool(self._levels & bit)
