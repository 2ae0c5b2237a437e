"""The gantry's bodies: two drums that pull a bridge and its carriage, each tied to its drum as by a belt.

The joints of the arm are the drums, as in the robot file; what they pull slides. The tie is a joint equality,
stiff enough that the carriage follows its drum within a micrometre or so at rest.
"""

from __future__ import annotations

import math

from host.arm.robot import Robot
from host.twin.arm_errors import ArmErrors
from host.twin.motors import ELBOW_MOTOR, SHOULDER_MOTOR

__all__ = ["TIES", "gantry_body", "gantry_ties"]

TIES = (("carriage", "shoulder"), ("bridge", "elbow"))
"""What slides, and the drum that pulls it."""

# A link length of the same tolerance as the drum's radius is this long: errors are drawn for a link.
_LINK_M = 0.32
_STIFF = 'solref="0.002 1" solimp="0.99 0.999 0.0001"'
_STOP_RAD = math.radians(2.5)
_INERTIA = '<inertial pos="0 0 0" mass="0.05" diaginertia="5e-5 5e-5 5e-5"/>'


def _radii(robot: Robot, errors: ArmErrors) -> tuple[float, float]:
    """Radii of the two drums as they were turned, metres."""
    arm = robot.arm
    return arm.link1 * (1 + errors.link1_m / _LINK_M), arm.link2 * (1 + errors.link2_m / _LINK_M)


def gantry_ties(robot: Robot, errors: ArmErrors) -> str:
    """The belts."""
    ties = "".join(
        f'<joint joint1="{slide}" joint2="{drum}" polycoef="0 {radius} 0 0 0" {_STIFF}/>'
        for (slide, drum), radius in zip(TIES, _radii(robot, errors), strict=True)
    )
    return f"<equality>{ties}</equality>"


def gantry_body(robot: Robot, errors: ArmErrors, tool: str, looks: str) -> str:
    """Drums, bridge and carriage with `tool` (the lift's body) hung on it; `looks` of what only is seen."""
    shoulder, elbow = robot.shoulder, robot.elbow
    height = robot.arm.underside + 0.025
    y = -(4.5 * robot.board.pitch + robot.arm.base_distance) + errors.shift_y_m
    wide = (shoulder.high - shoulder.low) * robot.arm.link1 / 2 + 0.03
    drums = "".join(
        f'<body name="drum_{name}" pos="{side} {y - 0.1} {height}" sleep="never">'
        f'<joint name="{name}" type="hinge" axis="0 0 1" '
        f'range="{axis.low - _STOP_RAD} {axis.high + _STOP_RAD}" '
        f'armature="{motor.rotor_inertia_kg_m2 * axis.gear**2}" damping="0.02" frictionloss="{friction}"/>'
        f"{_INERTIA}</body>"
        for name, axis, motor, friction, side in (
            ("shoulder", shoulder, SHOULDER_MOTOR, errors.shoulder_friction_nm, wide),
            ("elbow", elbow, ELBOW_MOTOR, errors.elbow_friction_nm, -wide),
        )
    )
    return f"""{drums}
    <body name="bridge" pos="{errors.shift_x_m} {y} {height}" euler="0 0 {errors.turn_rad}" sleep="never">
      <joint name="bridge" type="slide" axis="0 1 0" damping="2"/>
      <geom type="box" size="{wide} 0.022 0.012" mass="0.6" {looks}/>
      <body name="carriage">
        <joint name="carriage" type="slide" axis="1 0 0" damping="2"/>
        <geom type="box" size="0.025 0.026 0.020" pos="0 0 0.012" mass="0.2" {looks}/>
        <body name="lift" pos="0 0 {-height}">{tool}</body>
      </body>
    </body>"""
