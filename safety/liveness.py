"""Who is still there: the host by its packets, the other controller by its wave, the path by its queue."""

from safety import ticks

HOST_SILENT_US = 100000
HICCUP_US = 1000000

HALF_PERIOD_US = 10000
HOLD_HALF_PERIOD_US = 20000
# Four edges of the 50 Hz wave, and half a period because the watcher's clock is not the driver's.
PEER_LOST_US = 4 * HALF_PERIOD_US + HALF_PERIOD_US // 2
# Between the two half periods; two intervals in a row must be that long, so that one late loop of the
# driver (its next edge then comes early) does not look like a hold.
SLOW_INTERVAL_US = 15000

QUEUE_RESERVE_TICKS = 240000
# A hold for a short queue leaves less than that. Resuming starts slowly enough (1 ms of path in the first
# 40 ms) for the host to fill up again.
RESUME_RESERVE_TICKS = 160000


class HostWatch:
    """Time since the last valid packet of the host."""

    def __init__(self):
        self._heard_at = None

    def heard(self, now_us):
        """A packet of this session arrived, whole and new."""
        self._heard_at = now_us

    def forget(self):
        """No session: the host counts as silent for ever."""
        self._heard_at = None

    def silent_us(self, now_us):
        """Microseconds of silence, at most `HICCUP_US`; that much without any packet at all."""
        if self._heard_at is None:
            return HICCUP_US
        silent = ticks.diff(now_us, self._heard_at)
        if silent >= HICCUP_US:
            # Ticks wrap: a silence this long is not measured further.
            self._heard_at = None
            return HICCUP_US
        return max(0, silent)


class PeerWave:
    """Drives this controller's wave: 50 Hz, or 25 Hz to say "I hold, hold too"; silence says "stop"."""

    def __init__(self, now_us):
        self.level = 0
        self._due = now_us

    def step(self, now_us, allowed, holding):
        """The level of the wave now."""
        if not allowed:
            self._due = now_us
            return self.level
        late = ticks.diff(now_us, self._due)
        if late >= 0:
            self.level ^= 1
            half = HOLD_HALF_PERIOD_US if holding else HALF_PERIOD_US
            # In step with the schedule, unless the loop was away for longer than an edge.
            self._due = ticks.add(self._due if late < half else now_us, half)
        return self.level


class PeerWatch:
    """Watches the wave of the other controller by its edge count."""

    def __init__(self):
        self.present = False
        self.holding = False
        self._count = None
        self._edge_at = None
        self._long = 0

    def step(self, now_us, edges, edge_us):
        """Take the edge count (any modulus) and the time of the newest edge; `present` and `holding` follow.

        An edge counts by its own time, so that a slow loop does not make the wave look slow.
        """
        if self._count is None:
            self._count = edges
        if edges != self._count:
            new = max(1, edges - self._count)
            self._count = edges
            if self._edge_at is not None:
                slow = ticks.diff(edge_us, self._edge_at) >= new * SLOW_INTERVAL_US
                self._long = self._long + new if slow else 0
            self._edge_at = edge_us
            self.present = True
            self.holding = self._long >= 2
        elif self._edge_at is not None and ticks.diff(now_us, self._edge_at) > PEER_LOST_US:
            self.present = False
            self.holding = False
            self._edge_at = None
            self._long = 0


def queue_short(queued_ticks, to_rest_ticks, ends_at_rest, resuming=False):
    """True when the queued path could not end at rest: less than the braking path and 30 ms is left.

    While `resuming`, 20 ms beside the braking path are enough.
    """
    reserve = RESUME_RESERVE_TICKS if resuming else QUEUE_RESERVE_TICKS
    return not ends_at_rest and queued_ticks < to_rest_ticks + reserve
