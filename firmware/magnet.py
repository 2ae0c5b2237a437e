"""The magnet's driver: on, and a short reverse kick on release that undoes the residual field."""

from safety import ticks

ON_PERMILLE = 1000
KICK_PERMILLE = -300
KICK_US = 40000


class Magnet:
    """Turns the rule's on and off into the drive of the H-bridge, in thousandths of full voltage."""

    def __init__(self):
        self._on = False
        self._kick_from = None

    def drive(self, now_us, on):
        """The drive now, -1000 .. 1000."""
        if self._on and not on:
            self._kick_from = now_us
        self._on = on
        if on:
            self._kick_from = None
            return ON_PERMILLE
        if self._kick_from is not None:
            if ticks.diff(now_us, self._kick_from) < KICK_US:
                return KICK_PERMILLE
            self._kick_from = None
        return 0
