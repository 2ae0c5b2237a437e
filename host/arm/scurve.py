"""Rest-to-rest motion along a path of known length with bounded speed, acceleration and jerk.

The symmetric seven-phase profile: jerk +j, 0, -j up to the peak speed, cruise, and the same mirrored.
Textbook closed form (Biagiotti and Melchiorri, Trajectory Planning for Automatic Machines and Robots, 3.4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SCurve", "plan_scurve"]

_NEWTON_STEPS = 6


@dataclass(frozen=True)
class SCurve:
    """A profile over `length` (any unit u). `speed` is the peak, `jerk_time` and `hold_time` shape each ramp.

    `jerk` is u/s^3; a ramp lasts `2 * jerk_time + hold_time`, the cruise `cruise_time`, all in seconds.
    """

    length: float
    speed: float
    jerk: float
    jerk_time: float
    hold_time: float
    cruise_time: float

    @property
    def ramp_time(self) -> float:
        """Time from rest to the peak speed, seconds."""
        return 2 * self.jerk_time + self.hold_time

    @property
    def duration(self) -> float:
        """Time from rest to rest, seconds."""
        return 2 * self.ramp_time + self.cruise_time

    def time_at(self, position: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the time (s) at which each position (u, 0..length, any shape) is reached."""
        mirrored = position > self.length / 2
        first_half = self._time_in_first_half(np.where(mirrored, self.length - position, position))
        return np.where(mirrored, self.duration - first_half, first_half)

    def _time_in_first_half(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        j, tj, hold, peak = self.jerk, self.jerk_time, self.hold_time, self.speed
        acceleration = j * tj
        x1 = j * tj**3 / 6
        v1 = j * tj**2 / 2
        x2 = x1 + v1 * hold + acceleration * hold**2 / 2
        ramp = peak * self.ramp_time / 2
        jerking = np.cbrt(np.clip(6 * x / j, 0.0, None))
        root = np.sqrt(np.clip(v1**2 + 2 * acceleration * (x - x1), v1**2, None))
        holding = tj + (root - v1) / acceleration
        # Counted back from the ramp's end the position is peak*u - j u^3/6; speed is at least half the peak.
        rest = np.clip(ramp - x, 0.0, ramp - x2)
        u = rest / peak
        for _ in range(_NEWTON_STEPS):
            u = u - (peak * u - j * u**3 / 6 - rest) / (peak - j * np.minimum(u, tj) ** 2 / 2)
        easing = self.ramp_time - u
        cruising = self.ramp_time + (x - ramp) / peak
        return _by_phase((x <= x1, x <= x2, x <= ramp), jerking, holding, easing, cruising)

    def at(
        self, time: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return position (u), speed (u/s) and acceleration (u/s^2) at each time (s, 0..duration)."""
        late = time > self.duration / 2
        t = np.where(late, self.duration - time, time)
        j, tj, hold = self.jerk, self.jerk_time, self.hold_time
        u = np.clip(self.ramp_time - t, 0.0, None)
        a = j * tj
        v1, x1 = j * tj**2 / 2, j * tj**3 / 6
        ramp = self.speed * self.ramp_time / 2
        h = t - tj
        phases = (t <= tj, t <= tj + hold, t <= self.ramp_time)
        position = _by_phase(
            phases,
            j * t**3 / 6,
            x1 + v1 * h + a * h**2 / 2,
            ramp - self.speed * u + j * u**3 / 6,
            ramp + self.speed * (t - self.ramp_time),
        )
        speed = _by_phase(phases, j * t**2 / 2, v1 + a * h, self.speed - j * u**2 / 2, self.speed)
        acceleration = _by_phase(phases, j * t, a, j * u, 0.0)
        return (
            np.where(late, self.length - position, position),
            speed,
            np.where(late, -acceleration, acceleration),
        )


def _by_phase(
    ends: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
    jerking: NDArray[np.float64],
    holding: NDArray[np.float64] | float,
    easing: NDArray[np.float64],
    cruising: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """What holds in the first phase that has not ended; `np.select` would take several times as long."""
    first, second, third = ends
    return np.where(first, jerking, np.where(second, holding, np.where(third, easing, cruising)))


def plan_scurve(length: float, speed: float, acceleration: float, jerk: float) -> SCurve:
    """Return the fastest profile over `length` > 0 under the three bounds (all > 0, units u, s)."""
    peak = min(speed, _peak_without_cruise(length, acceleration, jerk))
    if peak * jerk >= acceleration**2:
        jerk_time = acceleration / jerk
        hold_time = peak / acceleration - jerk_time
    else:
        jerk_time = math.sqrt(peak / jerk)
        hold_time = 0.0
    cruise = max(0.0, length / peak - (2 * jerk_time + hold_time))
    return SCurve(length, peak, jerk, jerk_time, max(0.0, hold_time), cruise)


def _peak_without_cruise(length: float, acceleration: float, jerk: float) -> float:
    """Peak speed when the two ramps meet: length = peak * ramp time."""
    knee = acceleration**2 / jerk
    peak = (math.sqrt(knee**2 + 4 * acceleration * length) - knee) / 2
    if peak >= knee:
        return peak
    return float(np.cbrt(length**2 * jerk / 4))
