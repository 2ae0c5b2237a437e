"""The robot as data: everything that another arm of the same kind would write differently.

All values are SI floats (metres, radians, seconds, newtons) after loading; the file writes them with units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from host.arm.consistency import check_consistency
from host.arm.gantry import Gantry
from host.arm.geometry import Geometry
from host.arm.joints import Joints, Usteps
from host.arm.parts import (
    Arm,
    AxisLimits,
    Board,
    Camera,
    Joint,
    Lift,
    LiftLimits,
    Magnet,
    Nose,
    Outline,
    Piece,
    Plan,
    Ports,
    Stop,
    Tray,
)
from host.arm.robotfile import fill, parse, read_source, text
from host.arm.scara import Scara
from safety.limits import Limits

__all__ = ["DEFAULT_FILE", "Joint", "Lift", "Robot", "load", "loads", "named"]

_GEOMETRIES: dict[str, Geometry] = {"scara": Scara(), "gantry": Gantry()}

DEFAULT_FILE = Path(__file__).with_name("robot.toml")


@dataclass(frozen=True, kw_only=True)
class Robot:
    """A whole robot, as loaded and checked by `load`."""

    name: str = text(80)
    board: Board
    piece: Piece
    tray: Tray
    arm: Arm
    outline: Outline
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
    def geometry(self) -> Geometry:
        """What this kind of arm knows of itself."""
        return _GEOMETRIES[self.arm.kind]

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
            "gantry": int(self.geometry.gantry),
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


def named(name: str) -> Path:
    """The file that a person means: the name of a robot that comes with the program, or a path."""
    kept = DEFAULT_FILE.with_name(f"robot-{name}.toml")
    return kept if name.isidentifier() and kept.exists() else Path(name)


def load(path: Path | None = None) -> Robot:
    """Load and check a robot file (default: the reference robot). Raises RobotFileError."""
    tables, source = parse(path or DEFAULT_FILE)
    robot = fill(Robot, tables, source)
    check_consistency(robot, source)
    return robot


def loads(content: str, name: str = "robot.toml") -> Robot:
    """Like `load`, from text; `name` appears in errors."""
    tables, source = read_source(content, name)
    robot = fill(Robot, tables, source)
    check_consistency(robot, source)
    return robot
