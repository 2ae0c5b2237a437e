"""Numbers with their unit, as written in a robot file: "320mm", "150mm/s", "0.25s", "20:1"."""

from __future__ import annotations

import math
import re

__all__ = ["KINDS", "parse_quantity"]

_DEG = math.pi / 180.0

# kind -> unit -> factor to SI. The first unit of each kind is the one shown in error messages.
KINDS: dict[str, dict[str, float]] = {
    "length": {"mm": 1e-3, "cm": 1e-2, "m": 1.0},
    "angle": {"deg": _DEG, "rad": 1.0},
    "time": {"s": 1.0, "ms": 1e-3},
    "force": {"N": 1.0},
    "torque": {"Nm": 1.0},
    "speed": {"mm/s": 1e-3, "m/s": 1.0},
    "acceleration": {"mm/s^2": 1e-3, "m/s^2": 1.0},
    "jerk": {"mm/s^3": 1e-3, "m/s^3": 1.0},
    "angular speed": {"deg/s": _DEG, "rad/s": 1.0},
    "angular acceleration": {"deg/s^2": _DEG, "rad/s^2": 1.0},
    "angular jerk": {"deg/s^3": _DEG, "rad/s^3": 1.0},
    "ratio": {":1": 1.0},
}

_QUANTITY = re.compile(r"([+-]?\d{1,9}(?:\.\d{1,9})?) ?(\S{1,8})", re.ASCII)


def parse_quantity(text: str, kind: str) -> float:
    """Return `text` in SI units (m, rad, s, N and their quotients).

    Raises ValueError with the words of what would be right, without file or line.
    """
    units = KINDS[kind]
    example = next(iter(units))
    match = _QUANTITY.fullmatch(text)
    if match is None or match[2] not in units:
        raise ValueError(f'a {kind} with its unit is needed, such as "20{example}"')
    return float(match[1]) * units[match[2]]
