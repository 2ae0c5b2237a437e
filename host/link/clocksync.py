"""From host time to a controller's clock, by regression over round trips. Sans-I/O.

A ping leaves the host at t0, the controller answers with its ticks, the answer is back at t1. If both
ways take equally long the ticks were read at (t0 + t1) / 2; an asymmetric way costs half the
difference. Round trips that took much longer than the quickest ones are left out. A line is fitted
through the rest; its slope is drawn toward "no drift" by what a crystal can do (ridge regression), so
that eight samples in 0.35 s cannot invent a drift from jitter.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from safety import ticks

FIRST_SAMPLES = 8
FIRST_PERIOD_US = 50_000
PERIOD_US = 1_000_000
WINDOW = 32
# Prior: drift of 100 ppm (one sigma) against a noise of 500 us a sample; the ridge is their ratio squared.
_RIDGE_US2 = (500.0 / 100e-6) ** 2
# A round trip may exceed the window's quickest by this much before it is left out.
_SLACK_US = 500


class _Sample(NamedTuple):
    host_us: float
    remote_us: int
    round_trip_us: int


class ClockSync:
    """The relation between host time and one controller's ticks (which wrap at 2^30 us)."""

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque(maxlen=WINDOW)
        self._count = 0
        self._next_us = 0
        self._host0 = 0.0
        self._remote0 = 0.0
        self._slope = 0.0

    @property
    def ready(self) -> bool:
        """Whether enough samples were taken to trust the relation."""
        return self._count >= FIRST_SAMPLES

    @property
    def drift_ppm(self) -> float:
        """Estimated rate of the controller's crystal against the host's."""
        return self._slope * 1e6

    @property
    def next_us(self) -> int:
        """Host time at which the next ping is due."""
        return self._next_us

    def due(self, now_us: int) -> bool:
        """Whether to send a ping now; counts as sent when True."""
        if now_us < self._next_us:
            return False
        self._next_us = now_us + (PERIOD_US if self.ready else FIRST_PERIOD_US)
        return True

    def add(self, sent_us: int, remote_ticks: int, received_us: int) -> None:
        """Take up one round trip: host send and receive times, and the controller's ticks between them."""
        if received_us < sent_us:
            return
        remote_us = remote_ticks
        if self._samples:
            last = self._samples[-1].remote_us
            remote_us = last + ticks.diff(remote_ticks, last & ticks.MASK)
        self._samples.append(_Sample((sent_us + received_us) / 2, remote_us, received_us - sent_us))
        self._count += 1
        self._fit()

    def to_ticks(self, host_us: int) -> int:
        """The controller's ticks at a host time."""
        return round(self._remote_us(host_us)) & ticks.MASK

    def to_host_us(self, remote_ticks: int, near_host_us: int) -> int:
        """The host time, within 8.9 minutes of `near_host_us`, of the controller's `remote_ticks`."""
        away_us = ticks.diff(remote_ticks, self.to_ticks(near_host_us))
        near: int = near_host_us + round(away_us / (1.0 + self._slope))
        return near

    def _remote_us(self, host_us: int) -> float:
        return self._remote0 + (host_us - self._host0) * (1.0 + self._slope)

    def _fit(self) -> None:
        limit = min(sample.round_trip_us for sample in self._samples) + _SLACK_US
        good = [sample for sample in self._samples if sample.round_trip_us <= limit]
        self._host0 = sum(sample.host_us for sample in good) / len(good)
        self._remote0 = sum(sample.remote_us for sample in good) / len(good)
        # The slope is fitted to the difference remote - host, which stays small: no precision is lost.
        x = [sample.host_us - self._host0 for sample in good]
        y = [sample.remote_us - self._remote0 - away for sample, away in zip(good, x, strict=True)]
        over = sum(away * rest for away, rest in zip(x, y, strict=True))
        self._slope = over / (sum(away * away for away in x) + _RIDGE_US2)
