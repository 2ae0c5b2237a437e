"""The robot as data: everything that another arm of the same kind would write differently.

All values are SI floats (metres, radians, seconds, newtons) after loading; the file writes them with units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from host.arm.joints import Joints, Usteps
from host.arm.robotfile import Source, fill, parse, quantity, read_source, text, whole
from safety.limits import Limits

__all__ = [
    "DEFAULT_FILE",
    "Arm",
    "AxisLimits",
    "Board",
    "Camera",
    "Joint",
    "Lift",
    "Magnet",
    "Nose",
    "Piece",
    "Plan",
    "Ports",
    "Robot",
    "Stop",
    "Tray",
    "load",
    "loads",
]

DEFAULT_FILE = Path(__file__).with_name("robot.toml")


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
    """Slots on each side of the board: `columns` outward from `offset`, `rows` along the files."""

    columns: int = whole(1, 4)
    rows: int = whole(4, 16)
    pitch: float = quantity("length", "25mm", "60mm")
    offset: float = quantity("length", "100mm", "500mm")

    @property
    def slots(self) -> int:
        """Slots on one side."""
        return self.columns * self.rows


@dataclass(frozen=True, kw_only=True)
class Arm:
    """SCARA geometry, metres. Radii are those of the tool about the shoulder axis."""

    link1: float = quantity("length", "50mm", "800mm")
    link2: float = quantity("length", "50mm", "800mm")
    base_distance: float = quantity("length", "50mm", "600mm")
    inner_radius: float = quantity("length", "20mm", "600mm")
    outer_radius: float = quantity("length", "100mm", "1500mm")
    underside: float = quantity("length", "60mm", "400mm")


@dataclass(frozen=True, kw_only=True)
class Joint:
    """A turning axis: drive, range, park, limit switch and encoder. Angles in radians, torque at the motor.

    The switch closes at `switch` on the way to the end of the range where the axis parks. The encoder reads
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


@dataclass(frozen=True, kw_only=True)
class Robot:
    """A whole robot, as loaded and checked by `load`."""

    name: str = text(80)
    board: Board
    piece: Piece
    tray: Tray
    arm: Arm
    shoulder: Joint
    elbow: Joint
    lift: Lift
    nose: Nose
    magnet: Magnet
    plan: Plan
    stop: Stop
    camera: Camera
    ports: Ports

    @property
    def park(self) -> Joints:
        """Where the arm rests: out of the camera's view of the field, all three limit switches pressed."""
        return Joints(self.shoulder.park, self.elbow.park, self.lift.park)

    @property
    def touch_height(self) -> float:
        """Lift at which the nose presses on a standing piece, or a held piece on the board, metres."""
        return self.piece.height - self.nose.press

    @property
    def limits(self) -> Limits:
        """The safety room's limits of this robot: whole numbers, rounded to the strict side."""
        plan, stop = self.plan, self.stop
        axes: tuple[Joint | Lift, ...] = (self.shoulder, self.elbow, self.lift)
        planned: tuple[AxisLimits | LiftLimits, ...] = (plan.shoulder, plan.elbow, plan.lift)
        stopping: tuple[AxisLimits | LiftLimits, ...] = (stop.shoulder, stop.elbow, stop.lift)
        scales = [axis.usteps_per_unit for axis in axes]

        def floors(values: list[float]) -> list[int]:
            return [math.floor(value * scale) for value, scale in zip(values, scales, strict=True)]

        values: dict[str, int | list[int]] = {
            "link1_mm": round(self.arm.link1 * 1000),
            "link2_mm": round(self.arm.link2 * 1000),
            "usteps_per_rad": [round(scales[0]), round(scales[1])],
            "usteps_per_mm": round(scales[2] / 1000),
            "min_usteps": [-value for value in floors([-axis.low for axis in axes])],
            "max_usteps": floors([axis.high for axis in axes]),
            "point_mm_s": _whole_mm(plan.fastest_point),
            "fast_point_mm_s": _whole_mm(plan.fastest_point_cleared),
            "joint_usteps_s": floors([axis.speed for axis in planned]),
            "joint_usteps_s2": floors([axis.acceleration for axis in planned]),
            "stop_point_mm_s": _whole_mm(stop.fastest_point),
            "stop_fast_point_mm_s": _whole_mm(stop.fastest_point_cleared),
            "stop_joint_usteps_s": floors([axis.speed for axis in stopping]),
            "stop_joint_usteps_s2": floors([axis.acceleration for axis in stopping]),
            "lowering_mm_s": _whole_mm(stop.lowering),
            "lowering_zone_mm": _whole_mm(self.lift.near),
            "rising_mm_s": _whole_mm(stop.rising),
            "recovery_mm_s": _whole_mm(stop.recovery),
            "home_mm_s": _whole_mm(stop.home),
            "encoder_zero": [self.shoulder.encoder_zero, self.elbow.encoder_zero],
            "encoder_sign": [self.shoulder.encoder_sign, self.elbow.encoder_sign],
            "encoder_tolerance_counts": stop.encoder_tolerance,
            "magnet_hold_s": math.floor(self.magnet.hold_limit + 1e-9),
        }
        limits: Limits = Limits.from_dict(values)
        return limits

    def usteps(self, joints: Joints) -> Usteps:
        """Return the nearest motor positions of `joints`, microsteps."""
        return (
            round(joints.shoulder * self.shoulder.usteps_per_unit),
            round(joints.elbow * self.elbow.usteps_per_unit),
            round(joints.lift * self.lift.usteps_per_unit),
        )

    def joints(self, usteps: Usteps) -> Joints:
        """Return the joint position of whole motor positions."""
        return Joints(
            usteps[0] / self.shoulder.usteps_per_unit,
            usteps[1] / self.elbow.usteps_per_unit,
            usteps[2] / self.lift.usteps_per_unit,
        )

    def in_range(self, joints: Joints) -> bool:
        """Whether each joint is inside its range."""
        axes: tuple[Joint | Lift, ...] = (self.shoulder, self.elbow, self.lift)
        return all(axis.low <= value <= axis.high for axis, value in zip(axes, joints, strict=True))


def _whole_mm(metres: float) -> int:
    return math.floor(metres * 1000 + 1e-6)


def load(path: Path | None = None) -> Robot:
    """Load and check a robot file (default: the reference robot). Raises RobotFileError."""
    tables, source = parse(path or DEFAULT_FILE)
    return _checked(fill(Robot, tables, source), source)


def loads(content: str, name: str = "robot.toml") -> Robot:
    """Like `load`, from text; `name` appears in errors."""
    tables, source = read_source(content, name)
    return _checked(fill(Robot, tables, source), source)


def _checked(robot: Robot, source: Source) -> Robot:
    """Check what holds between keys."""
    for name in ("shoulder", "elbow"):
        joint: Joint = getattr(robot, name)
        _check_axis(name, joint, joint.high if name == "shoulder" else joint.low, source)
        if joint.encoder_zero >= joint.encoder_counts:
            raise source.error(f"{name}.encoder_zero", "the zero must be below encoder_counts")
        if joint.encoder_sign == 0:
            raise source.error(f"{name}.encoder_sign", "the sense of rotation must be 1 or -1")
    _check_axis("lift", robot.lift, robot.lift.high, source)
    _check_heights(robot, source)
    _check_reach(robot, source)
    _check_stop(robot, source)
    return robot


def _check_axis(name: str, axis: Joint | Lift, park_end: float, source: Source) -> None:
    if not axis.low < axis.high:
        raise source.error(f"{name}.high", "the high end of the range must be above the low end")
    if not axis.low <= axis.park <= axis.high:
        raise source.error(f"{name}.park", "the park position must lie inside low to high")
    if not min(axis.park, axis.low) < axis.switch < max(axis.park, axis.high):
        raise source.error(f"{name}.switch", "the switch must lie inside low to high")
    if abs(axis.park - park_end) > abs(axis.switch - park_end):
        raise source.error(f"{name}.park", "the park position must lie on the pressed side of the switch")
    if name == "elbow" and axis.high >= 0.0:
        raise source.error("elbow.high", "the elbow bends clockwise only, so its range must stay below 0deg")


def _check_heights(robot: Robot, source: Source) -> None:
    lift, nose, piece = robot.lift, robot.nose, robot.piece
    if lift.travel < 2 * piece.height + 0.008 - 1e-9:
        raise source.error(
            "lift.travel", "to clear a standing piece by 8mm, two piece heights and 8mm are needed"
        )
    if not lift.low < robot.touch_height:
        raise source.error("lift.low", "the lift must reach below the top of a piece by the planned press")
    if not lift.travel < lift.switch:
        raise source.error("lift.travel", "the travel height must stay below the limit switch")
    if lift.high >= robot.arm.underside:
        raise source.error("lift.high", "the nose must stay below the underside of the arm")
    if not nose.press < nose.switch:
        raise source.error(
            "nose.press", "a planned touch must not close the switch, so press must be below switch"
        )
    # Braking on the fixed curve uses 0.125 s of path (half of the 0.25 s it takes).
    if nose.switch + 0.125 * robot.plan.lowering > nose.travel:
        raise source.error(
            "nose.switch", "braking from plan.lowering needs more travel than the nose has beyond its switch"
        )


def _check_reach(robot: Robot, source: Source) -> None:
    arm, board, tray = robot.arm, robot.board, robot.tray
    if not arm.inner_radius < arm.outer_radius < arm.link1 + arm.link2:
        raise source.error(
            "arm.outer_radius", "the outer radius must lie between the inner one and link1 + link2"
        )
    if arm.inner_radius <= abs(arm.link1 - arm.link2):
        raise source.error("arm.inner_radius", "the inner radius must be above the difference of the links")
    for radius, key in ((arm.inner_radius, "elbow.low"), (arm.outer_radius, "elbow.high")):
        cosine = (radius**2 - arm.link1**2 - arm.link2**2) / (2 * arm.link1 * arm.link2)
        if not robot.elbow.low <= -math.acos(cosine) <= robot.elbow.high:
            bend = -math.degrees(math.acos(cosine))
            raise source.error(key, f"the elbow must bend to {bend:.1f}deg to reach every radius")
    far = math.hypot(4 * board.pitch, arm.base_distance + 9 * board.pitch)
    if far > arm.outer_radius:
        raise source.error("arm.outer_radius", f"the far corners of the board are {far * 1000:.0f}mm away")
    if arm.base_distance < arm.inner_radius:
        raise source.error("arm.base_distance", "the near rank lies inside the inner radius")
    if tray.offset - tray.pitch / 2 < 4 * board.pitch + robot.piece.diameter / 2:
        raise source.error("tray.offset", "the trays must stand clear of pieces on the edge files")
    edge = tray.offset + (tray.columns - 1) * tray.pitch + robot.piece.diameter / 2
    if edge > board.field_width / 2 or tray.rows * tray.pitch > board.field_depth:
        raise source.error("tray.columns", "the trays must lie inside the field the camera sees")
    y = arm.base_distance + 4.5 * board.pitch + (tray.rows - 1) * tray.pitch / 2
    if math.hypot(edge - robot.piece.diameter / 2, y) > arm.outer_radius:
        raise source.error("tray.rows", "the farthest tray slot is out of reach")


def _check_stop(robot: Robot, source: Source) -> None:
    plan, stop = robot.plan, robot.stop
    if plan.fastest_point_cleared < plan.fastest_point:
        raise source.error("plan.fastest_point_cleared", "it must not be below plan.fastest_point")
    for name in ("fastest_point", "fastest_point_cleared", "lowering", "rising", "recovery", "home"):
        if getattr(stop, name) < getattr(plan, name):
            raise source.error(f"stop.{name}", f"the stop limit must not be below plan.{name}")
    for axis in ("shoulder", "elbow", "lift"):
        for name in ("speed", "acceleration", "jerk"):
            if getattr(getattr(stop, axis), name) < getattr(getattr(plan, axis), name):
                words = f"the stop limit must not be below plan.{axis}.{name}"
                raise source.error(f"stop.{axis}.{name}", words)
