"""How this arm and its trays depart from the robot file, by chance and unknown to the host."""

from dataclasses import dataclass, replace

import numpy as np

from host.arm.robot import Robot
from host.twin.noise import BoardNoise, Noise, bounded_normal

__all__ = ["ArmErrors", "draw_arm_errors", "lay_out_trays"]


@dataclass(frozen=True)
class ArmErrors:
    """How this arm departs from its drawing, unknown to the host. Metres and radians."""

    link1_m: float
    link2_m: float
    shift_x_m: float
    shift_y_m: float
    turn_rad: float
    shoulder_switch_rad: float
    elbow_switch_rad: float
    lift_switch_m: float
    shoulder_friction_nm: float
    elbow_friction_nm: float
    marker_x_m: float
    """How far the printed marker sits from the tool's axis, along link 2 and across it, and in height."""
    marker_y_m: float
    marker_z_m: float


def draw_arm_errors(noise: Noise, rng: np.random.Generator) -> ArmErrors:
    """Draw what the calibration left behind."""
    arm = noise.arm
    # Drawn aside, so that all else is as it was before arms had markers.
    glue = rng.spawn(1)[0]

    def small(sigma: float, most: float, dice: np.random.Generator = rng) -> float:
        return bounded_normal(dice, sigma, most) * 1e-3

    def friction() -> float:
        return float(rng.uniform(noise.motor.joint_friction_min_nm, noise.motor.joint_friction_max_nm))

    return ArmErrors(
        link1_m=small(arm.link_sigma_mm, arm.link_max_mm),
        link2_m=small(arm.link_sigma_mm, arm.link_max_mm),
        shift_x_m=small(arm.board_shift_sigma_mm, arm.board_shift_max_mm),
        shift_y_m=small(arm.board_shift_sigma_mm, arm.board_shift_max_mm),
        turn_rad=small(arm.board_turn_sigma_mrad, arm.board_turn_max_mrad),
        shoulder_switch_rad=small(arm.switch_sigma_mrad, arm.switch_max_mrad),
        elbow_switch_rad=small(arm.switch_sigma_mrad, arm.switch_max_mrad),
        lift_switch_m=small(arm.lift_switch_sigma_mm, arm.lift_switch_max_mm),
        shoulder_friction_nm=friction(),
        elbow_friction_nm=friction(),
        marker_x_m=small(arm.marker_sigma_mm, arm.marker_max_mm, glue),
        marker_y_m=small(arm.marker_sigma_mm, arm.marker_max_mm, glue),
        marker_z_m=small(arm.marker_height_sigma_mm, arm.marker_height_max_mm, glue),
    )


def lay_out_trays(robot: Robot, noise: BoardNoise, rng: np.random.Generator) -> Robot:
    """The robot with its trays put down by hand, unknown to the host."""

    def off() -> tuple[float, float, float]:
        x, y = (bounded_normal(rng, noise.tray_shift_sigma_mm, noise.tray_shift_max_mm) for _ in "xy")
        turn = bounded_normal(rng, noise.tray_turn_sigma_mrad, noise.tray_turn_max_mrad)
        return x * 1e-3, y * 1e-3, turn * 1e-3

    left, right = off(), off()
    tray = replace(robot.tray, left_x=left[0], left_y=left[1], left_turn=left[2])
    tray = replace(tray, right_x=right[0], right_y=right[1], right_turn=right[2])
    return replace(robot, tray=tray)
