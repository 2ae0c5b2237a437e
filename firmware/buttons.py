"""Edges of the three buttons: a press counts once, when it begins, and bouncing does not count."""

from firmware.board.lockstep import IN_BUTTON_ACK, IN_BUTTON_GO, IN_BUTTON_TAKEOVER
from safety import ticks

DEBOUNCE_US = 20000
BITS = (IN_BUTTON_ACK, IN_BUTTON_GO, IN_BUTTON_TAKEOVER)
ALL = IN_BUTTON_ACK | IN_BUTTON_GO | IN_BUTTON_TAKEOVER


class Buttons:
    """`settle` once a loop, then `edge(i, ...)` for button i (0 ack, 1 go, 2 takeover)."""

    def __init__(self, inputs):
        self._levels = inputs & ALL
        # When a button last changed; None once it settled, because old ticks cannot be compared.
        self._changed_at = [None] * len(BITS)

    def settle(self, inputs, now_us):
        """Let bouncing run out; False when no button is or was pressed: nothing to do in this loop."""
        busy = bool(inputs & ALL or self._levels)
        for i in range(len(BITS)):
            at = self._changed_at[i]
            if at is not None:
                busy = True
                if ticks.diff(now_us, at) >= DEBOUNCE_US:
                    self._changed_at[i] = None
        return busy

    def edge(self, button, inputs, now_us):
        """True when the press of `button` begins now."""
        bit = BITS[button]
        if inputs & bit == self._levels & bit or self._changed_at[button] is not None:
            return False
        self._levels ^= bit
        self._changed_at[button] = now_us
        return bool(self._levels & bit)
