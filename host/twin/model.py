"""The MuJoCo model: table, board, trays, 32 pieces, the arm and a person's hand.

MuJoCo's world frame is the seat frame (origin at the centre of the board on its surface, x to the right of
the robot, y away from it, z up). The board is where it should be; the calibration error sits in the arm.

Between a motor and its joint there is free play (`host.twin.play`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import mujoco
import numpy as np
from numpy.typing import NDArray

from host.arm import marker
from host.arm.robot import Robot
from host.twin.arm_errors import ArmErrors
from host.twin.gantry import gantry_body, gantry_ties
from host.twin.geoms import CONTACT, SEEN, hand_body, piece_body, piece_mesh, shadow_mesh
from host.twin.motors import ELBOW_MOTOR, LIFT_MOTOR, SHOULDER_MOTOR
from host.twin.noise import Noise, bounded_normal
from host.twin.pictures import board_picture, face_picture, table_picture, tray_picture, tray_size
from host.twin.pieces import Piece
from host.twin.play import play, rotor
from host.twin.surface import Surface

__all__ = [
    "HEIGHT_PX",
    "STEP_US",
    "WIDTH_PX",
    "Handles",
    "build",
    "follow_ties",
    "handles",
]

STEP_US = 500
"""Physics step. The stiffest mode is the lift on its motor (240 Hz); half a millisecond follows it stably."""
WIDTH_PX, HEIGHT_PX = 1280, 720

_MOVING_MASS_KG = 0.18
_LIFT_PUSH_N = 3.0
_GRAVITY = 9.81


@dataclass(frozen=True)
class Handles:
    """Where things are in MuJoCo's arrays."""

    joint_qpos: tuple[int, int, int, int]
    """Addresses of shoulder, elbow, lift and nose in qpos."""
    joint_dof: tuple[int, int, int, int]
    motor_qpos: tuple[int, int, int]
    """Addresses of what the three motors turn: the rotors of shoulder and elbow, and the lift itself."""
    motor_dof: tuple[int, int, int]
    piece_body: NDArray[np.int32]
    piece_qpos: NDArray[np.int32]
    piece_dof: NDArray[np.int32]
    nose_body: int
    nose_site: int
    hand_mocap: int
    camera: int
    shadow_mesh: int


def handles(model: mujoco.MjModel) -> Handles:
    """Look up the named parts of a model made by `build`."""
    joints = [model.joint(name) for name in ("shoulder", "elbow", "lift", "nose")]
    # A gantry's drums sit on their motors.
    rotors = ("shoulder", "elbow") if model.ntendon == 0 else ("shoulder_rotor", "elbow_rotor")
    motors = [model.joint(name) for name in (*rotors, "lift")]
    bodies = [model.body(f"piece{index}") for index in range(32)]
    frees = [model.joint(f"piece{index}") for index in range(32)]
    return Handles(
        joint_qpos=tuple(int(joint.qposadr[0]) for joint in joints),  # type: ignore[arg-type]
        joint_dof=tuple(int(joint.dofadr[0]) for joint in joints),  # type: ignore[arg-type]
        motor_qpos=tuple(int(motor.qposadr[0]) for motor in motors),  # type: ignore[arg-type]
        motor_dof=tuple(int(motor.dofadr[0]) for motor in motors),  # type: ignore[arg-type]
        piece_body=np.array([body.id for body in bodies], dtype=np.int32),
        piece_qpos=np.array([joint.qposadr[0] for joint in frees], dtype=np.int32),
        piece_dof=np.array([joint.dofadr[0] for joint in frees], dtype=np.int32),
        nose_body=int(model.body("nose").id),
        nose_site=int(model.site("face").id),
        hand_mocap=int(model.body("hand").mocapid[0]),
        camera=int(model.camera("overhead").id),
        shadow_mesh=int(model.mesh("shadow").id),
    )


def follow_ties(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """Put what belts pull where its drum stands now."""
    for tie in range(model.neq):
        slide, drum = model.eq_obj1id[tie], model.eq_obj2id[tie]
        ratio = model.eq_data[tie, 1]
        data.qpos[model.jnt_qposadr[slide]] = ratio * data.qpos[model.jnt_qposadr[drum]]


def build(
    robot: Robot,
    noise: Noise,
    pieces: Sequence[Piece],
    errors: ArmErrors,
    surface: Surface,
    rng: np.random.Generator,
) -> mujoco.MjModel:
    """Compile the model. `rng` draws what is seen but not felt: grain, camera pose, style of the set."""
    assets: dict[str, bytes] = {}
    style = ("kai", "song")[int(rng.integers(2))]
    faces = "".join(_face(label, style, assets, rng) for label in "KABNRCPkabnrcp")
    assets["table.png"] = _png(table_picture(rng))
    assets["board.png"] = _png(board_picture(robot, style, rng))
    assets["tray.png"] = _png(tray_picture(robot, rng))
    xml = f"""
<mujoco model="qiyou">
  <compiler angle="radian" autolimits="true" inertiafromgeom="auto"/>
  <option timestep="{STEP_US * 1e-6}" integrator="implicitfast" cone="elliptic" impratio="10"
          gravity="0 0 -{_GRAVITY}">
    <flag sleep="enable" multiccd="enable"/>
  </option>
  <visual>
    <global offwidth="{WIDTH_PX}" offheight="{HEIGHT_PX}"/>
    <quality offsamples="0" shadowsize="0"/>
    <headlight ambient="0.42 0.42 0.42" diffuse="0 0 0" specular="0 0 0"/>
    <map znear="0.05" zfar="10"/>
  </visual>
  <asset>
    <texture name="table" type="2d" file="table.png"/> <material name="table" texture="table" specular="0.1"/>
    <texture name="board" type="2d" file="board.png"/> <material name="board" texture="board" specular="0.1"/>
    <texture name="tray" type="2d" file="tray.png"/> <material name="tray" texture="tray" specular="0.1"/>
    <material name="wood" rgba="0.86 0.74 0.56 1" specular="0.2"/>
    <material name="shell" rgba="0.88 0.89 0.90 1" specular="0.4"/>
    <material name="dark" rgba="0.16 0.17 0.19 1" specular="0.4"/>
    <material name="steel" rgba="0.62 0.63 0.65 1" specular="0.7"/>
    <material name="paper" rgba="0.93 0.93 0.92 1" specular="0.05"/>
    <material name="ink" rgba="0.07 0.07 0.08 1" specular="0.05"/>
    <material name="skin" rgba="0.84 0.64 0.53 1" specular="0.1"/>
    <material name="sleeve" rgba="0.24 0.33 0.50 1" specular="0.0"/>
    {faces}
    {"".join(piece_mesh(piece) for piece in pieces)}
    {shadow_mesh(robot.piece.diameter / 2)}
    {surface.assets()}
  </asset>
  <worldbody>
    <light directional="true" dir="0.35 -0.25 -1" diffuse="0.62 0.61 0.59" specular="0.25 0.25 0.25"
           castshadow="false"/>
    <light directional="true" dir="-0.5 0.4 -1" diffuse="0.12 0.12 0.13" specular="0 0 0" castshadow="false"/>
    {_camera(robot, noise, rng)}
    <geom name="surface" type="plane" size="2 2 0.1" group="3" friction="0.05 0.001 0.0001" {CONTACT}/>
    {_furniture(robot)}
    {_gantry(robot, noise, errors) if robot.geometry.gantry else _arm(robot, noise, errors)}
    {"".join(piece_body(piece) for piece in pieces)}
    {hand_body()}
  </worldbody>
  {gantry_ties(robot, errors) if robot.geometry.gantry else play(noise)}
</mujoco>"""
    return mujoco.MjModel.from_xml_string(xml, assets)


def _face(label: str, style: str, assets: dict[str, bytes], rng: np.random.Generator) -> str:
    name = f"face_{'red' if label.isupper() else 'black'}_{label.lower()}"
    assets[f"{name}.png"] = _png(face_picture(label, style, rng))
    return (
        f'<texture name="{name}" type="2d" file="{name}.png"/>'
        f'<material name="{name}" texture="{name}" specular="0.2" shininess="0.3"/>'
    )


def _png(picture: NDArray[np.uint8]) -> bytes:
    """Pack a BGR picture as PNG bytes."""
    done, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise RuntimeError("OpenCV cannot write PNG")
    return bytes(data.tobytes())


def _camera(robot: Robot, noise: Noise, rng: np.random.Generator) -> str:
    camera = noise.camera
    x, y, z = (bounded_normal(rng, camera.position_sigma_mm, camera.position_max_mm) * 1e-3 for _ in range(3))
    tilts = [math.radians(bounded_normal(rng, camera.tilt_sigma_deg, camera.tilt_max_deg)) for _ in range(3)]
    # The field and the worst mount must fit: position and tilt move the picture by up to 13 mm.
    half = robot.board.field_depth / 2 + 0.018
    fovy = 2.0 * math.degrees(math.atan(half / robot.camera.height))
    turn = " ".join(f"{tilt:.6f}" for tilt in tilts)
    return (
        f'<camera name="overhead" pos="{x:.6f} {y:.6f} {robot.camera.height + z:.6f}" euler="{turn}" '
        f'fovy="{fovy:.4f}"/>'
    )


def _furniture(robot: Robot) -> str:
    tray_wide, tray_deep, middle = tray_size(robot)
    tray = robot.tray
    trays = "".join(
        f'<geom type="box" size="{tray_wide / 2} {tray_deep / 2} 0.003" pos="{x} {y} -0.003" '
        f'euler="0 0 {turn}" material="tray" {SEEN}/>'
        for x, y, turn in (
            (tray.left_x - middle, tray.left_y, tray.left_turn),
            (tray.right_x + middle, tray.right_y, tray.right_turn),
        )
    )
    return f"""
    <geom type="box" size="0.8 0.8 0.01" pos="0 0 -0.016" material="table" {SEEN}/>
    <geom type="mesh" mesh="board" material="board" mass="0" {SEEN}/>
    <geom type="hfield" hfield="board" group="3" friction="0.05 0.001 0.0001" {CONTACT}/>
    {trays}"""


def _gantry(robot: Robot, noise: Noise, errors: ArmErrors) -> str:
    """The gantry; like the arm, it touches pieces with its nose alone."""
    return gantry_body(robot, errors, _tool(robot, noise, errors), f'material="shell" {SEEN}')


def _arm(robot: Robot, noise: Noise, errors: ArmErrors) -> str:
    """The SCARA arm: only nose and its rod can touch pieces; everything else stays above `underside`."""
    arm = robot.arm
    link1, link2 = arm.link1 + errors.link1_m, arm.link2 + errors.link2_m
    low, high = arm.underside + 0.016, arm.underside + 0.046
    column = high / 2 - 0.01
    y = -(4.5 * robot.board.pitch + arm.base_distance) + errors.shift_y_m
    shoulder, elbow = robot.shoulder, robot.elbow
    stop = math.radians(2.5)
    shell, dark = (f'material="{name}" {SEEN}' for name in ("shell", "dark"))
    return f"""
    <geom type="cylinder" size="0.045 {column}" pos="0 {y} {column}" material="dark" {SEEN}/>
    <body name="rotor1" pos="{errors.shift_x_m} {y} {high}" sleep="never">
      {rotor("shoulder_rotor", SHOULDER_MOTOR, shoulder.gear)}
    </body>
    <body name="link1" pos="{errors.shift_x_m} {y} {high}" euler="0 0 {errors.turn_rad}" sleep="never">
      <joint name="shoulder" type="hinge" axis="0 0 1" range="{shoulder.low - stop} {shoulder.high + stop}"
             damping="0.05" frictionloss="{errors.shoulder_friction_nm}"/>
      <geom type="box" size="{link1 / 2} 0.022 0.014" pos="{link1 / 2} 0 0" mass="0.45" {shell}/>
      <geom type="cylinder" size="0.034 0.015" mass="0.05" {shell}/>
      <geom type="cylinder" size="0.030 0.015" pos="{link1} 0 0" mass="0.05" {shell}/>
      <geom type="cylinder" size="0.012 0.017" pos="{link1} 0 0" mass="0.01" {dark}/>
      <body name="rotor2" pos="{link1} 0 {low - high}">
        {rotor("elbow_rotor", ELBOW_MOTOR, elbow.gear)}
      </body>
      <body name="link2" pos="{link1} 0 {low - high}">
        <joint name="elbow" type="hinge" axis="0 0 1" range="{elbow.low - stop} {elbow.high + stop}"
               damping="0.03" frictionloss="{errors.elbow_friction_nm}"/>
        <geom type="box" size="{link2 / 2} 0.018 0.012" pos="{link2 / 2} 0 0" mass="0.25" {shell}/>
        <geom type="cylinder" size="0.024 0.013" pos="{link2} 0 0" mass="0.06" {shell}/>
        <geom type="box" size="0.017 0.017 0.016" pos="{link2 - 0.035} 0 0.026" mass="0.08" {dark}/>
        <body name="lift" pos="{link2} 0 {-low}">{_tool(robot, noise, errors)}</body>
      </body>
    </body>"""


def _tool(robot: Robot, noise: Noise, errors: ArmErrors) -> str:
    """What hangs on the end of the arm: the lift on its screw, and the sprung nose."""
    lift, nose = robot.lift, robot.nose
    lift_gear = 2.0 * math.pi / lift.lead
    # Spring balance: at mid-height it carries the moving mass and pushes up by _LIFT_PUSH_N.
    spring = 8.0
    rest = 0.5 * (lift.low + lift.high) + (_MOVING_MASS_KG * _GRAVITY + _LIFT_PUSH_N) / spring
    # The nose spring: planned force at half travel, 75 % of it as preload.
    nose_spring = 0.5 * nose.force / nose.travel
    nose_rest = -0.75 * nose.force / nose_spring
    feet = "".join(
        f'<geom type="sphere" size="0.001" pos="{0.0065 * math.cos(a):.6f} {0.0065 * math.sin(a):.6f} 0.001" '
        f'contype="2" conaffinity="1" friction="0.4 0.001 0.0001" mass="0.0005" group="3" {CONTACT}/>'
        for a in (k * math.pi / 3 for k in range(6))
    )
    return f"""
        <joint name="lift" type="slide" axis="0 0 1" range="{lift.low - 0.003} {lift.high + 0.002}"
               armature="{LIFT_MOTOR.rotor_inertia_kg_m2 * lift_gear**2}" damping="15"
               solreflimit="0.004 1" stiffness="{spring}" springref="{rest}"
               frictionloss="{noise.motor.lift_friction_n}"/>
        <geom type="cylinder" size="0.005 0.079" pos="0 0 0.119" material="steel"
              mass="{_MOVING_MASS_KG - 0.02}" {SEEN}/>
        {_marker(errors)}
        <body name="nose">
          <joint name="nose" type="slide" axis="0 0 1" range="0 {nose.travel}" damping="1.5"
                 solreflimit="0.002 1" stiffness="{nose_spring}" springref="{nose_rest}"/>
          <site name="face" pos="0 0 0" size="0.001" group="4"/>
          <geom type="cylinder" size="0.008 0.017" pos="0 0 0.0176" material="dark" mass="0.017" group="1"
                contype="2" conaffinity="1" friction="0.4 0.001 0.0001" {CONTACT}/>
          {feet}
        </body>"""


def _marker(errors: ArmErrors) -> str:
    """The printed disc on top of the rod, in the frame of the lift's body; nothing but ink on card."""
    at = f"{errors.marker_x_m} {errors.marker_y_m}"
    top = marker.HEIGHT + errors.marker_z_m
    return (
        f'<geom type="cylinder" size="{marker.DISC_RADIUS} 0.0007" pos="{at} {top - 0.0009}" '
        f'material="paper" mass="0" {SEEN}/>'
        f'<geom type="cylinder" size="{marker.DOT_RADIUS} 0.0001" pos="{at} {top - 0.0001}" '
        f'material="ink" mass="0" {SEEN}/>'
    )
