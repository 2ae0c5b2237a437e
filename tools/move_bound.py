"""The shortest time any planner could need for a move of the arm: what `qiyou motion` measures ours against.

Shares no code with the planner: it reads the robot file itself and knows its own geometry. A move follows a
given path, a straight line between two joint positions, from rest to rest. Along it some speeds are bounded:
elbow and tool by the fastest point, each joint by its own limit. Each of them also has bounds on its rate of
change and on the rate of change of that. Path time is cut into equal steps; with the gains (speed per path
speed) frozen at the last solution all bounds are linear in the path speeds, so the farthest way in a given
time is a linear program. Time and gains are corrected until the way is exactly the path.

The differences reach a little beyond both ends, which lets the discretised optimum be a percent or two faster
than an exact one: the bound errs to the planner's disadvantage.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, diags_array, vstack

__all__ = ["ArmData", "Kind", "load_arm_data", "shortest_time"]

Kind = Literal["swing", "fast swing", "approach", "lower", "rise", "rise holding"]
"""Which of the approach rules holds: swings by the fastest point (`fast`: nobody is near), the slow approach
at their end by gentle joints, strokes by the lowering and rising speeds."""

_STEPS = 120
_ROUNDS = 25
_CLOSE = 5e-4
_PROBE = 1e-6

Floats = NDArray[np.float64]
_SCALES = {"mm": 1e-3, "deg": math.pi / 180, "m": 1.0, "rad": 1.0}


@dataclass(frozen=True)
class Bounds:
    """Speed, acceleration and jerk of one quantity, in its unit and seconds."""

    speed: float
    acceleration: float
    jerk: float


@dataclass(frozen=True)
class ArmData:
    """What the bound needs of a robot file: geometry in metres, limits in SI units, joints in file order.

    `approach` is the acceleration and the jerk of a joint in the slow approach.
    """

    kind: str
    links: tuple[float, float]
    joints: tuple[Bounds, Bounds, Bounds]
    approach: tuple[float, float]
    point: Bounds
    cleared: float
    lowering: float
    rising: float
    rising_holding: float

    def points(self, joints: Floats) -> Floats:
        """The points whose speed is bounded, (n, points, 2) metres, for joint positions (n, 3)."""
        first, second = joints[:, 0], joints[:, 1]
        if self.kind == "gantry":
            tool = np.stack([self.links[0] * first, self.links[1] * second], axis=-1)
            return tool[:, None, :]
        knee = self.links[0] * np.exp(1j * first)
        tool = knee + self.links[1] * np.exp(1j * (first + second))
        both = np.stack([knee, tool], axis=-1)
        return np.stack([both.real, both.imag], axis=-1)


def load_arm_data(path: Path) -> ArmData:
    """Read a robot file that the robot's own loader has accepted."""
    tables = tomllib.loads(path.read_text())
    plan, arm = tables["plan"], tables["arm"]

    def bounds(table: dict[str, str]) -> Bounds:
        return Bounds(*(_number(table[key]) for key in ("speed", "acceleration", "jerk")))

    return ArmData(
        kind=arm["kind"],
        links=(_number(arm["link1"]), _number(arm["link2"])),
        joints=(bounds(plan["shoulder"]), bounds(plan["elbow"]), bounds(plan["lift"])),
        approach=(_number(plan["approach_acceleration"]), _number(plan["approach_jerk"])),
        point=Bounds(*(_number(plan[k]) for k in ("fastest_point", "point_acceleration", "point_jerk"))),
        cleared=_number(plan["fastest_point_cleared"]),
        lowering=_number(plan["lowering"]),
        rising=_number(plan["rising"]),
        rising_holding=_number(plan["rising_with_piece"]),
    )


def _number(text: str) -> float:
    """A quantity of a robot file in SI units."""
    found = re.fullmatch(r"(-?[0-9.]+)(mm|deg|m|rad)(?:/s(?:\^[23])?)?", text)
    if found is None:
        raise ValueError(f"{text!r} is no length, angle, or rate of one")
    return float(found[1]) * _SCALES[found[2]]


def shortest_time(
    arm: ArmData, start: tuple[float, float, float], end: tuple[float, float, float], kind: Kind
) -> float:
    """Least time (s) from rest at `start` to rest at `end`, two different joint positions in rad and m."""
    rows = _bounded(arm, np.array(start), np.array(end), kind)
    way = np.linspace(0.0, 1.0, _STEPS + 1)
    time = max(2.0 * float(gain(way).max()) / bounds.speed for gain, bounds in rows)
    for _ in range(_ROUNDS):
        speed = _farthest(rows, (way[:-1] + way[1:]) / 2, time)
        done = np.concatenate([[0.0], np.cumsum(speed) * time / _STEPS])
        reach = float(done[-1])
        way = done / reach
        if abs(reach - 1.0) < _CLOSE:
            return time
        time += (1.0 - reach) / float(speed.max())
    raise ArithmeticError(f"the bound from {start} to {end} did not settle")


class _Gain:
    """How fast a bounded point moves per unit of path speed, by path parameter; the constant of a joint."""

    def __init__(self, arm: ArmData, start: Floats, span: Floats, point: int) -> None:
        self._arm, self._start, self._span, self._point = arm, start, span, point

    def __call__(self, s: Floats) -> Floats:
        if self._point < 0:
            return np.full(len(s), abs(float(self._span[self._point + 3])))
        ends = [
            self._arm.points(self._start + (s + step)[:, None] * self._span)[:, self._point]
            for step in (-_PROBE, _PROBE)
        ]
        gain: Floats = np.linalg.norm(ends[1] - ends[0], axis=1) / (2 * _PROBE)
        return gain


def _bounded(arm: ArmData, start: Floats, end: Floats, kind: Kind) -> list[tuple[_Gain, Bounds]]:
    """The speeds that are bounded on this path. Joint j is point j - 3."""
    span = end - start
    lift = arm.joints[2]
    vertical = {"lower": arm.lowering, "rise": arm.rising, "rise holding": arm.rising_holding}
    fastest = vertical.get(kind, arm.rising if span[2] > 0 else arm.lowering)
    turning: tuple[Bounds, ...] = arm.joints[:2]
    if kind == "approach":
        turning = tuple(
            Bounds(each.speed, *map(min, (each.acceleration, each.jerk), arm.approach)) for each in turning
        )
    limits = (*turning, Bounds(min(fastest, lift.speed), lift.acceleration, lift.jerk))
    rows = [
        (_Gain(arm, start, span, joint - 3), bounds) for joint, bounds in enumerate(limits) if span[joint]
    ]
    if span[0] or span[1]:
        speed = arm.cleared if kind == "fast swing" else arm.point.speed
        point = Bounds(speed, arm.point.acceleration, arm.point.jerk)
        count = arm.points(start[None, :]).shape[1]
        rows += [(_Gain(arm, start, span, index), point) for index in range(count)]
    return rows


def _farthest(rows: list[tuple[_Gain, Bounds]], middles: Floats, time: float) -> Floats:
    """Path speeds of the farthest way from rest to rest within `time`, gains taken at `middles`."""
    count, step = len(middles), time / len(middles)
    padded = csr_matrix((np.ones(count), (np.arange(count) + 2, np.arange(count))), shape=(count + 4, count))
    first = _difference(count + 4) @ padded
    second = _difference(count + 3) @ first
    sides, limits = [], []
    fastest = np.full(count, np.inf)
    for gain, bounds in rows:
        gains = gain(middles)
        fastest = np.minimum(fastest, bounds.speed / np.maximum(gains, 1e-12))
        for matrix, most in ((first, bounds.acceleration * step), (second, bounds.jerk * step**2)):
            weighted = matrix @ diags_array(gains)
            sides += [weighted, -weighted]
            limits += [np.full(matrix.shape[0], most)] * 2
    found = linprog(
        -np.ones(count),
        A_ub=vstack(sides).tocsr(),
        b_ub=np.concatenate(limits),
        bounds=np.stack([np.zeros(count), fastest], axis=1),
        method="highs",
    )
    if found.x is None:
        raise ArithmeticError(f"the linear program has no solution: {found.message}")
    return np.asarray(found.x, dtype=np.float64)


def _difference(count: int) -> csr_matrix:
    ones = np.ones(count - 1)
    return diags_array([-ones, ones], offsets=[0, 1], shape=(count - 1, count)).tocsr()
