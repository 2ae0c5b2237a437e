"""Stepper motors: step edges turn the field, the field pulls the rotor.

The rotor of a hybrid stepper with 50 teeth feels `torque = T sin(50 (field - rotor))`: it follows the
field with a lag below one full step, and when the load is too much it falls back to the next tooth, four
full steps behind. The rotor's inertia is in the joint (MuJoCo `armature`).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ELBOW_MOTOR", "LIFT_MOTOR", "SHOULDER_MOTOR", "MotorType", "Stepper"]

FULL_STEPS_PER_CYCLE = 4
"""One electrical cycle; what a rotor that slips loses."""

_REDUCED_CURRENT = 0.5
# The field's speed is smoothed over 2 ms, about what the driver's current loop does.
_SPEED_MEMORY_S = 0.002


@dataclass(frozen=True)
class MotorType:
    """What a motor's data sheet says beside its torque.

    `damping_s` is the torque per speed of the rotor against its field, over the holding torque: chosen so
    that the joint rings down within a few cycles (damping ratio about 0.12), as NEMA 17 drives do.
    """

    rotor_inertia_kg_m2: float
    detent_nm: float
    damping_s: float


# NEMA 17, 34 mm long; the lift has a pancake NEMA 17, so that it pushes with less than 50 N.
SHOULDER_MOTOR = MotorType(rotor_inertia_kg_m2=3.5e-6, detent_nm=0.006, damping_s=0.060)
ELBOW_MOTOR = MotorType(rotor_inertia_kg_m2=3.5e-6, detent_nm=0.006, damping_s=0.031)
LIFT_MOTOR = MotorType(rotor_inertia_kg_m2=1.0e-6, detent_nm=0.0008, damping_s=0.008)


class Stepper:
    """One axis: driver, motor and gear, without its inertia and friction.

    `torque_nm` is the motor's holding torque at run current, `usteps_per_unit` microsteps per radian (or
    metre) of the joint, `radians_per_unit` the rotor's turn for the same, so that torques scale by it.
    `position` arguments are joint coordinates.
    """

    def __init__(
        self,
        kind: MotorType,
        torque_nm: float,
        usteps_per_unit: float,
        radians_per_unit: float,
        microsteps: int,
        position: float,
    ) -> None:
        self.powered = False
        self.full_current = True
        self._usteps_per_unit = usteps_per_unit
        self._cycle = FULL_STEPS_PER_CYCLE * microsteps
        self._phase_per_ustep = 2.0 * math.pi / self._cycle
        self._peak = torque_nm * radians_per_unit
        self._detent = kind.detent_nm * radians_per_unit
        self._damping = kind.damping_s * torque_nm * radians_per_unit**2
        # The driver wakes with its field at the start of a cycle, near where the rotor happens to be.
        self.field = round(position * usteps_per_unit / self._cycle) * self._cycle
        self._speed = 0.0
        self._times: deque[float] = deque()
        self._directions: deque[int] = deque()

    @property
    def peak_force(self) -> float:
        """Holding torque at the joint with full current (Nm, or N for a lift)."""
        return self._peak

    @property
    def pending(self) -> bool:
        """Whether edges wait to be played."""
        return bool(self._times)

    @property
    def turning(self) -> bool:
        """Whether the field has turned within the last few milliseconds."""
        return abs(self._speed) > 1e-3

    def push(
        self, times_us: Sequence[float] | NDArray[np.float64], directions: Sequence[int] | NDArray[np.int8]
    ) -> None:
        """Add step edges: twin microseconds, not before those pushed earlier; directions above 0 or not."""
        times = np.asarray(times_us, dtype=np.float64)
        signs = np.where(np.asarray(directions) > 0, 1, -1)
        if times.shape != signs.shape or times.ndim != 1:
            raise ValueError(
                f"{times.shape} times and {signs.shape} directions; two rows of one length are needed"
            )
        self._times.extend(times.tolist())
        self._directions.extend(signs.tolist())

    def force(self, until_us: float, step_s: float, position: float, velocity: float) -> float:
        """Play the edges up to `until_us`, then return the torque (Nm) or force (N) on the joint."""
        times = self._times
        moved = 0
        while times and times[0] <= until_us:
            times.popleft()
            moved += self._directions.popleft()
        self.field += moved
        self._speed += (moved / (self._usteps_per_unit * step_s) - self._speed) * (step_s / _SPEED_MEMORY_S)
        phase = (self.field - position * self._usteps_per_unit) * self._phase_per_ustep
        if not self.powered:
            return self._detent * math.sin(4.0 * phase)
        share = 1.0 if self.full_current else _REDUCED_CURRENT
        peak = self._peak * share
        pull = peak * math.sin(phase) + share * self._damping * (self._speed - velocity)
        return min(peak, max(-peak, pull))

    def lag_usteps(self, position: float) -> float:
        """How far the joint is behind the field, microsteps; multiples of a cycle are lost steps."""
        return self.field - position * self._usteps_per_unit

    def state(self) -> list[float]:
        """Everything that `set_state` needs; edges that wait are part of it."""
        flags = [float(self.powered), float(self.full_current), float(self.field), self._speed]
        return [*flags, *self._times, *map(float, self._directions)]

    def set_state(self, state: Sequence[float]) -> None:
        """Return to a state given by `state`."""
        self.powered, self.full_current = bool(state[0]), bool(state[1])
        self.field, self._speed = int(state[2]), float(state[3])
        half = (len(state) - 4) // 2
        self._times = deque(state[4 : 4 + half])
        self._directions = deque(int(sign) for sign in state[4 + half :])
