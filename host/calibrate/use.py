"""What a game takes from a calibration: where arm and trays are, the camera's height, the encoders' bends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from host.arm.aim import Aim
from host.arm.encoder_curve import EncoderCurve
from host.arm.robot import Robot
from host.calibrate.errors import CalibrationFileError
from host.calibrate.result import Calibration, load

__all__ = ["Calibrated", "calibrated", "with_trays"]

Moved = tuple[float, float, float]


@dataclass(frozen=True)
class Calibrated:
    """A robot as its calibration found it. `aim`, and the `curves` of both joint encoders, are None where
    nothing was measured.
    """

    robot: Robot
    aim: Aim | None = None
    curves: tuple[EncoderCurve, EncoderCurve] | None = None


def calibrated(robot: Robot, path: Path | None, device: str) -> Calibrated:
    """The `robot` with what the file at `path` says of `device`; as drawn without a path.

    Raises `CalibrationFileError` when the file is another device's, damaged, or not finished.
    """
    if path is None or robot.geometry.gantry:
        return Calibrated(robot)
    found: Calibration = load(path, device)
    if not found.complete:
        raise CalibrationFileError(f"{path} is not finished; `qiyou calibrate` goes on with it")
    camera = replace(robot.camera, height=found.arm["camera_z_m"])
    placed = with_trays(replace(robot, camera=camera), _moved(found.tray_left), _moved(found.tray_right))
    shoulder, elbow = (
        EncoderCurve(terms, left)
        for terms, left in zip(
            (found.encoders_shoulder, found.encoders_elbow), found.encoders_residual_counts, strict=True
        )
    )
    return Calibrated(placed, Aim(robot, found.geometry, found.covariance), (shoulder, elbow))


def with_trays(robot: Robot, left: Moved, right: Moved) -> Robot:
    """The robot with its trays where they were found: shift (m, seat frame) and turn (rad) of each."""
    tray = replace(
        robot.tray,
        left_x=left[0],
        left_y=left[1],
        left_turn=left[2],
        right_x=right[0],
        right_y=right[1],
        right_turn=right[2],
    )
    return replace(robot, tray=tray)


def _moved(values: tuple[float, ...]) -> Moved:
    x, y, turn = values
    return x, y, turn
