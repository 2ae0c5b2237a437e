"""Motors that drive the arm, and the switches and encoders that feel where it is, as one world has them."""

import math

import numpy as np

from host.arm.robot import Joint, Lift, Robot
from host.twin.arm_errors import ArmErrors
from host.twin.motors import ELBOW_MOTOR, LIFT_MOTOR, SHOULDER_MOTOR, MotorType, Stepper
from host.twin.noise import ArmNoise, EncoderNoise, MotorNoise
from host.twin.sensors import Encoder, LimitSwitch

__all__ = ["make_drives", "make_encoders", "make_switches"]


def make_drives(
    robot: Robot, noise: MotorNoise, positions: tuple[float, float, float], rng: np.random.Generator
) -> tuple[Stepper, Stepper, Stepper]:
    """Motors of shoulder, elbow (rad) and lift (m) that stand at `positions`, each as strong as it came."""
    axes: tuple[tuple[MotorType, Joint | Lift, float], ...] = (
        (SHOULDER_MOTOR, robot.shoulder, robot.shoulder.gear),
        (ELBOW_MOTOR, robot.elbow, robot.elbow.gear),
        (LIFT_MOTOR, robot.lift, math.tau / robot.lift.lead),
    )
    drives = []
    for (kind, axis, radians), position in zip(axes, positions, strict=True):
        torque = axis.peak_torque * (1.0 + float(rng.uniform(-1, 1)) * noise.torque_spread)
        drives.append(Stepper(kind, torque, axis.usteps_per_unit, radians, axis.microsteps, position))
    return drives[0], drives[1], drives[2]


def make_switches(
    robot: Robot, noise: ArmNoise, errors: ArmErrors
) -> tuple[LimitSwitch, LimitSwitch, LimitSwitch, LimitSwitch]:
    """Limit switches of shoulder, elbow and lift, and the one of the nose."""
    turn, rise = noise.switch_repeat_sigma_mrad * 1e-3, noise.lift_repeat_sigma_mm * 1e-3
    return (
        LimitSwitch(robot.shoulder.switch + errors.shoulder_switch_rad, 1.0, turn, 0.003),
        LimitSwitch(robot.elbow.switch + errors.elbow_switch_rad, -1.0, turn, 0.003),
        LimitSwitch(robot.lift.switch + errors.lift_switch_m, 1.0, rise, 0.0001),
        LimitSwitch(robot.nose.switch, 1.0, 0.00002, 0.0001),
    )


def make_encoders(
    robot: Robot, noise: EncoderNoise, rng: np.random.Generator
) -> tuple[Encoder, Encoder]:
    """Joint encoders of shoulder and elbow."""
    return Encoder(robot.shoulder, noise, rng), Encoder(robot.elbow, noise, rng)
