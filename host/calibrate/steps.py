"""What the robot measures of itself, one step after the other, each into the result as soon as it is done.

Before it begins a person clears the board but for both generals and one chariot on the middle point (in the
twin the board is set up so). Each step leaves the arm parked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from host.arm.frames import Point, Seat, square_board, turn_seat
from host.arm.joints import Joints
from host.calibrate.bundle import PARAMETERS, Fit, MarkerSight, PushSight, Sights, fit
from host.calibrate.errors import MeasurementError
from host.calibrate.pictures import Drawing
from host.calibrate.pushes import push_around, see_piece
from host.calibrate.result import STEPS, Calibration
from host.calibrate.rig import Rig
from host.calibrate.scene import NO_BOARD, Scene
from host.calibrate.sweep import sweep_joints
from host.calibrate.touch import measure_heights
from host.calibrate.tour import show_marker
from host.calibrate.trays import measure_trays
from host.game.eyes import Reads
from vision.geometry import LATTICE, homography_from_corners
from vision.gridfield import fit_field
from vision.gridlines import refine_homography

__all__ = ["GUIDE", "PLACEMENT", "SET_UP", "Calibrator", "Keep", "Told"]

PLACEMENT = "3k5/9/9/9/9/4R4/9/9/9/5K3"
"""How the board is set up: both generals, not facing each other, and a chariot that is carried around."""

SET_UP = (
    "Please set up the board with red at the robot: the red general on f0, the black general on d9, a red "
    "chariot on e4, and nothing else on it. Glue the marker flat onto the top of the lift's rod."
)
"""What the person beside should do before the first step."""

GUIDE = {
    "lens": "the camera looks at the empty lines of the board. See that nobody's hand is over it.",
    "height": "the nose touches two pieces and stands one on the other. Keep your hands away from the arm.",
    "encoders": "both joints sweep over their whole range. Keep the space round the arm free.",
    "marker": "the arm shows the marker on its lift to the camera. Do not touch the table.",
    "arm": "the nose pushes the chariot gently, here and there. Do not touch the table.",
    "tray": "the camera looks at the trays. Pieces may lie in their slots.",
    "proof": "the arm carries the chariot round and looks where it stands.",
}
"""What each step does, and what the person beside should do."""

_MOST_LENS_RESIDUAL = 0.01
_MOST_GRID_PX = 0.20
_MOST_MARKER_MM = 0.08
_MOST_PUSH_MM = 0.15
_MOST_PROOF_MM = 0.6
_PROOF = ((0, 9), (8, 8), (8, 1), (1, 4))
_ENLARGED = 200.0

Told = Callable[[str], None]
Keep = Callable[[Calibration, str, NDArray[np.uint8]], None]
"""Given the result after every step, the step's name and a picture of what it saw (uint8 BGR)."""


class Calibrator:
    """Measures one robot. `told` hears a line about each step."""

    def __init__(self, rig: Rig, seat: Seat, looker: Reads, keep: Keep, told: Told) -> None:
        self._rig = rig
        self._scene = Scene(rig, seat, looker)
        self._keep = keep
        self._told = told

    def run(self, known: Calibration) -> Calibration:
        """Do the steps that `known` lacks. Raises `MeasurementError` when one is too bad to be kept."""
        measures: dict[str, Callable[[Calibration], tuple[Calibration, Drawing]]] = {
            "lens": self._lens,
            "height": self._height,
            "encoders": self._encoders,
            "marker": self._marker,
            "arm": self._arm,
            "tray": self._tray,
            "proof": self._proof,
        }
        for number, step in enumerate(STEPS, start=1):
            if known.done(step):
                self._told(f"{step}: measured before, kept")
                continue
            self._told(f"Step {number} of {len(STEPS)}, {step}: {GUIDE[step]}")
            known, drawing = measures[step](known)
            self._keep(known, step, drawing.image)
        return known

    # --- camera -----------------------------------------------------------------------------------

    def _lens(self, known: Calibration) -> tuple[Calibration, Drawing]:
        """How lens and board bend the grid, and how well that is known."""
        reading, frame = self._scene.look()
        field = None
        if reading.corners is not None:
            refined = refine_homography(frame.image, homography_from_corners(reading.corners))
            field = None if refined is None else fit_field(frame.image, refined)
        if field is None or field.residual_cells > _MOST_LENS_RESIDUAL:
            raise MeasurementError(NO_BOARD)
        pitch = self._rig.robot.board.pitch
        bend = float(np.hypot(*(field.correct(LATTICE) - LATTICE).T).max()) * pitch * 1e3
        words = f"lens: the grid bends by up to {bend:.2f} mm, known to {field.residual_cells:.4f} cells"
        self._told(words)
        sights, _ = self._scene.grid()
        drawing = Drawing(frame.image).dots([each.pixel for each in sights]).words([words])
        return replace(known, lens_residual_cells=field.residual_cells, lens_bend_mm=bend), drawing

    # --- nose and joints ----------------------------------------------------------------------------

    def _height(self, known: Calibration) -> tuple[Calibration, Drawing]:
        piece, floor = measure_heights(self._scene, self._told)
        words = f"height: a piece is {piece * 1e3:.2f} mm high"
        _, frame = self._scene.look()
        fresh = self._from_grid()
        touched = [self._pixel(fresh, point) for point in self._scene.set_up()[:2]]
        drawing = Drawing(frame.image).crosses(touched).words([words])
        return replace(known, height_piece_m=piece, height_floor_m=floor), drawing

    def _encoders(self, known: Calibration) -> tuple[Calibration, Drawing]:
        curves, plays = sweep_joints(self._rig, self._told)
        left = tuple(curve.residual_counts for curve in curves)
        words = [f"encoders: {max(left):.2f} counts are left"]
        words.append(f"free play: {plays[0] * 1e3:.2f} and {plays[1] * 1e3:.2f} mrad")
        result = replace(
            known,
            encoders_shoulder=curves[0].terms,
            encoders_elbow=curves[1].terms,
            encoders_residual_counts=left,
            play_shoulder_rad=plays[0],
            play_elbow_rad=plays[1],
        )
        return result, Drawing(self._rig.picture().image).words(words)

    # --- the whole arm ----------------------------------------------------------------------------

    def _marker(self, known: Calibration) -> tuple[Calibration, Drawing]:
        sights = show_marker(self._scene, self._from_grid().camera, self._told)
        words = f"marker: seen {len(sights)} times"
        self._told(words)
        flat = [value for sight in sights for value in (*sight.joints, *sight.pixel)]
        drawing = Drawing(self._rig.picture().image).dots([each.pixel for each in sights], 4.0)
        return replace(known, marker_sights=tuple(flat)), drawing.words([words])

    def _arm(self, known: Calibration) -> tuple[Calibration, Drawing]:
        markers = _sights(known)
        grid, focal = self._scene.grid()
        size = self._size()

        def fitted(pushes: list[PushSight]) -> Fit:
            return fit(Sights(self._rig.robot, size, focal, grid, markers, pushes))

        height = known.height_piece_m or self._rig.robot.piece.height
        pushes = push_around(self._scene, fitted([]), height, self._told, fitted)
        found = fitted(pushes)
        _refuse_bad(found)
        for name in PARAMETERS:
            self._told(f"arm: {_said(name, found[name], found.deviation(name))}")
        words = [
            f"left over: grid {found.grid_px:.3f} px, marker {found.marker_px:.3f} px = "
            f"{found.marker_mm:.3f} mm, pushes {found.push_mm:.3f} mm ({found.left_out} left out)"
        ]
        self._told(f"arm: {words[0]}")
        drawing = Drawing(self._rig.picture().image).dots([each.pixel for each in markers], 4.0)
        places = [each.pixel for each in markers]
        drawing.arrows(places, found.marker_left(self._rig.robot, markers).tolist(), _ENLARGED)
        drawing.crosses([each.pixel for each in pushes])
        words.append(f"red: what is left of the marker, {_ENLARGED:.0f} times; blue: pushed pieces")
        result = replace(
            known,
            arm={name: found[name] for name in PARAMETERS},
            arm_sigma={name: found.deviation(name) for name in PARAMETERS},
            arm_covariance=tuple(float(value) for value in found.covariance.ravel()),
            arm_grid_px=found.grid_px,
            arm_marker_px=found.marker_px,
            arm_marker_mm=found.marker_mm,
            arm_push_mm=found.push_mm,
        )
        return result, drawing.words(words)

    def _tray(self, known: Calibration) -> tuple[Calibration, Drawing]:
        found = self._known_fit(known)
        trays = measure_trays(self._rig, found.camera, self._told)
        drawing = Drawing(self._rig.picture().image).dots(trays.pixels, trays.radius_px)
        drawing.words([f"tray: {trays.residual_mm:.2f} mm are left"])
        result = replace(
            known, tray_left=trays.left, tray_right=trays.right, tray_residual_mm=trays.residual_mm
        )
        return result, drawing

    def _proof(self, known: Calibration) -> tuple[Calibration, Drawing]:
        """Carry the piece and look: the whole of it, slip included."""
        found, scene = self._known_fit(known), self._scene
        height = known.height_piece_m or self._rig.robot.piece.height
        place = see_piece(scene, found, scene.set_up().chariot, height)
        offs, ends = [], []
        for file, rank in _PROOF:
            if place is None:
                raise MeasurementError("the chariot is not where it was put down; see that the magnet holds")
            goal = turn_seat(square_board(scene.robot, rank * 9 + file), "red")
            scene.carry(found.geometry, place[1], goal)
            scene.rig.park()
            scene.rig.settle()
            place = see_piece(scene, found, goal, height)
            if place is not None:
                offs.append(1e3 * math.dist(place[1], goal))
                ends.append(place[0])
        rms = float(np.sqrt(np.mean(np.square(offs)))) if offs else math.inf
        if len(offs) < len(_PROOF) or rms > _MOST_PROOF_MM:
            raise MeasurementError(
                f"carried pieces stand {rms:.2f} mm off; {_MOST_PROOF_MM} mm are allowed: see that the arm's "
                "base is fixed and its joints are tight"
            )
        words = f"proof: carried pieces stand {', '.join(f'{off:.2f}' for off in offs)} mm off"
        self._told(words)
        drawing = Drawing(self._rig.picture().image).crosses(ends).words([words])
        return replace(known, proof_mm=tuple(offs)), drawing

    # --- what is known --------------------------------------------------------------------------------

    def _size(self) -> tuple[int, int]:
        height, width = self._rig.picture().image.shape[:2]
        return width, height

    def _from_grid(self) -> Fit:
        """The camera as the printed lines alone show it."""
        grid, focal = self._scene.grid()
        return fit(Sights(self._rig.robot, self._size(), focal, grid))

    def _known_fit(self, known: Calibration) -> Fit:
        values = np.array([known.arm[name] for name in PARAMETERS])
        return Fit.known(self._rig.robot, values, self._size())

    def _pixel(self, known: Fit, point: Point) -> tuple[float, float]:
        x, y = known.camera.project(np.array([[*point, self._rig.robot.piece.height]]))[0]
        return float(x), float(y)


def _sights(known: Calibration) -> list[MarkerSight]:
    rows = np.array(known.marker_sights).reshape(-1, 5)
    return [MarkerSight(Joints(*row[:3]), (float(row[3]), float(row[4]))) for row in rows.tolist()]


def _refuse_bad(found: Fit) -> None:
    if found.grid_px > _MOST_GRID_PX:
        raise MeasurementError(
            f"the printed lines lie {found.grid_px:.2f} px from where one flat board would have them, and "
            f"{_MOST_GRID_PX} px are allowed: see that board and camera are fixed, and calibrate again"
        )
    if found.marker_mm > _MOST_MARKER_MM:
        raise MeasurementError(
            f"the marker is {found.marker_mm:.2f} mm from where one arm would have it, and {_MOST_MARKER_MM} "
            "mm are allowed: see that marker, base, joints and camera are tight, and calibrate again"
        )
    if found.push_mm > _MOST_PUSH_MM:
        raise MeasurementError(
            f"the pushed piece stands {found.push_mm:.2f} mm from where one nose would push it, and "
            f"{_MOST_PUSH_MM} mm are allowed: see that the nose is tight and the board does not slide"
        )


def _said(name: str, value: float, sigma: float) -> str:
    """One parameter in a unit that people read."""
    if name.endswith("_m"):
        return f"{name[:-2]} {value * 1e3:+.3f} mm (sigma {sigma * 1e3:.3f})"
    if name.endswith("_rad"):
        return f"{name[:-4]} {value * 1e3:+.3f} mrad (sigma {sigma * 1e3:.3f})"
    if name.endswith("_px"):
        return f"{name[:-3]} {value:.2f} px (sigma {sigma:.2f})"
    return f"{name} {value:+.5f} (sigma {sigma:.5f})"
