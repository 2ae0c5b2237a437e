"""Faces of pieces in polar coordinates, where turning is shifting, and how alike two of them are."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["FACE_REACH", "correlations", "polar_faces"]

Floats = NDArray[np.float32]
Array = NDArray[np.float64]

#: Cells from a piece's centre that its face is looked at: what a character fills on pieces of 0.72 to 0.95.
FACE_REACH = 0.36

_RADII, _ANGLES = 18, 96
_INNER = 0.03
_BLUR = 0.9  # polar samples; strokes are a few samples wide and centres a fiftieth of a cell off
_NUDGES = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) * 0.035  # cells by which a centre may be off
_AT_ONCE = 8  # faces correlated together: their products stay in the processor's cache


def polar_faces(image: NDArray[np.uint8], plane: Array, centres: Array) -> Floats:
    """Faces around `centres` in polar coordinates, (n, 5, 18, 96), each of unit norm.

    `image` is (H, W, 3) uint8 BGR; `plane` (3 x 3) sends the plane of the upper faces, in cells, to pixels;
    `centres` (n, 2) are cells on it. The second axis nudges the centre; its first entry does not.
    """
    radius = np.linspace(_INNER, FACE_REACH, _RADII)
    angle = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)
    spokes = np.stack([np.outer(radius, np.cos(angle)), np.outer(radius, np.sin(angle))], axis=-1)
    places = centres[:, None, None, None] + _NUDGES[None, :, None, None] + spokes[None, None]
    flat = places.reshape(-1, 2) @ plane[:, :2].T + plane[:, 2]
    pixels = (flat[:, :2] / flat[:, 2:]).astype(np.float32).reshape(-1, _RADII * _ANGLES, 2)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    xs, ys = np.moveaxis(pixels, -1, 0)
    seen = cv2.remap(grey, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    faces = np.asarray(seen, np.float32).reshape(-1, _RADII, _ANGLES)
    smooth = np.stack([_smoothed(face) for face in faces])
    # Rings are alike on all pieces of a set: only what changes around the circle tells them apart.
    smooth -= smooth.mean(axis=2, keepdims=True)
    smooth *= np.sqrt(radius / FACE_REACH).astype(np.float32)[:, None]
    smooth /= np.linalg.norm(smooth, axis=(1, 2), keepdims=True) + np.float32(1e-6)
    return smooth.reshape(len(centres), len(_NUDGES), _RADII, _ANGLES)


def correlations(faces: Floats, templates: Floats) -> Array:
    """Best correlation over all turns and nudges of faces (n, 5, 18, 96) with templates (m, 18, 96): (n,
    m).
    """
    kept = np.conj(np.fft.rfft(templates, axis=-1))
    rows = []
    for first in range(0, len(faces), _AT_ONCE):
        turned = np.fft.rfft(faces[first : first + _AT_ONCE], axis=-1)
        product = np.einsum("nkrf,mrf->nkmf", turned, kept, optimize=True)
        rows.append(np.fft.irfft(product, n=_ANGLES, axis=-1).max(axis=(1, 3)))
    return np.asarray(np.concatenate(rows), np.float64) if rows else np.zeros((0, len(templates)))


def _smoothed(face: Floats) -> Floats:
    wrapped = np.hstack([face[:, -4:], face, face[:, :4]])
    return np.asarray(cv2.GaussianBlur(wrapped, (0, 0), _BLUR)[:, 4:-4], np.float32)
