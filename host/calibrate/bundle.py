"""Everything about one robot fitted at once to everything that was seen and felt of it (bundle adjustment).

The printed grid of the board is the ruler. What is seen of it, of the arm's marker at many places and two
heights, and of a piece that the nose pushed aside, must all agree with one camera, one board and one arm
(Triggs and others, "Bundle adjustment: a modern synthesis", 2000).

What no measurement can tell apart is fixed, and said here: the turn of the board against the arm is counted
to the zero of the shoulder, the plane nearest to the board is height 0, and the optical axis meets the
picture's middle. Each parameter also begins with what the drawing says, at the width of a bad workshop, so
that one that a poor set of measurements does not show stays there and is reported with that width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from host.arm import marker
from host.arm.aim import ArmGeometry
from host.arm.joints import Joints
from host.arm.robot import Robot
from host.calibrate.overhead import OverheadCamera, Surface

__all__ = ["PARAMETERS", "Fit", "GridSight", "MarkerSight", "PushSight", "Sights", "fit"]

Array = NDArray[np.float64]

_WIDTHS = {
    "focal_px": 60.0,
    "k1": 0.05,
    "k2": 0.02,
    "p1": 0.002,
    "p2": 0.002,
    "camera_rx_rad": 0.03,
    "camera_ry_rad": 0.03,
    "camera_rz_rad": 0.03,
    "camera_x_m": 0.02,
    "camera_y_m": 0.02,
    "camera_z_m": 0.02,
    "bow_m": 0.001,
    "cup_m": 0.001,
    "twist_m": 0.001,
    "shoulder_rad": 0.01,
    "elbow_rad": 0.01,
    "link1_m": 0.003,
    "link2_m": 0.003,
    "base_x_m": 0.005,
    "base_y_m": 0.005,
    "marker_x_m": 0.002,
    "marker_y_m": 0.002,
    "marker_z_m": 0.002,
    "rim_m": 0.0003,
    "piece_m": 0.0001,
}
PARAMETERS = tuple(_WIDTHS)
"""Names in the order of the vector. Arm: see `ArmGeometry`; `marker_*`: the marker from where it is drawn, in
the frame of link 2; `rim_m`: how near the nose's axis comes to a piece's centre when it pushes it, less the
drawn radii."""
_AT = {name: index for index, name in enumerate(PARAMETERS)}

_GRID_PX = 0.06
_DOT_PX = 0.04
_PUSH_M = 0.00007
_ROUNDS = 3
_OUTLIER = 4.0
NOSE_RADIUS = 0.008


@dataclass(frozen=True)
class GridSight:
    """A place on a printed line: `board` (x, y, metres in the seat frame, on the line as printed) was seen at
    `pixel`; only the distance across the line counts, along `normal` (unit vector in the picture).
    """

    board: tuple[float, float]
    pixel: tuple[float, float]
    normal: tuple[float, float]


@dataclass(frozen=True)
class MarkerSight:
    """The marker's dot was seen at `pixel` while the motors were counted to `joints`."""

    joints: Joints
    pixel: tuple[float, float]


@dataclass(frozen=True)
class PushSight:
    """The nose pushed a piece and stopped with the motors counted to `joints`; the middle of the piece's top,
    `height` above the board (m), was then seen at `pixel`.
    """

    joints: Joints
    pixel: tuple[float, float]
    height: float


@dataclass(frozen=True)
class Sights:
    """All that was seen of one robot. `size`: width and height of the pictures; `focal`: of the lens (px)."""

    robot: Robot
    size: tuple[int, int]
    focal: float
    grid: Sequence[GridSight] = ()
    markers: Sequence[MarkerSight] = ()
    pushes: Sequence[PushSight] = ()


@dataclass(frozen=True)
class Fit:
    """What was found. `values` and `deviations` (N,) in the order of `PARAMETERS`, `covariance` (6, 6) of the
    six numbers of `ArmGeometry`; the residuals are root mean squares: of the grid and the marker in pixels,
    of the marker at its own height and of the pushes in mm.
    `left_out`: measurements that contradict all others.
    """

    values: Array
    deviations: Array
    covariance: Array
    size: tuple[int, int]
    half: tuple[float, float]
    grid_px: float
    marker_px: float
    marker_mm: float
    push_mm: float
    left_out: int

    def __getitem__(self, name: str) -> float:
        return float(self.values[_AT[name]])

    def deviation(self, name: str) -> float:
        """Standard deviation of one parameter, in its own unit."""
        return float(self.deviations[_AT[name]])

    @classmethod
    def known(cls, robot: Robot, values: Array, size: tuple[int, int]) -> Fit:
        """What was found before, without how well."""
        half = _half(robot)
        count = len(PARAMETERS)
        return cls(values, np.zeros(count), np.zeros((6, 6)), size, half, 0.0, 0.0, 0.0, 0.0, 0)

    def marker_left(self, robot: Robot, markers: Sequence[MarkerSight]) -> Array:
        """How far each sight of the marker is from where it should be (N, 2), pixels."""
        problem = _Problem(Sights(robot, self.size, self["focal_px"], markers=markers))
        return -problem.residuals(self.values).reshape(-1, 2) * _DOT_PX

    @property
    def camera(self) -> OverheadCamera:
        """The camera found."""
        return _camera(self.values, self.size)

    @property
    def surface(self) -> Surface:
        """The board's warp."""
        return _surface(self.values, self.half)

    @property
    def geometry(self) -> ArmGeometry:
        """The arm's six numbers."""
        return _geometry(self.values)


def fit(sights: Sights) -> Fit:
    """Fit all parameters."""
    problem = _Problem(sights)
    keep = np.ones(problem.rows, dtype=bool)
    values = problem.start
    for _ in range(_ROUNDS):
        solution = least_squares(
            lambda scaled, keep=keep: np.concatenate(
                [problem.residuals(problem.start + scaled * problem.widths)[keep], scaled]
            ),
            (values - problem.start) / problem.widths,
            method="lm",
        )
        values = problem.start + solution.x * problem.widths
        keep = problem.sound(values)
    left = problem.residuals(values)
    # How good the measurements were is learned from what is left of them; priors count little.
    spread = max(1.0, float(np.sqrt(np.mean(np.square(left[keep])))))
    covariance = np.linalg.inv(solution.jac.T @ solution.jac) * spread**2
    covariance *= np.outer(problem.widths, problem.widths)
    return problem.summary(values, covariance, left, keep)


class _Problem:
    def __init__(self, sights: Sights) -> None:
        robot, grid, markers, pushes = sights.robot, sights.grid, sights.markers, sights.pushes
        self._robot = robot
        self._size = sights.size
        self._half = _half(robot)
        self._lines = np.array([each.board for each in grid]).reshape(-1, 2)
        self._line_pixels = np.array([each.pixel for each in grid]).reshape(-1, 2)
        self._normals = np.array([each.normal for each in grid]).reshape(-1, 2)
        self._at = np.array([each.joints for each in markers]).reshape(-1, 3)
        self._dots = np.array([each.pixel for each in markers]).reshape(-1, 2)
        self._pushed_at = np.array([each.joints for each in pushes]).reshape(-1, 3)
        self._tops = np.array([each.pixel for each in pushes]).reshape(-1, 2)
        self._top_heights = np.array([each.height for each in pushes])
        self.widths = np.array(list(_WIDTHS.values()))
        self.start = np.zeros(len(PARAMETERS))
        self.start[_AT["focal_px"]] = sights.focal
        self.start[_AT["camera_z_m"]] = robot.camera.height
        self.rows = len(grid) + 2 * len(markers) + len(pushes)
        self._ends = (len(grid), len(grid) + 2 * len(markers))

    def residuals(self, values: Array) -> Array:
        """In standard deviations of what each kind of measurement is expected to be off."""
        grid, dots, pushes = self._differences(values)
        return np.concatenate([grid / _GRID_PX, dots.ravel() / _DOT_PX, pushes / _PUSH_M])

    def sound(self, values: Array) -> NDArray[np.bool_]:
        """Which measurements do not contradict the others of their kind."""
        left = np.abs(self.residuals(values))
        keep = np.ones(self.rows, dtype=bool)
        for part in (slice(0, self._ends[0]), slice(*self._ends), slice(self._ends[1], self.rows)):
            if left[part].size:
                most = _OUTLIER * max(1.0, 1.4826 * float(np.median(left[part])))
                keep[part] = left[part] < most
        return keep

    def summary(self, values: Array, covariance: Array, left: Array, keep: NDArray[np.bool_]) -> Fit:
        """The fit with its residuals, outliers not counted."""
        grid, dots, pushes = slice(0, self._ends[0]), slice(*self._ends), slice(self._ends[1], self.rows)
        camera = _camera(values, self._size)
        above = camera.place[2] - marker.HEIGHT - self._robot.lift.travel
        marker_px = _rms(left[dots][keep[dots]]) * _DOT_PX * np.sqrt(2.0)
        return Fit(
            values,
            np.sqrt(np.diag(covariance)),
            covariance[14:20, 14:20],
            self._size,
            self._half,
            grid_px=_rms(left[grid][keep[grid]]) * _GRID_PX,
            marker_px=float(marker_px),
            marker_mm=float(marker_px / camera.focal * above * 1e3),
            push_mm=_rms(left[pushes][keep[pushes]]) * _PUSH_M * 1e3,
            left_out=int(len(keep) - keep.sum()),
        )

    def _differences(self, values: Array) -> tuple[Array, Array, Array]:
        camera, surface = _camera(values, self._size), _surface(values, self._half)
        flat = np.column_stack([self._lines, surface.heights(self._lines)])
        grid = ((camera.project(flat) - self._line_pixels) * self._normals).sum(axis=1)
        axis, along = self._tools(values, self._at)
        across = np.column_stack([-along[:, 1], along[:, 0]])
        spot = axis + along * values[_AT["marker_x_m"]] + across * values[_AT["marker_y_m"]]
        tall = self._at[:, 2] + marker.HEIGHT + values[_AT["marker_z_m"]]
        dots = camera.project(np.column_stack([spot, tall])) - self._dots
        nose, _ = self._tools(values, self._pushed_at)
        tops = self._top_heights + values[_AT["piece_m"]]
        standing = tops + surface.heights(camera.on_plane(self._tops, tops))
        piece = camera.on_plane(self._tops, standing)
        rim = NOSE_RADIUS + self._robot.piece.diameter / 2 + values[_AT["rim_m"]]
        pushes = np.hypot(*(piece - nose).T) - rim
        return grid, dots, pushes

    def _tools(self, values: Array, at: Array) -> tuple[Array, Array]:
        """Tool axes in the seat frame (N, 2), and the directions of link 2 (N, 2)."""
        robot, geometry = self._robot, _geometry(values)
        one = at[:, 0] + geometry.shoulder_rad
        two = one + at[:, 1] + geometry.elbow_rad
        first = np.column_stack([np.cos(one), np.sin(one)])
        second = np.column_stack([np.cos(two), np.sin(two)])
        shoulder = np.array(
            [geometry.base_x_m, geometry.base_y_m - 4.5 * robot.board.pitch - robot.arm.base_distance]
        )
        lengths = robot.arm.link1 + geometry.link1_m, robot.arm.link2 + geometry.link2_m
        return shoulder + lengths[0] * first + lengths[1] * second, second


def _half(robot: Robot) -> tuple[float, float]:
    return 4.0 * robot.board.pitch, 4.5 * robot.board.pitch


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if values.size else 0.0


def _camera(values: Array, size: tuple[int, int]) -> OverheadCamera:
    focal, k1, k2, p1, p2, rx, ry, rz, x, y, z = (float(value) for value in values[:11])
    return OverheadCamera(focal, (k1, k2, p1, p2), (rx, ry, rz), (x, y, z), size)


def _surface(values: Array, half: tuple[float, float]) -> Surface:
    bow, cup, twist = (float(value) for value in values[11:14])
    return Surface(bow, cup, twist, half)


def _geometry(values: Array) -> ArmGeometry:
    return ArmGeometry.of(values[14:20])
