"""What the nets learn from one scene: a small picture with its lattice, a canvas with labels, close-ups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.train_vision.camera import Camera
from tools.train_vision.placing import KINDS, Piece
from tools.train_vision.scene import Scene
from vision.classify import board_canvas
from vision.geometry import LATTICE, homography_from_corners, lifted, project, unproject
from vision.glyphs import CLOSE_UP_PIXELS, GLYPHS, cut_close_up
from vision.locate import fit_to_square, second_look
from vision.rectify import PIECE_HEIGHT_CELLS

__all__ = [
    "EMPTY",
    "UNKNOWN",
    "CloseUps",
    "PointLabels",
    "canvas_sample",
    "close_up_sample",
    "locator_sample",
    "point_labels",
]

Array = NDArray[np.float64]

#: Columns of the classifier's kinds after KABNRCP.
EMPTY, UNKNOWN = 7, 8

# Distance of a piece's centre from a point, in cells: on it, neither (not learned from), between points.
_ON, _BETWEEN, _AWAY = 0.40, 0.46, 0.62
# Hidden share of a point's disc: readable below, not readable above, between not learned from.
_READABLE, _HIDDEN = 0.25, 0.45
#: Share of the locator's pictures that are cut to a window about the board.
_WINDOW_SHARE = 0.25
#: Standard deviation, in cells, of where a close-up is cut against the piece's centre.
_MISPLACED = 0.03
_DISC: Array = np.array(
    [
        [r * np.cos(a), r * np.sin(a)]
        for r, n in ((0.0, 1), (0.15, 6), (0.28, 12), (0.38, 16))
        for a in np.linspace(0, 2 * np.pi, n, endpoint=False)
    ]
)


@dataclass(frozen=True)
class PointLabels:
    """Truth for the 90 points in FEN order.

    `kind` (90,) int8: 0..6 in the order KABNRCP, 7 empty, 8 cannot tell; `red` (90,) int8: 1, 0, or -1 for
    no piece; `offset` (90, 2) float32: the upper face's centre minus the point, in cells of the plane
    `PIECE_HEIGHT_CELLS` above the board; `learn` (90,) bool: false where the truth is a
    matter of taste.
    """

    kind: NDArray[np.int8]
    red: NDArray[np.int8]
    offset: NDArray[np.float32]
    learn: NDArray[np.bool_]


@dataclass(frozen=True)
class CloseUps:
    """`pictures` (n, 48, 48, 3) uint8; `glyph` (n,), an index into GLYPHS, its length for a blank face, or
    -1 where only the kind is known; `kind` (n,), an index into KABNRCP, 7 for a blank face; `red` (n,): 1, 0,
    or -1 for a blank face.
    """

    pictures: NDArray[np.uint8]
    glyph: NDArray[np.int64]
    kind: NDArray[np.int64]
    red: NDArray[np.int64]

    @classmethod
    def none(cls) -> "CloseUps":
        """No close-ups at all."""
        side = CLOSE_UP_PIXELS
        glyph, kind, red = np.zeros((3, 0), np.int64)
        return cls(np.zeros((0, side, side, 3), np.uint8), glyph, kind, red)


def point_labels(scene: Scene, homography: Array) -> PointLabels:
    """Label the 90 points of the lattice of `homography`, which may differ a little from the scene's."""
    camera = _camera(scene)
    plane = lifted(homography, camera.size, PIECE_HEIGHT_CELLS)
    kind = np.full(90, EMPTY, np.int8)
    red = np.full(90, -1, np.int8)
    offset = np.zeros((90, 2), np.float32)
    learn = np.ones(90, np.bool_)
    pieces = [piece for piece in scene.pieces if -1.5 < piece.x < 9.5 and -1.5 < piece.y < 10.5]
    centres = _seen_centres(scene, pieces, plane)
    for piece, centre in zip(pieces, centres, strict=True):
        away = np.hypot(*(LATTICE - centre).T)
        nearest = int(away.argmin())
        if away[nearest] < _ON:
            kind[nearest] = UNKNOWN if piece.kind == "?" else KINDS.index(piece.kind)
            red[nearest] = -1 if piece.kind == "?" else int(piece.red)
            offset[nearest] = centre - LATTICE[nearest]
            continue
        for index in np.flatnonzero(away < max(_AWAY, away[nearest] + 0.05)):
            if away[index] < _BETWEEN:
                learn[index] = False
            elif away[index] < 0.75:
                kind[index] = UNKNOWN
    hidden = _hidden_share(scene, plane)
    kind[hidden > _HIDDEN] = UNKNOWN
    learn[(hidden >= _READABLE) & (hidden <= _HIDDEN)] = False
    red[kind == UNKNOWN] = -1
    return PointLabels(kind, red, offset, learn)


def canvas_sample(
    rng: np.random.Generator, scene: Scene, jitter_cells: float = 0.035
) -> tuple[NDArray[np.uint8], PointLabels]:
    """Rectify the scene as the classifier will see it, with a homography that is a little wrong."""
    homography = _jittered(rng, scene.homography, jitter_cells)
    return board_canvas(scene.image, homography), point_labels(scene, homography)


def locator_sample(
    rng: np.random.Generator, scene: Scene, canvas_share: float = 0.4
) -> tuple[NDArray[np.uint8], Array]:
    """Return a square picture for the locator and the board's lattice in it, (90, 2) (zeros: no board).

    A share of the pictures is rectified by a wrong homography first, as in the locator's second look; some
    of them by one that takes a row or file for its neighbour. Of the others a part is cut to a window about
    the board, as where a board fills little of the picture.
    """
    if scene.camera is None:
        return fit_to_square(scene.image)[0], np.zeros((90, 2))
    if rng.random() < canvas_share:
        wrong = _jittered(rng, scene.homography, float(rng.uniform(0.02, 0.3)))
        if rng.random() < 0.4:
            slip = rng.integers(-1, 2, 2)
            wrong = wrong @ np.array([[1.0, 0, slip[0]], [0, 1, slip[1]], [0, 0, 1]])
        view, to_view = second_look(scene.image, wrong)
        return view, project(to_view, scene.lattice)
    left, top, right, bottom = (0, 0, scene.image.shape[1], scene.image.shape[0])
    if rng.random() < _WINDOW_SHARE:
        left, top, right, bottom = _window(rng, scene)
    square, to_square = fit_to_square(scene.image[top:bottom, left:right])
    return square, project(to_square, scene.lattice - (left, top))


def close_up_sample(rng: np.random.Generator, scene: Scene) -> CloseUps:
    """Cut the readable pieces of a scene as the classifier will, centred a little wrong."""
    if scene.camera is None:
        return CloseUps.none()
    plane = lifted(_jittered(rng, scene.homography, 0.02), scene.camera.size, PIECE_HEIGHT_CELLS)
    centres = _seen_centres(scene, scene.pieces, plane)
    pictures, glyph, kind, red = [], [], [], []
    for piece, centre in zip(scene.pieces, centres, strict=True):
        if _covered_share(scene, project(plane, centre + _DISC)) > _READABLE:
            continue
        pictures.append(cut_close_up(scene.image, plane, centre + rng.normal(0, _MISPLACED, 2)))
        blank = piece.kind == "?"
        kind.append(len(KINDS) if blank else KINDS.index(piece.kind))
        glyph.append(len(GLYPHS) if blank else GLYPHS.index(piece.character) if piece.character else -1)
        red.append(-1 if blank else int(piece.red))
    if not pictures:
        return CloseUps.none()
    return CloseUps(np.stack(pictures), *np.array([glyph, kind, red], np.int64))


def _camera(scene: Scene) -> Camera:
    if scene.camera is None:
        raise ValueError("a scene without a board has no points")
    return scene.camera


def _window(rng: np.random.Generator, scene: Scene) -> tuple[int, int, int, int]:
    """Draw a window (left, top, right, bottom) that shows most or all of the board."""
    low, high = scene.lattice.min(axis=0), scene.lattice.max(axis=0)
    reach = float((high - low).max())
    left, top = np.maximum(low - rng.uniform(-0.03, 0.5, 2) * reach, 0).astype(int)
    size = np.array(scene.image.shape[1::-1])
    right, bottom = np.minimum(high + rng.uniform(-0.03, 0.5, 2) * reach, size).astype(int) + 1
    return int(left), int(top), int(right), int(bottom)


def _jittered(rng: np.random.Generator, homography: Array, cells: float) -> Array:
    corners = np.array([[0.0, 0], [8, 0], [8, 9], [0, 9]]) + np.clip(rng.normal(0, cells, (4, 2)), -0.4, 0.4)
    return homography_from_corners(project(homography, corners))


def _seen_centres(scene: Scene, pieces: Sequence[Piece], plane: Array) -> Array:
    if not pieces:
        return np.zeros((0, 2))
    tops = np.array([[piece.x, piece.y, piece.height, 1.0] for piece in pieces]) @ _camera(scene).matrix.T
    return unproject(plane, scene.seen(tops[:, :2] / tops[:, 2:]))


def _hidden_share(scene: Scene, plane: Array) -> Array:
    """Share of each point's disc that something covers or the picture does not show, (90,)."""
    spots = project(plane, (LATTICE[:, None] + _DISC[None]).reshape(-1, 2)).reshape(90, -1, 2)
    return np.array([_covered_share(scene, disc) for disc in spots])


def _covered_share(scene: Scene, spots: Array) -> float:
    """Share of pixel positions (N, 2) that something covers or that lie outside the picture."""
    height, width = scene.cover.shape
    column, row = np.round(spots).astype(int).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    cover = np.ones(len(spots))
    cover[inside] = scene.cover[row[inside], column[inside]]
    return float(cover.mean())
