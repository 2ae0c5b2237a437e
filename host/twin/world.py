"""The physical world of the twin: pieces on a board, the arm on its motors, a camera above, a hand.

Sans-I/O: time goes in with `advance`, step edges and switch levels go in, sensors and pictures come
out. The same seed and the same inputs give the same state, bit for bit. Lengths in metres, angles in radians,
times in integer microseconds of twin time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import mujoco
import numpy as np
from numpy.typing import NDArray

from host.arm.frames import Point
from host.arm.robot import Robot
from host.arm.robot import load as load_robot
from host.twin import model as plant
from host.twin import rest
from host.twin.arm_errors import draw_arm_errors, lay_out_trays
from host.twin.camera import Camera
from host.twin.fittings import make_drives, make_encoders, make_switches
from host.twin.hand import Hand
from host.twin.magnet import Magnet
from host.twin.motors import FULL_STEPS_PER_CYCLE
from host.twin.noise import Noise
from host.twin.noise import load as load_noise
from host.twin.pieces import START, Piece, draw_set
from host.twin.set_out import lay_pieces, leave_parked
from host.twin.surface import Surface
from host.twin.truth import truth_of

__all__ = ["World", "make_world"]

_STEP_S = plant.STEP_US * 1e-6
_SETTLE_STEPS = 4000
# Nothing on the table that is slower than this (m/s, at the rim or the nose) counts as moving.
_STANDING = 1e-3
_STATE = int(mujoco.mjtState.mjSTATE_INTEGRATION)


def make_world(
    seed: int,
    placement: str = START,
    robot_plays: Literal["red", "black"] = "black",
    robot: str | None = None,
    noise: str | None = None,
) -> World:
    """Make a world from plain values; `robot` and `noise` name files (default: the reference ones)."""
    files = [Path(name) if name else None for name in (robot, noise)]
    return World(load_robot(files[0]), load_noise(files[1]), seed, placement, robot_plays)


class World:
    """The physics. See the module's docstring for units; the frame of `truth` is `board`."""

    def __init__(
        self,
        robot: Robot,
        noise: Noise,
        seed: int,
        placement: str = START,
        robot_plays: Literal["red", "black"] = "black",
    ) -> None:
        """Set up the pieces of `placement` (FEN placement field); the others lie in the trays.

        The arm stands unpowered somewhere near its parked end. Raises `PlacementError`.
        """
        self.robot = robot
        self.noise = noise
        self.robot_plays = robot_plays
        self._seed = seed
        shape = np.random.default_rng([seed, 1])
        self.pieces: tuple[Piece, ...] = draw_set(robot.piece.diameter, robot.piece.height, noise, shape)
        self._errors = draw_arm_errors(noise, shape)
        self.laid_out: Robot = lay_out_trays(robot, noise.board, np.random.default_rng([seed, 5]))
        """The robot with its trays where they really lie."""
        self.surface = Surface(robot, noise.board, shape)
        self._model = plant.build(
            self.laid_out, noise, self.pieces, self._errors, self.surface, np.random.default_rng([seed, 2])
        )
        self._data = mujoco.MjData(self._model)
        self.at = plant.handles(self._model)
        self._rng = np.random.default_rng([seed, 3])
        self._steps = 0
        self._camera: Camera | None = None
        self._frames = 0
        lay_pieces(self, placement, self._rng)
        leave_parked(self, self._rng)
        self._drives = make_drives(robot, noise.motor, self._motors(), shape)
        self._switches = make_switches(robot, noise.arm, self._errors)
        self._encoders = make_encoders(robot, noise.encoder, shape)
        self._magnet = Magnet(self._model, self._data, self.at, self.pieces, noise.magnet, self._rng)
        # Metres that each velocity moves the farthest point: reach of the arm, radius of a piece.
        self._lever = np.ones(self._model.nv)
        turning = [*self.at.joint_dof[:2], *self.at.motor_dof[:2]]
        self._lever[turning] = robot.arm.link1 + robot.arm.link2
        for dof in self.at.piece_dof:
            self._lever[dof + 3 : dof + 6] = robot.piece.diameter / 2
        self.hand = Hand(self, np.random.default_rng([seed, 4]))
        mujoco.mj_forward(self._model, self._data)
        self._sense()
        while self._steps < 100 or (not self.is_quiet() and self._steps < _SETTLE_STEPS):
            self._step()
        self._steps = 0
        self._data.time = 0.0

    def _joints(self) -> tuple[float, float, float, float]:
        """True shoulder, elbow (rad), lift and nose compression (m)."""
        qpos, at = self._data.qpos, self.at.joint_qpos
        return float(qpos[at[0]]), float(qpos[at[1]]), float(qpos[at[2]]), float(qpos[at[3]])

    def _motors(self) -> tuple[float, float, float]:
        """Where the motors have turned the three axes to, free play not counted (rad, rad, m)."""
        shoulder, elbow, lift = (float(self._data.qpos[address]) for address in self.at.motor_qpos)
        return shoulder, elbow, lift

    @property
    def data(self) -> mujoco.MjData:
        """MuJoCo's state, for the hand and for tests."""
        return self._data

    def now_us(self) -> int:
        """Twin time the physics has reached."""
        return self._steps * plant.STEP_US

    def push_edges(
        self,
        axis: int,
        times_us: Sequence[float] | NDArray[np.float64],
        directions: Sequence[int] | NDArray[np.int8],
    ) -> None:
        """Step edges of axis 0 shoulder, 1 elbow, 2 lift; a direction above 0 turns the joint up."""
        self._drives[axis].push(times_us, directions)

    def set_motor_power(self, on: bool) -> None:
        """Close or open the motor gate."""
        for drive in self._drives:
            drive.powered = on

    def set_run_current(self, full: bool) -> None:
        """Full or reduced current in all motors."""
        for drive in self._drives:
            drive.full_current = full

    def slip(self, axis: int, cycles: int) -> None:
        """A motor loses its field: its joint (0 shoulder, 1 elbow) falls by cycles of four full steps.

        Driver and controller count on as if nothing had happened; what the nose holds goes with the arm.
        """
        joint = (self.robot.shoulder, self.robot.elbow)[axis]
        turn = cycles * FULL_STEPS_PER_CYCLE * joint.microsteps / joint.usteps_per_unit
        held = self._magnet.holding
        before = self.data.site_xpos[self.at.nose_site][:2].copy()
        for address in (self.at.joint_qpos[axis], self.at.motor_qpos[axis]):
            self._data.qpos[address] += turn
        mujoco.mj_kinematics(self._model, self._data)
        if held is not None:
            address = self.at.piece_qpos[held]
            self._data.qpos[address : address + 2] += self._data.site_xpos[self.at.nose_site][:2] - before

    def set_magnet(self, permille: int) -> None:
        """Drive of the magnet's H-bridge, -1000 to 1000."""
        self._magnet.drive(permille)

    def inputs(self) -> int:
        """Switches as bits: 0 shoulder limit, 1 elbow limit, 2 lift limit, 3 nose."""
        return sum(switch.closed << bit for bit, switch in enumerate(self._switches))

    def encoder_counts(self) -> tuple[int, int]:
        """What the joint encoders of shoulder and elbow read, 0 to 4095."""
        shoulder, elbow, _, _ = self._joints()
        return self._encoders[0].counts(shoulder, self._steps), self._encoders[1].counts(elbow, self._steps)

    def advance(self, until_us: int) -> None:
        """Integrate up to `until_us`, in whole physics steps of 0.5 ms."""
        last = until_us // plant.STEP_US
        while self._steps < last:
            self._step()

    def _step(self) -> None:
        data, at = self._data, self.at
        until = (self._steps + 1) * plant.STEP_US
        if self.hand.busy:
            self.hand.step(_STEP_S)
        # Halfway through MuJoCo's step the places of all bodies are those of this instant, so that nothing
        # depends on what was computed before it: a restored world continues with the same bits.
        mujoco.mj_step1(self._model, data)
        qpos, qvel, applied = data.qpos, data.qvel, data.qfrc_applied
        for axis, drive in enumerate(self._drives):
            dof = at.motor_dof[axis]
            applied[dof] = drive.force(until, _STEP_S, float(qpos[at.motor_qpos[axis]]), float(qvel[dof]))
        self._magnet.pull(_STEP_S)
        mujoco.mj_step2(self._model, data)
        self._steps += 1
        self._sense()

    def _sense(self) -> None:
        for switch, value in zip(self._switches, self._joints(), strict=True):
            switch.feel(value, self._rng)

    def is_quiet(self) -> bool:
        """Whether nothing moves: no edges wait, arm and pieces stand, no hand is there."""
        if self.hand.busy or any(drive.pending for drive in self._drives):
            return False
        return float(np.abs(self._data.qvel * self._lever).max()) < _STANDING

    def render(self) -> NDArray[np.uint8]:
        """The camera's picture: uint8 BGR (720, 1280, 3). Raises `RendererError` where nothing can draw."""
        camera = self._eye()
        picture = camera.render(self._data)
        self._frames = camera.frames
        return picture

    def glance(self) -> NDArray[np.uint8]:
        """A small picture of the watch stream: uint8 BGR (180, 320, 3). Raises as `render`."""
        return self._eye().glance(self._data, self._steps)

    def _eye(self) -> Camera:
        if self._camera is None:
            self._camera = Camera(self._model, self.at, self.noise.camera, self._seed)
            self._camera.frames = self._frames
        return self._camera

    def piece_seat(self, index: int) -> Point:
        """Where the centre of a piece is now, seat frame."""
        address = self.at.piece_qpos[index]
        return Point(float(self._data.qpos[address]), float(self._data.qpos[address + 1]))

    def truth(self) -> dict[str, Any]:
        """The true state, for reports alone: JSON-able, metres and radians, pieces in the board frame."""
        lags = [drive.lag_usteps(at) for drive, at in zip(self._drives, self._motors(), strict=True)]
        return truth_of(self, self._joints(), lags, self._magnet.holding)

    def _signature(self) -> str:
        """What a rest state must share with this world to be used in it."""
        words = [str(self._seed), self.robot_plays, str(self._model.nq), repr(self.robot), repr(self.noise)]
        return hashlib.sha256("|".join(words).encode()).hexdigest()

    def save(self, path: Path) -> None:
        """Write the complete state; the file appears whole or not at all.

        The world then passes through the same door as a restored one, so that both go on with the same bits.
        """
        size = mujoco.mj_stateSize(self._model, _STATE)
        physics = np.empty(size)
        mujoco.mj_getState(self._model, self._data, physics, _STATE)
        record = {
            "steps": self._steps,
            "frames": self._frames,
            "drives": [drive.state() for drive in self._drives],
            "switches": [switch.state() for switch in self._switches],
            "magnet": self._magnet.state(),
            "hand": self.hand.state(),
            "random": self._rng.bit_generator.state,
        }
        rest.write(path, self._signature(), physics, record)
        self._adopt(physics)

    def _adopt(self, physics: NDArray[np.float64]) -> None:
        """Take over a state vector. Sleep is not part of it: all pieces wake and soon fall asleep again."""
        mujoco.mj_resetData(self._model, self._data)
        mujoco.mj_setState(self._model, self._data, physics, _STATE)
        mujoco.mj_kinematics(self._model, self._data)

    def restore(self, path: Path) -> None:
        """Return to a state written by `save` in a world made with the same robot, noise, seed and colour.

        Raises `RestStateError`, and then leaves the world as it was.
        """
        size = mujoco.mj_stateSize(self._model, _STATE)
        physics, record = rest.read(path, self._signature(), size)
        self._adopt(physics)
        self._steps, self._frames = int(record["steps"]), int(record["frames"])
        for drive, state in zip(self._drives, record["drives"], strict=True):
            drive.set_state(state)
        for switch, state in zip(self._switches, record["switches"], strict=True):
            switch.set_state(state)
        self._magnet.set_state(record["magnet"])
        self.hand.set_state(record["hand"])
        self._rng.bit_generator.state = record["random"]
        if self._camera is not None:
            self._camera.frames = self._frames

    def restart(self) -> None:
        """Begin a new power-on: time counts from zero, nothing is powered, steps under way never come."""
        self.set_motor_power(False)
        self.set_magnet(0)
        self._steps = 0
        self._data.time = 0.0
        for drive in self._drives:
            drive.set_state(drive.state()[:4])
