"""The motor gate: power flows only while both controllers keep toggling it. Any standstill opens it."""

from safety import ticks

HALF_PERIOD_US = 10000


class Gate:
    """Toggles its level every 10 ms while it is allowed to; a loop that hangs stops it by not calling."""

    def __init__(self, now_us):
        self.level = 0
        self._due = now_us

    def step(self, now_us, allowed):
        """The level of the gate output now."""
        if not allowed:
            self.level = 0
            self._due = now_us
        elif ticks.diff(now_us, self._due) >= 0:
            self.level ^= 1
            self._due = ticks.add(now_us, HALF_PERIOD_US)
        return self.level
