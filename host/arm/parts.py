"""The parts of a robot, one dataclass for each table of its file.

All values are SI floats (metres, radians, seconds, newtons) after loading; the bounds are those of any robot
of this kind, not of the reference robot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from host.arm.robotfile import choice, quantity, text, whole

__all__ = [
    "Arm",
    "AxisLimits",
    "Board",
    "Camera",
    "Joint",
    "Lift",
    "LiftLimits",
    "Magnet",
    "Nose",
    "Outline",
    "Piece",
    "Plan",
    "Ports",
    "Stop",
    "Tray",
]


@dataclass(frozen=True, kw_only=True)
class Board:
    """Grid pitch and the field the camera must see, metres."""

    pitch: float = quantity("length", "25mm", "60mm")
    field_width: float = quantity("length", "200mm", "1000mm")
    field_depth: float = quantity("length", "200mm", "1000mm")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece, metres."""

    diameter: float = quantity("length", "20mm", "50mm")
    height: float = quantity("length", "4mm", "25mm")


@dataclass(frozen=True, kw_only=True)
class Tray:
    """Slots on each side of the board: `columns` outward from `offset`, `rows` along the files.

    `left_*` and `right_*`: how far a tray lies from there (seat frame, m), and its turn about its middle.
    """

    columns: int = whole(1, 4)
    rows: int = whole(4, 16)
    pitch: float = quantity("length", "25mm", "60mm")
    offset: float = quantity("length", "100mm", "500mm")
    left_x: float = quantity("length", "-20mm", "20mm", default=0.0)
    left_y: float = quantity("length", "-20mm", "20mm", default=0.0)
    left_turn: float = quantity("angle", "-5deg", "5deg", default=0.0)
    right_x: float = quantity("length", "-20mm", "20mm", default=0.0)
    right_y: float = quantity("length", "-20mm", "20mm", default=0.0)
    right_turn: float = quantity("angle", "-5deg", "5deg", default=0.0)

    @property
    def slots(self) -> int:
        """Slots on one side."""
        return self.columns * self.rows


@dataclass(frozen=True, kw_only=True)
class Arm:
    """The arm's kind and geometry, metres. Radii are those of the tool about the shoulder axis.

    Of a gantry `link1` and `link2` are the radii of its drums, and the radii of the tool are left out.
    """

    kind: str = choice("scara", "gantry")
    link1: float = quantity("length", "50mm", "800mm")
    link2: float = quantity("length", "50mm", "800mm")
    base_distance: float = quantity("length", "50mm", "600mm")
    inner_radius: float = quantity("length", "20mm", "600mm", default=0.0)
    outer_radius: float = quantity("length", "100mm", "1500mm", default=0.0)
    underside: float = quantity("length", "60mm", "400mm")


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What the camera may see of the arm: widths across links and tool, heights of their tops, metres."""

    link_width: float = quantity("length", "10mm", "300mm")
    link_top: float = quantity("length", "60mm", "600mm")
    tool_width: float = quantity("length", "10mm", "300mm")
    tool_top: float = quantity("length", "60mm", "600mm")


@dataclass(frozen=True, kw_only=True)
class Joint:
    """A turning axis: drive, range, park, limit switch and encoder. Angles in radians, torque at the motor.

    The switch closes at `switch` on the way to the end of the range where the axis parks. A slow approach
    covers the last `approach` before a place where the nose goes down. The encoder reads
    `encoder_zero + encoder_sign * angle * encoder_counts / 2 pi`, modulo `encoder_counts`.
    """

    motor_steps: int = whole(20, 1000)
    microsteps: int = whole(1, 256)
    peak_torque: float = quantity("torque", "0.01Nm", "2Nm")
    gear: float = quantity("ratio", "1:1", "200:1")
    low: float = quantity("angle", "-360deg", "360deg")
    high: float = quantity("angle", "-360deg", "360deg")
    park: float = quantity("angle", "-360deg", "360deg")
    switch: float = quantity("angle", "-360deg", "360deg")
    approach: float = quantity("angle", "0deg", "3deg")
    encoder_counts: int = whole(256, 65536)
    encoder_zero: int = whole(0, 65535)
    encoder_sign: int = whole(-1, 1)

    @property
    def usteps_per_unit(self) -> float:
        """Microsteps per radian."""
        return self.motor_steps * self.microsteps * self.gear / math.tau


@dataclass(frozen=True, kw_only=True)
class Lift:
    """The vertical axis. Heights of the nose face above the board surface in metres, torque at the motor."""

    motor_steps: int = whole(20, 1000)
    microsteps: int = whole(1, 256)
    peak_torque: float = quantity("torque", "0.01Nm", "2Nm")
    lead: float = quantity("length", "1mm", "40mm")
    low: float = quantity("length", "0mm", "50mm")
    high: float = quantity("length", "10mm", "200mm")
    park: float = quantity("length", "10mm", "200mm")
    switch: float = quantity("length", "10mm", "200mm")
    travel: float = quantity("length", "10mm", "200mm")
    near: float = quantity("length", "10mm", "200mm")

    @property
    def usteps_per_unit(self) -> float:
        """Microsteps per metre."""
        return self.motor_steps * self.microsteps / self.lead


@dataclass(frozen=True, kw_only=True)
class Nose:
    """The sprung nose: travel, planned press and where the switch closes in metres, force in newtons."""

    travel: float = quantity("length", "2mm", "30mm")
    press: float = quantity("length", "0.1mm", "10mm")
    switch: float = quantity("length", "0.2mm", "20mm")
    force: float = quantity("force", "0.5N", "10N")


@dataclass(frozen=True, kw_only=True)
class Magnet:
    """Waiting times after switching, and the thermal limit of holding, seconds."""

    grip: float = quantity("time", "0.02s", "2s")
    release: float = quantity("time", "0.02s", "2s")
    hold_limit: float = quantity("time", "5s", "120s")


@dataclass(frozen=True, kw_only=True)
class AxisLimits:
    """Limits of a turning axis: rad/s, rad/s^2, rad/s^3."""

    speed: float = quantity("angular speed", "1deg/s", "360deg/s")
    acceleration: float = quantity("angular acceleration", "5deg/s^2", "5000deg/s^2")
    jerk: float = quantity("angular jerk", "50deg/s^3", "100000deg/s^3")


@dataclass(frozen=True, kw_only=True)
class LiftLimits:
    """Limits of the vertical axis: m/s, m/s^2, m/s^3."""

    speed: float = quantity("speed", "1mm/s", "500mm/s")
    acceleration: float = quantity("acceleration", "10mm/s^2", "5000mm/s^2")
    jerk: float = quantity("jerk", "100mm/s^3", "100000mm/s^3")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the planner keeps to. `fastest_point` bounds elbow and tool (m/s)."""

    fastest_point: float = quantity("speed", "10mm/s", "150mm/s")
    fastest_point_cleared: float = quantity("speed", "10mm/s", "250mm/s")
    point_acceleration: float = quantity("acceleration", "50mm/s^2", "3000mm/s^2")
    point_jerk: float = quantity("jerk", "500mm/s^3", "50000mm/s^3")
    lowering: float = quantity("speed", "2mm/s", "50mm/s")
    rising_with_piece: float = quantity("speed", "2mm/s", "100mm/s")
    rising: float = quantity("speed", "2mm/s", "100mm/s")
    recovery: float = quantity("speed", "2mm/s", "25mm/s")
    home: float = quantity("speed", "1mm/s", "25mm/s")
    approach_acceleration: float = quantity("angular acceleration", "1deg/s^2", "1000deg/s^2")
    approach_jerk: float = quantity("angular jerk", "10deg/s^3", "10000deg/s^3")
    shoulder: AxisLimits
    elbow: AxisLimits
    lift: LiftLimits


@dataclass(frozen=True, kw_only=True)
class Stop:
    """What the safety room enforces: numbers of their own, not computed from the plan's."""

    fastest_point: float = quantity("speed", "10mm/s", "225mm/s")
    fastest_point_cleared: float = quantity("speed", "10mm/s", "375mm/s")
    lowering: float = quantity("speed", "2mm/s", "50mm/s")
    rising: float = quantity("speed", "2mm/s", "100mm/s")
    recovery: float = quantity("speed", "2mm/s", "25mm/s")
    home: float = quantity("speed", "1mm/s", "25mm/s")
    encoder_tolerance: int = whole(4, 200)
    shoulder: AxisLimits
    elbow: AxisLimits
    lift: LiftLimits


@dataclass(frozen=True, kw_only=True)
class Camera:
    """The camera's lens above the middle of the board, metres."""

    height: float = quantity("length", "300mm", "1500mm")


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Serial ports of the two controllers."""

    arm: str = text(200)
    hand: str = text(200)
