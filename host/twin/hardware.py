"""The hardware between the controllers' pins and the world: crystals, the motor gate, the peer waves."""

from __future__ import annotations

import random
from dataclasses import dataclass

from host.twin.pio import TICKS_PER_US

TICKS_WRAP = 1 << 30
GATE_TIMEOUT_US = 25_000
# The charge pump opens when toggling stops for longer than this: two and a half times the 10 ms
# the controllers toggle at.


@dataclass(frozen=True)
class BoardClock:
    """A controller's crystal: offset and drift against twin time.

    `local_us` is unwrapped; what the controller sees as ticks wraps at 2^30, as on the RP2040.
    """

    offset_us: int
    ppm: float

    @classmethod
    def drawn(cls, seed: str, drift_max_ppm: float) -> BoardClock:
        """A crystal within `drift_max_ppm` whose ticks wrap between 3 and 9 seconds after the start."""
        dice = random.Random(seed)
        ppm = dice.uniform(-drift_max_ppm, drift_max_ppm)
        return cls(TICKS_WRAP - dice.randrange(3_000_000, 9_000_000), round(ppm, 2))

    def local_us(self, twin_us: float) -> float:
        """Unwrapped local microseconds at a twin time."""
        return self.offset_us + twin_us * (1.0 + self.ppm * 1e-6)

    def ticks(self, twin_us: int) -> int:
        """What the controller's ticks_us() reads: local microseconds mod 2^30."""
        return int(self.local_us(twin_us)) % TICKS_WRAP

    def pio_ticks(self, twin_us: int) -> int:
        """Unwrapped PIO ticks (1/8 us of local time) at a twin time."""
        return int(self.local_us(twin_us) * TICKS_PER_US)

    def twin_us(self, pio_ticks: int) -> float:
        """The twin time of an unwrapped PIO tick."""
        return (pio_ticks / TICKS_PER_US - self.offset_us) / (1.0 + self.ppm * 1e-6)


class Wave:
    """A pin that software flips: counts edges and remembers the last one."""

    def __init__(self) -> None:
        self.edges = 0
        self.last_edge_us: int | None = None
        self._level = 0

    def set(self, level: int, now_us: int) -> None:
        """The pin's level at `now_us`."""
        if level != self._level:
            self._level = level
            self.edges = (self.edges + 1) & 0xFFFFFFFF
            self.last_edge_us = now_us

    def alive(self, now_us: int, timeout_us: int) -> bool:
        """Whether an edge fell within the last `timeout_us`."""
        return self.last_edge_us is not None and now_us - self.last_edge_us <= timeout_us


def motor_power(gates: list[Wave], mushroom: bool, now_us: int) -> bool:
    """The motor gate: closed only while BOTH controllers toggle and the mushroom is out."""
    return not mushroom and all(gate.alive(now_us, GATE_TIMEOUT_US) for gate in gates)
