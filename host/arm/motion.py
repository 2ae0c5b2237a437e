"""A Motion: one rest-to-rest piece of movement, as segments ready for the link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from host.arm.joints import Usteps
from safety.segment import Segment

__all__ = ["Motion", "Profile"]

Profile = Literal["normal", "fast", "recovery", "home"]
"""Which limits the motion is judged by: `fast` only while the camera has seen nobody, `recovery` when it may
start outside the joint ranges, `home` when it searches the limit switch of one axis."""


@dataclass(frozen=True)
class Motion:
    """Segments that lead from `start_usteps` to `end_usteps`, both at rest.

    `duration_s` is path time in seconds; `label` is a few words for the record; `home_axis` is set in a
    search: 0 shoulder, 1 elbow, 2 lift with profile `home`, 3 (`safety.axes.NOSE`) for the nose switch;
    `via` is where the arm rests for an instant before the slow approach to its end, if there is one.
    """

    segments: tuple[Segment, ...]
    start_usteps: Usteps
    end_usteps: Usteps
    duration_s: float
    label: str
    profile: Profile
    home_axis: int | None = None
    via: Usteps | None = None
