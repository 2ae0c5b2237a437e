"""What the robot measures of itself, one step after the other, with the arm on the bench of the twin.

Before it begins a person clears the board but for both generals and one chariot on the middle point (in the
twin the board is set up so). Each step leaves the arm parked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from host.arm.choreography import MoveStep, Scene, Task, centres, plan_tasks
from host.arm.encoder_curve import fit_curve, missed_cycles
from host.arm.errors import CurveError
from host.arm.frames import Seat
from host.arm.joints import Joints, Usteps
from host.arm.moves import ease, lower, raise_nose, swing, travel_usteps
from host.arm.parts import Joint
from host.calibrate.errors import MeasurementError
from host.calibrate.result import STEPS, Calibration
from host.game.eyes import CameraEyes
from host.game.practice import Practice
from host.trial.bench import Bench
from vision.geometry import LATTICE, homography_from_corners
from vision.gridfield import fit_field
from vision.gridlines import refine_homography
from vision.look import Looker
from vision.reading import Reading, fen_order_to_board

__all__ = ["PLACEMENT", "Calibrator"]

PLACEMENT = "3k5/9/9/9/9/4R4/9/9/9/5K3"
"""How the board is set up: both generals, not facing each other, and a chariot that is carried around."""

_PLACES = 33
_READINGS = 16
_READING_US = 1_000
_TOUR = (40, 0, 8, 44, 80, 72, 36, 20, 67, 24, 60, 31)
"""Squares the piece is carried to: corners, edges and the middle, near and far."""
_MOST_LENS_RESIDUAL = 0.01
_MOST_PLACED_MM = 0.6
_STROKE_M = 0.0001

Told = Callable[[str], None]


class Calibrator:
    """Measures one robot. `keep` is given the result after every step, `told` a line about each."""

    def __init__(
        self, bench: Bench, seat: Seat, looker: Looker, keep: Callable[[Calibration], None], told: Told
    ) -> None:
        self._bench = bench
        self._robot = bench.robot
        self._seat: Seat = seat
        self._keep = keep
        self._told = told
        self._practice = Practice(bench.robot, seat)
        self._looker = looker
        self._eyes = CameraEyes(bench.picture, looker, bench.robot, _only_look)

    def run(self, known: Calibration) -> Calibration:
        """Do the steps that `known` lacks. Raises `MeasurementError` when one is too bad to be kept."""
        measures: dict[str, Callable[[Calibration], Calibration]] = {
            "lens": self._lens,
            "height": self._height,
            "encoders": self._encoders,
            "geometry": self._geometry,
        }
        for step in STEPS:
            if known.done(step):
                self._told(f"{step}: measured before, kept")
                continue
            known = measures[step](known)
            self._keep(known)
        return known

    # --- camera -----------------------------------------------------------------------------------

    def _lens(self, known: Calibration) -> Calibration:
        """How lens and board bend the grid, and how well that is known."""
        reading, frame = self._eyes.look(), self._eyes.frame
        field = None
        if reading.corners is not None and frame is not None:
            refined = refine_homography(frame.image, homography_from_corners(reading.corners))
            field = None if refined is None else fit_field(frame.image, refined)
        if field is None or field.residual_cells > _MOST_LENS_RESIDUAL:
            raise MeasurementError(
                "the printed lines of the board cannot be measured: clear the board, light it evenly and see "
                "that the camera sees all of it"
            )
        bend = float(np.hypot(*(field.correct(LATTICE) - LATTICE).T).max()) * self._robot.board.pitch * 1e3
        self._told(f"lens: the grid bends by up to {bend:.2f} mm, known to {field.residual_cells:.4f} cells")
        return replace(known, lens_residual_cells=field.residual_cells, lens_bend_mm=bend)

    # --- nose -------------------------------------------------------------------------------------

    def _height(self, known: Calibration) -> Calibration:
        """Lower the nose onto the piece until its switch closes: the top of the piece is that far above."""
        bench, robot = self._bench, self._robot
        reading = self._eyes.look()
        square = fen_order_to_board(reading.labels).find("R")
        if square < 0:
            raise MeasurementError("the red chariot was not found on the board; put it on the middle point")
        offset = self._eyes.measure((square,)).get(square, (0.0, 0.0))
        scene = Scene(self._seat, centres(robot, [square], {square: offset}), bench.usteps)
        stages = plan_tasks(robot, scene, [Task(square, square, "correct")], park=False)
        above = next(step for step in stages[0].fetch if isinstance(step, MoveStep))
        bench.move(above.motion)
        height = robot.touch_height
        bench.move(lower(robot, bench.usteps, height, "down to the piece"))
        while not bench.nose_pressed():
            height -= _STROKE_M
            if height < robot.lift.low:
                raise MeasurementError("the nose switch did not close on the piece; see that the nose moves")
            bench.move(lower(robot, bench.usteps, height, "a little farther down"))
        top = robot.joints(bench.usteps).lift + robot.nose.switch
        bench.move(raise_nose(robot, bench.usteps, "up", holding=False))
        bench.park()
        self._told(f"height: the top of the piece is {top * 1e3:.2f} mm up")
        return replace(known, height_piece_m=top)

    # --- joints -----------------------------------------------------------------------------------

    def _encoders(self, known: Calibration) -> Calibration:
        """Sweep both joints: the bend of their encoders, and how much the other side's approach differs."""
        up, down = self._sweep()
        axes = (self._robot.shoulder, self._robot.elbow)
        try:
            curves = [
                fit_curve(joint, [usteps[axis] for usteps, _ in up], [counts[axis] for _, counts in up])
                for axis, joint in enumerate(axes)
            ]
        except CurveError as error:
            self._bench.park()
            raise MeasurementError(str(error)) from error
        plays = []
        for axis, (joint, curve) in enumerate(zip(axes, curves, strict=True)):
            offs = [curve.off(joint, usteps[axis], counts[axis]) for usteps, counts in down]
            if any(missed_cycles(joint, value) for value in offs):
                raise MeasurementError("a motor lost steps in the sweep; see that the arm moves freely")
            plays.append(abs(float(np.mean(offs))) * math.tau / joint.encoder_counts)
        left = tuple(curve.residual_counts for curve in curves)
        self._told(f"encoders: at most {max(left):.2f} counts are left after linearisation")
        return replace(
            known,
            encoders_shoulder=curves[0].terms,
            encoders_elbow=curves[1].terms,
            encoders_residual_counts=left,
            play_shoulder_rad=plays[0],
            play_elbow_rad=plays[1],
        )

    def _sweep(self) -> tuple[list[_Sample], list[_Sample]]:
        """Readings along the range, each place approached from the usual side, and from the other."""
        bench, robot = self._bench, self._robot
        up: list[_Sample] = []
        down: list[_Sample] = []
        margin = 2.0 * max(robot.shoulder.approach, robot.elbow.approach) + math.radians(1.0)
        for share in np.linspace(0.0, 1.0, _PLACES):
            angles = [_between(joint, float(share), margin) for joint in (robot.shoulder, robot.elbow)]
            shoulder, elbow, _ = robot.usteps(Joints(angles[0], angles[1], 0.0))
            place = (shoulder, elbow, travel_usteps(robot))
            bench.move(swing(robot, bench.usteps, place, "sweep", approach=True))
            up.append((place, self._read()))
            beyond = _mirrored(robot.shoulder, robot.elbow, place)
            bench.move(swing(robot, bench.usteps, beyond, "beyond"))
            bench.move(ease(robot, bench.usteps, place, "back"))
            down.append((place, self._read()))
        bench.park()
        return up, down

    def _read(self) -> tuple[float, float]:
        """The mean of a few readings of both encoders (counts)."""
        readings = []
        for _ in range(_READINGS):
            self._bench.wait(_READING_US)
            readings.append(self._bench.encoders())
        counts = (self._robot.shoulder.encoder_counts, self._robot.elbow.encoder_counts)
        means = []
        for axis, turn in enumerate(counts):
            first = readings[0][axis]
            means.append(first + float(np.mean([math.remainder(r[axis] - first, turn) for r in readings])))
        return means[0], means[1]

    # --- the whole arm ----------------------------------------------------------------------------

    def _geometry(self, known: Calibration) -> Calibration:
        """Carry a piece around the board, look at it at every stop, and fit the arm to all of it."""
        bench, robot = self._bench, self._robot
        height = known.height_piece_m or robot.piece.height
        # The camera undoes the height of the very piece it follows.
        seen_as = replace(robot, piece=replace(robot.piece, height=height))
        eyes = CameraEyes(bench.picture, self._looker, seen_as, _only_look, self._practice.measured)
        offs: list[float] = []
        square = _TOUR[0]
        for target in (*_TOUR[1:], _TOUR[0]):
            board = fen_order_to_board(eyes.look().labels)
            standing = [each for each in range(90) if board[each].isalpha()]
            if board[square] != "R" or target in standing:
                raise MeasurementError("the chariot is not where it was put down; see that the magnet holds")
            offsets = eyes.measure((square,))
            self._practice.forget()
            standing_at = centres(robot, standing, offsets)
            scene = Scene(self._seat, standing_at, bench.usteps, aim=self._practice.aim)
            stages = plan_tasks(robot, scene, [Task(square, target, "move")], park=True)
            for stage in stages:
                bench.run(stage.steps)
            bench.settle()
            self._practice.put_down(stages[0])
            eyes.look()
            off = eyes.measure((target,)).get(target)
            if off is None:
                raise MeasurementError("the chariot was not seen where it was put; light the board evenly")
            offs.append(1e3 * math.hypot(*off))
            self._told(f"geometry: {len(offs)} of {len(_TOUR)}, {offs[-1]:.2f} mm off")
            square = target
        residual = float(np.sqrt(np.mean(np.square(offs[len(offs) // 2 :]))))
        aim = self._practice.aim
        if aim is None or residual > _MOST_PLACED_MM:
            raise MeasurementError(
                f"after the tour pieces still stand {residual:.2f} mm off; {_MOST_PLACED_MM} mm are allowed: "
                "see that the arm's base is fixed and its joints are tight"
            )
        self._told(f"geometry: {residual:.2f} mm are left")
        return replace(
            known, geometry=tuple(float(v) for v in aim.geometry.vector()), geometry_residual_mm=residual
        )


_Sample = tuple[Usteps, tuple[float, float]]


def _between(joint: Joint, share: float, margin: float) -> float:
    low, high = joint.low + margin, joint.high - margin
    # From the far end of the range to the park end.
    first, last = (low, high) if joint.park > (joint.low + joint.high) / 2 else (high, low)
    return first + share * (last - first)


def _mirrored(shoulder: Joint, elbow: Joint, place: Usteps) -> Usteps:
    """A place beyond `place`, towards the park end by the length of an approach."""
    beyond = []
    for joint, usteps in ((shoulder, place[0]), (elbow, place[1])):
        towards = 1 if joint.park > (joint.low + joint.high) / 2 else -1
        beyond.append(usteps + towards * round(joint.approach * joint.usteps_per_unit))
    return (beyond[0], beyond[1], place[2])


def _only_look(reading: Reading, size: tuple[int, int]) -> None:
    """Nobody else wants to know what was seen."""
    del reading, size
