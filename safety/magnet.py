"""The magnet rule: a stop keeps a carried piece.

It is released by the host only while nothing is stopped, by a person's act, by the thermal limit, or by
loss of power. What is switched and why; the currents are the business of `firmware/magnet.py`.
"""

from safety import reasons, states, ticks

_OBEYED_ON = (states.READY, states.MOVING)
_OBEYED_OFF = (states.READY, states.MOVING)


class MagnetRule:
    """Whether the magnet is on, since when, and why it last changed."""

    def __init__(self, hold_s):
        self.on = False
        self.reason = reasons.NONE
        self._limit_ms = hold_s * 1000
        self._on_ms = 0
        self._last = None

    def ask(self, on, state):
        """The host asks for on or off in `state`; returns 0 when obeyed, else the reason of refusal."""
        if on and state not in _OBEYED_ON:
            return reasons.NOT_READY
        if not on and state not in _OBEYED_OFF:
            return reasons.CARRYING_IN_STOP if self.on else reasons.NONE
        self._switch(bool(on), reasons.NONE)
        return reasons.NONE

    def person_releases(self):
        """A person pressed for release."""
        if self.on:
            self._switch(False, reasons.PERSON_RELEASED)

    def step(self, now_us):
        """Keep the thermal limit; call at least every few minutes (the clock wraps)."""
        if self._last is None:
            self._last = now_us
        passed = ticks.diff(now_us, self._last) // 1000
        if passed <= 0:
            return
        self._last = ticks.add(self._last, passed * 1000)
        if self.on:
            self._on_ms += passed
            if self._on_ms >= self._limit_ms:
                self._switch(False, reasons.MAGNET_THERMAL)

    def _switch(self, on, reason):
        if on != self.on:
            self.on = on
            self._on_ms = 0
            self.reason = reason
