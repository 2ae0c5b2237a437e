"""Limit switches and joint encoders: what the controllers feel of the arm."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from host.arm.robot import Joint
from host.twin.noise import EncoderNoise, bounded_normal

__all__ = ["Encoder", "LimitSwitch"]

_NOISE_TABLE = 4096


class LimitSwitch:
    """Closes where `sign * value` passes `sign * position`, and opens `hysteresis` before.

    Each act closes at a place of its own, off by `repeat_sigma` (unit of the value).
    """

    def __init__(self, position: float, sign: float, repeat_sigma: float, hysteresis: float) -> None:
        self.closed = False
        self._point = sign * position
        self._sign = sign
        self._sigma = repeat_sigma
        self._hysteresis = hysteresis
        self._offset = 0.0

    def feel(self, value: float, rng: np.random.Generator) -> None:
        """Follow the joint; draws from `rng` only when the switch opens."""
        beyond = self._sign * value - self._point
        if self.closed:
            if beyond < self._offset - self._hysteresis:
                self.closed = False
                self._offset = bounded_normal(rng, self._sigma, 3.0 * self._sigma)
        elif beyond >= self._offset:
            self.closed = True

    def state(self) -> list[float]:
        """What `set_state` needs."""
        return [float(self.closed), self._offset]

    def set_state(self, state: Sequence[float]) -> None:
        """Return to a state given by `state`."""
        self.closed, self._offset = bool(state[0]), float(state[1])


class Encoder:
    """An AS5600: `zero + sign * counts * angle / 2 pi`, bent by a magnet that is not quite centred."""

    def __init__(self, joint: Joint, noise: EncoderNoise, rng: np.random.Generator) -> None:
        counts = joint.encoder_counts
        stale = math.radians(bounded_normal(rng, noise.zero_sigma_deg, 3.0 * noise.zero_sigma_deg))
        self._zero = joint.encoder_zero + stale * counts / math.tau
        self._counts = counts
        self._scale = joint.encoder_sign * counts / math.tau
        # Eccentricity gives one wave a turn, tilt a second; together they reach the data sheet's bound.
        share = float(rng.uniform(0.5, 0.8))
        size = math.radians(noise.linearity_deg)
        self._waves = [(1, share * size), (2, (1.0 - share) * size)]
        self._phases = [float(phase) for phase in rng.uniform(0.0, math.tau, 2)]
        self._jitter = rng.normal(0.0, noise.noise_sigma_deg * counts / 360.0, _NOISE_TABLE)

    def counts(self, angle: float, tick: int) -> int:
        """The reading for a joint angle (rad); `tick` picks the noise, so reading twice changes nothing."""
        bent = angle + sum(
            size * math.sin(order * angle + phase)
            for (order, size), phase in zip(self._waves, self._phases, strict=True)
        )
        value = self._zero + bent * self._scale + float(self._jitter[tick % _NOISE_TABLE])
        return math.floor(value + 0.5) % self._counts
