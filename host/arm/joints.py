"""A position of the arm in joint coordinates."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Joints", "Usteps"]

Usteps = tuple[int, int, int]
"""Motor positions of shoulder, elbow and lift in microsteps."""


class Joints(NamedTuple):
    """Shoulder and elbow in radians, lift in metres (frame `joint`).

    Shoulder 0 points along base +x, counterclockwise positive; elbow 0 is the straight arm and its
    angle is relative to link 1; lift is the height of the nose face above the board surface.
    """

    shoulder: float
    elbow: float
    lift: float
