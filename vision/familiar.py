"""A reader that has seen the faces of the set on this table, and knew whose they were.

When the game finds its position on the board, each man's face is kept as it looks just then. Of a piece
that turns up on another point later, its likeness to them says more than any font the nets have learned. It
stays a likeness: the nets' own word counts beside it, and a face unlike all of them gains nothing.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.classify import KIND_COLUMNS, PointScores
from vision.geometry import LATTICE, lifted
from vision.look import PointReader
from vision.polar_faces import correlations, polar_faces
from vision.rectify import PIECE_HEIGHT_CELLS

__all__ = ["FamiliarReader"]

Array = NDArray[np.float64]
_KINDS = KIND_COLUMNS[:7]
_EMPTY = KIND_COLUMNS.index(".")
_STANDS = 0.5  # share of anything but bare from which a face is compared
_FEWEST = 8  # men, below which it cannot be told how alike two of this set look
_STEEPEST = 60.0
_LEAST_SPREAD = 0.01
_MOST = 6.0  # nats; a likeness is no proof
_FLOOR = 1e-9


@dataclass(frozen=True)
class _Faces:
    """Faces (n, 18, 96) as in `vision.polar_faces`, the kind of each (index into KABNRCP), and how many nats
    a better fit by 1 is worth.
    """

    templates: NDArray[np.float32]
    kinds: NDArray[np.int64]
    steepness: float


class FamiliarReader:
    """Wraps a point reader; as that one until `remember` was called."""

    def __init__(self, reader: PointReader) -> None:
        self._reader = reader
        self._known: _Faces | None = None
        self._points: NDArray[np.bool_] | None = None

    @property
    def sha256(self) -> str:
        """Hash of the nets."""
        return self._reader.sha256

    def remember(self, image: NDArray[np.uint8], homography: Array, board: str) -> None:
        """Keep the faces in a picture (H, W, 3) uint8 BGR of `board` (90 labels in FEN order), seen through
        `homography` (board to pixel). Boards of a few men change nothing.
        """
        scores = self._reader.classify(image, homography)
        standing = np.exp(scores.kind_logp[:, _EMPTY]) < 1 - _STANDS
        points = np.flatnonzero(standing & np.array([label != "." for label in board]))
        if len(points) < _FEWEST:
            return
        faces = _faces_at(image, homography, scores, points)
        kinds = np.array([_KINDS.index(board[int(point)].upper()) for point in points])
        before = 0.0 if self._known is None else self._known.steepness
        self._known = _Faces(faces[:, 0], kinds, _steepness(faces, kinds, before))

    def attend(self, points: NDArray[np.bool_] | None) -> None:
        """Compare faces on these points (90,) bool only; None: on all."""
        self._points = points

    def classify(self, image: NDArray[np.uint8], homography: Array) -> PointScores:
        """As the wrapped reader, the kinds told by likeness as well."""
        scores = self._reader.classify(image, homography)
        if self._known is None:
            return scores
        shares = np.exp(scores.kind_logp.astype(np.float64))
        asked = shares[:, _EMPTY] < 1 - _STANDS
        points = np.flatnonzero(asked if self._points is None else asked & self._points)
        if not len(points):
            return scores
        nats = _nats(_faces_at(image, homography, scores, points), self._known)
        count = len(_KINDS)
        men = shares[points, :count]
        likely = np.log(np.maximum(men, _FLOOR)) + nats
        likely = np.exp(likely - likely.max(axis=1, keepdims=True))
        shares[points, :count] = men.sum(axis=1, keepdims=True) * likely / likely.sum(axis=1, keepdims=True)
        return replace(scores, kind_logp=np.log(np.maximum(shares, _FLOOR)).astype(np.float32))

    def mirror_gain(self, image: NDArray[np.uint8], homography: Array, scores: PointScores) -> float:
        """As the wrapped reader."""
        return self._reader.mirror_gain(image, homography, scores)


def _faces_at(
    image: NDArray[np.uint8], homography: Array, scores: PointScores, points: NDArray[np.int64]
) -> NDArray[np.float32]:
    plane = lifted(homography, (image.shape[1], image.shape[0]), PIECE_HEIGHT_CELLS)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    return polar_faces(grey, plane, LATTICE[points] + scores.offset_cells[points])


def _nats(faces: NDArray[np.float32], known: _Faces) -> Array:
    """What likeness says for each kind, (n, 7): how much better it fits than the best of the others."""
    each = correlations(faces, known.templates)
    fits = np.column_stack(
        [each[:, known.kinds == kind].max(axis=1, initial=0.0) for kind in range(len(_KINDS))]
    )
    best = fits.argmax(axis=1)
    rest = fits.copy()
    rest[np.arange(len(fits)), best] = -1.0
    others = np.repeat(fits.max(axis=1, keepdims=True), fits.shape[1], axis=1)
    others[np.arange(len(fits)), best] = rest.max(axis=1)
    return np.asarray(np.clip(known.steepness * (fits - others), -_MOST, _MOST))


def _steepness(faces: NDArray[np.float32], kinds: NDArray[np.int64], before: float) -> float:
    """Nats a fit, from how surely twins in one picture fit better than the best of the other kinds.

    Were that difference normal with mean m and deviation s, and with mean -m for faces of another kind, it
    would be worth 2 m / s^2 nats each.
    """
    each = correlations(faces, faces[:, 0])
    same = kinds[:, None] == kinds[None]
    rival = np.where(same, -1.0, each).max(axis=1)
    np.fill_diagonal(same, False)
    twins = same.any(axis=1)
    if twins.sum() < _FEWEST:
        return before
    gain = (np.where(same, each, -1.0).max(axis=1) - rival)[twins]
    mean = float(np.median(gain))
    spread = 1.4826 * float(np.median(np.abs(gain - mean))) + _LEAST_SPREAD
    return float(np.clip(2 * mean / spread**2, 0.0, _STEEPEST))
