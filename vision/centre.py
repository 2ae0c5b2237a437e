"""Where a piece really stands, to a fraction of a pixel.

The classifier says *what* stands near a point; the arm must know *where*, because a piece that is
picked off its centre is put down off its centre. A Xiangqi piece is a disc: its rim and the ring
around its character are concentric circles. Around the right centre the radial gradient, averaged
over all angles, is sharp at those circles, while the strokes of the character average out. So the
centre is where the energy of the angle-averaged radial gradient is greatest; no radius of ring or
rim need be known exactly, and a hidden part of the rim only weakens the peak.

A piece has height, so its top is seen displaced away from the camera's foot point. With the
camera's centre known the displacement is undone: a point at height h over board point X projects
onto board point C + (X - C) * Zc / (Zc - h), where C is the foot point and Zc the camera's height.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from vision.gridfield import GridField

__all__ = ["CameraStation", "PieceCentre", "camera_station", "find_centre"]

_PIXELS_PER_CELL = 96  # of the rectified patch: a little finer than the camera's own pixels
_ANGLES = 96
_INNER, _OUTER = 0.45, 1.18  # of the piece's radius: from inside the ring to just outside the rim
_COARSE_STEP_CELLS = 0.02


@dataclass(frozen=True)
class CameraStation:
    """The camera's centre in board coordinates (cells): foot point (x, y) and height above the board."""

    foot: tuple[float, float]
    height: float


@dataclass(frozen=True)
class PieceCentre:
    """A measured centre: (x, y) in board coordinates (cells, on the board plane) and how peaked it was.

    `sharpness` is the peak energy over the median energy of the search window; a real disc gives
    well over 2, bare board or a hand about 1.
    """

    x: float
    y: float
    sharpness: float


def camera_station(
    homography: NDArray[np.float64], image_size: tuple[int, int], vertical_field_rad: float
) -> CameraStation:
    """Camera centre from the board→pixel homography (3x3, cells → pixels) of a pinhole camera.

    `image_size` is (width, height) in pixels, the principal point its middle. H ~ K [r1 r2 t]
    (Zhang 2000), so the columns of K⁻¹H give rotation and translation up to scale, and the centre
    is -Rᵀt. Board x runs along files and y down the ranks, so a camera above the board has a
    negative z in that right-handed frame; the height returned is positive.
    """
    width, height = image_size
    focal = 0.5 * height / np.tan(0.5 * vertical_field_rad)
    calibration = np.array([[focal, 0, 0.5 * (width - 1)], [0, focal, 0.5 * (height - 1)], [0, 0, 1.0]])
    columns = np.linalg.solve(calibration, homography)
    columns /= 0.5 * (np.linalg.norm(columns[:, 0]) + np.linalg.norm(columns[:, 1]))
    if columns[2, 2] < 0:
        columns = -columns
    rough = np.column_stack([columns[:, 0], columns[:, 1], np.cross(columns[:, 0], columns[:, 1])])
    left, _, right = np.linalg.svd(rough)
    rotation = left @ right
    centre = -rotation.T @ columns[:, 2]
    return CameraStation((float(centre[0]), float(centre[1])), float(abs(centre[2])))


def _energy(profile_source: NDArray[np.float32], centre: NDArray[np.float64], radius: float) -> float:
    """Energy of the angle-averaged radial gradient around `centre` (pixels of the patch)."""
    radii = np.linspace(_INNER * radius, _OUTER * radius, int((_OUTER - _INNER) * radius) + 1)
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)
    xs = (centre[0] + np.outer(np.cos(angles), radii)).astype(np.float32)
    ys = (centre[1] + np.outer(np.sin(angles), radii)).astype(np.float32)
    rings = cv2.remap(profile_source, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gradient = np.diff(np.asarray(rings, dtype=np.float64).reshape(_ANGLES, -1, 3).mean(axis=0), axis=0)
    return float(np.square(gradient).sum())


def find_centre(
    image: NDArray[np.uint8],
    homography: NDArray[np.float64],
    near: tuple[float, float],
    *,
    station: CameraStation,
    radius_cells: float,
    height_cells: float,
    reach_cells: float = 0.2,
    field: GridField | None = None,
) -> PieceCentre:
    """Measure the centre of the disc standing near `near` (board coordinates, cells).

    `image` is HxWx3 uint8 BGR, `homography` maps board coordinates (cells) to its pixels. The
    search covers `reach_cells` in each direction; `field` says what the homography leaves over. The
    answer lies on the board plane, with the displacement by the piece's height undone.
    """
    foot = np.array(station.foot)
    lean = station.height / (station.height - height_cells)
    seen = foot + (np.array(near) - foot) * lean
    radius = radius_cells * lean * _PIXELS_PER_CELL
    half = reach_cells * _PIXELS_PER_CELL + _OUTER * radius + 4
    size = int(np.ceil(2 * half)) + 1
    scale = 1.0 / _PIXELS_PER_CELL
    corner = seen - 0.5 * (size - 1) * scale
    to_board = np.array([[scale, 0, corner[0]], [0, scale, corner[1]], [0, 0, 1]])
    patch = cv2.warpPerspective(
        image, homography @ to_board, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    smooth = cv2.GaussianBlur(patch, (0, 0), 1.5).astype(np.float32)
    middle = np.full(2, 0.5 * (size - 1))
    steps = np.arange(-reach_cells, reach_cells + 1e-9, _COARSE_STEP_CELLS) * _PIXELS_PER_CELL
    grid = [(_energy(smooth, middle + np.array([dx, dy]), radius), dx, dy) for dx in steps for dy in steps]
    peak, dx, dy = max(grid)
    fine = minimize(
        lambda offset: -_energy(smooth, middle + offset, radius),
        np.array([dx, dy]),
        method="Nelder-Mead",
        options={
            "initial_simplex": [[dx, dy], [dx + 1.0, dy], [dx, dy + 1.0]],
            "xatol": 0.02,
            "fatol": peak * 1e-5,
        },
    )
    on_plane = seen + fine.x * scale
    if field is not None:
        on_plane = field.correct(on_plane[None])[0]
    standing = foot + (on_plane - foot) / lean
    typical = float(np.median([energy for energy, _, _ in grid]))
    return PieceCentre(float(standing[0]), float(standing[1]), float(-fine.fun / max(typical, 1e-9)))
