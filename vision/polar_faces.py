"""Faces of pieces in polar coordinates, where turning is shifting, and how alike two of them are."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["FACE_REACH", "FAR_NUDGES", "NO_NUDGES", "correlations", "polar_faces"]

Floats = NDArray[np.float32]
Array = NDArray[np.float64]

#: Cells from a piece's centre that its face is looked at: what a character fills on pieces of 0.72 to 0.95.
FACE_REACH = 0.36

_RADII, _ANGLES = 18, 96
_INNER = 0.03
_BLUR = 0.9  # polar samples; strokes are a few samples wide and centres a fiftieth of a cell off
_REACH = 4  # polar samples beyond which the blur takes nothing
_AT_ONCE = 8  # faces correlated together: their products stay in the processor's cache

#: Cells by which a centre may be off: not at all, hardly, and where no net has seen such pieces.
NO_NUDGES: Array = np.zeros((1, 2))
_NUDGES = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) * 0.035
_EIGHTHS = np.linspace(0, 2 * np.pi, 8, endpoint=False)
FAR_NUDGES: Array = np.vstack([_NUDGES, 0.075 * np.stack([np.cos(_EIGHTHS), np.sin(_EIGHTHS)], axis=-1)])

_RADIUS = np.linspace(_INNER, FACE_REACH, _RADII)
_ANGLE = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)
_SPOKES = np.stack([np.outer(_RADIUS, np.cos(_ANGLE)), np.outer(_RADIUS, np.sin(_ANGLE))], axis=-1)
_OUTWARD = np.sqrt(_RADIUS / FACE_REACH).astype(np.float32)[:, None]  # an outer ring shows more of a face
# Rows and columns of a face with a border of what lies beyond: mirrored rings, and angles once around.
_ROWS = np.abs(np.arange(-_REACH, _RADII + _REACH))
_ROWS = np.where(_ROWS < _RADII, _ROWS, 2 * (_RADII - 1) - _ROWS)
_COLUMNS = np.arange(-_REACH, _ANGLES + _REACH) % _ANGLES


def polar_faces(grey: NDArray[np.uint8], plane: Array, centres: Array, nudges: Array = _NUDGES) -> Floats:
    """Faces around `centres` in polar coordinates, (n, k, 18, 96), each of unit norm.

    `grey` is (H, W) uint8; `plane` (3 x 3) sends the plane of the upper faces, in cells, to pixels;
    `centres` (n, 2) are cells on it. The second axis nudges the centre by `nudges` (k, 2), cells, the first
    of which is nought.
    """
    if not len(centres):
        return np.zeros((0, len(nudges), _RADII, _ANGLES), np.float32)
    middles = (centres[:, None] + nudges[None]).reshape(-1, 1, 2)
    places = (middles + _SPOKES.reshape(1, -1, 2)).astype(np.float32)
    xs, ys = cv2.split(cv2.perspectiveTransform(places, plane))
    seen = cv2.remap(grey, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    smooth = _smoothed(np.asarray(seen, np.float32).reshape(-1, _RADII, _ANGLES))
    # Rings are alike on all pieces of a set: only what changes around the circle tells them apart.
    smooth -= smooth.mean(axis=2, keepdims=True)
    smooth *= _OUTWARD
    smooth /= np.sqrt(np.einsum("frs,frs->f", smooth, smooth))[:, None, None] + np.float32(1e-6)
    return smooth.reshape(len(centres), len(nudges), _RADII, _ANGLES)


def correlations(faces: Floats, templates: Floats) -> Array:
    """Best correlation over all turns and nudges of faces (n, k, 18, 96) with templates (m, 18, 96): (n,
    m).
    """
    # Angles first: for each frequency one product of matrices sums over the radii.
    kept = np.conj(np.fft.rfft(templates, axis=-1)).transpose(2, 1, 0)
    rows = []
    for first in range(0, len(faces), _AT_ONCE):
        some = faces[first : first + _AT_ONCE]
        turned = np.fft.rfft(some.reshape(-1, _RADII, _ANGLES), axis=-1).transpose(2, 0, 1)
        product = (turned @ kept).transpose(1, 2, 0)
        best = np.fft.irfft(product, n=_ANGLES, axis=-1).max(axis=-1)
        rows.append(best.reshape(len(some), -1, len(templates)).max(axis=1))
    return np.asarray(np.concatenate(rows), np.float64) if rows else np.zeros((0, len(templates)))


def _smoothed(faces: Floats) -> Floats:
    """Blur faces (n, 18, 96), all in one picture with a border around each."""
    bordered = faces[:, _ROWS[:, None], _COLUMNS[None]]
    tall = np.ascontiguousarray(bordered.reshape(-1, len(_COLUMNS)))
    blurred = cv2.GaussianBlur(tall, (2 * _REACH + 1,) * 2, _BLUR).reshape(bordered.shape)
    return np.ascontiguousarray(blurred[:, _REACH:-_REACH, _REACH:-_REACH])
