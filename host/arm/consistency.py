"""What must hold between the keys of a robot file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host.arm.parts import Joint, Lift
from host.arm.robotfile import Source

if TYPE_CHECKING:
    from host.arm.robot import Robot

__all__ = ["check_consistency"]


def check_consistency(robot: Robot, source: Source) -> None:
    """Raise RobotFileError naming the first key that contradicts another."""
    for name in ("shoulder", "elbow"):
        joint: Joint = getattr(robot, name)
        _check_axis(name, joint, joint.high if name == "shoulder" else joint.low, source)
        if joint.encoder_zero >= joint.encoder_counts:
            raise source.error(f"{name}.encoder_zero", "the zero must be below encoder_counts")
        if joint.encoder_sign == 0:
            raise source.error(f"{name}.encoder_sign", "the sense of rotation must be 1 or -1")
    _check_axis("lift", robot.lift, robot.lift.high, source)
    _check_heights(robot, source)
    _check_field(robot, source)
    robot.geometry.check(robot, source)
    _check_stop(robot, source)


def _check_axis(name: str, axis: Joint | Lift, park_end: float, source: Source) -> None:
    if not axis.low < axis.high:
        raise source.error(f"{name}.high", "the high end of the range must be above the low end")
    if not axis.low <= axis.park <= axis.high:
        raise source.error(f"{name}.park", "the park position must lie inside low to high")
    if not min(axis.park, axis.low) < axis.switch < max(axis.park, axis.high):
        raise source.error(f"{name}.switch", "the switch must lie inside low to high")
    if abs(axis.park - park_end) > abs(axis.switch - park_end):
        raise source.error(f"{name}.park", "the park position must lie on the pressed side of the switch")


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


def _check_field(robot: Robot, source: Source) -> None:
    board, tray = robot.board, robot.tray
    if tray.offset - tray.pitch / 2 < 4 * board.pitch + robot.piece.diameter / 2:
        raise source.error("tray.offset", "the trays must stand clear of pieces on the edge files")
    edge = tray.offset + (tray.columns - 1) * tray.pitch + robot.piece.diameter / 2
    if edge > board.field_width / 2 or tray.rows * tray.pitch > board.field_depth:
        raise source.error("tray.columns", "the trays must lie inside the field the camera sees")


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
