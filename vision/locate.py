"""Finds the board in a picture.

A small net looks at the picture shrunk to 320 pixels and says for every fourth pixel whether a crossing of
the grid lies there, whether the grid covers it, and which point of the board it is, up to a half turn. The
field, or the outline of the area, gives a first homography; the crossings, which are sharper, refine it. The
same net then looks again at the board rectified by the first answer, where cells are large and upright, and
the lattice is searched for and fitted to those crossings. Where that leaves doubt other starts are tried,
and where it finds no board the picture in other lights (`vision.relit`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.bend import bend_of, flattened, moved
from vision.field import homography_of_field
from vision.geometry import BOARD_CORNERS, LATTICE, half_turn, is_mirrored, pitch_pixels, project, unproject
from vision.lattice import (
    Crossings,
    LatticeFit,
    crossings_on_board,
    lattice_contrast,
    lattice_doubt,
)
from vision.lattice_search import search_lattice
from vision.model_files import MODELS, load_model
from vision.outline import homography_of_area
from vision.rectify import canvas_from_board, checked_picture, rectify
from vision.relit import other_lights

__all__ = ["LOCATOR_PIXELS", "Located", "Locator", "fit_to_square", "second_look"]

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

#: Side of the square picture the locator's net looks at.
LOCATOR_PIXELS = 320
#: Pixels of that picture per value of the net's maps.
STRIDE = 4

_SECOND_CELL_PIXELS = 28
_SECOND_MARGIN_CELLS = 1.2
#: Below this confidence there is no board: on drawn pictures 3 in 200 wrong lattices had more.
_LEAST_CONFIDENCE = 0.57
#: The same for a board seen in another light only: more looks find more that is none.
_LEAST_RELIT_CONFIDENCE = 0.63
#: Above this the answer is not doubted; below, other starts are tried and the surest kept.
_SURE_CONFIDENCE = 0.68
#: What a fit leaves over, in cells, before it counts against the lattice.
_RESIDUAL = 0.04
#: A board must be larger than this many values of the map: about 40 pixels of 320 a side.
_LEAST_AREA = 100
#: Where nothing is surely a board, so many values over so small a probability are worth a closer look.
_FAINT = 0.1
_LEAST_FAINT_AREA = 30
#: Contrast from which the crossings of a whole picture are fitted to.
_CLEAR = 0.6
#: Two lattices nearer than this everywhere would settle on the same crossings.
_ALIKE_CELLS = 0.4
_FIELD_SAMPLES = 900
#: A board that fills less than this share of the square is looked at again in a window around it.
_WINDOW_SHARE = 0.7
_WINDOW_MARGIN = 0.15
#: The rectified board is looked at until no point of its lattice moves farther, at most so often.
_STAYS_CELLS = 0.5
_MOST_LOOKS = 4
#: Of so little contrast no second look has made a board.
_HOPELESS = 0.35
#: Looks at a bent board as if it were flat.
_BEND_LOOKS = 2
#: A lattice of less confidence is another's row or file; bent far enough, it would seem to fit.
_LEAST_TO_UNBEND = 0.62


@dataclass(frozen=True)
class Located:
    """A board in a picture.

    `homography` (3, 3) float64, board to pixel; which end is red's is not known here: of the two ways to
    name the lattice this is the one whose a9-i9 edge lies higher in the picture. `corners` (4, 2) pixel
    positions of the board points (0, 0), (8, 0), (8, 9), (0, 9). `residual_cells` is the root mean square
    distance between fitted and seen crossings, `crossings_used` how many were seen, `confidence` 0..1 how
    far crossings are where the lattice has them and nowhere beside it, less what the residual, a bend and
    bare edges cast doubt on. `bend` (90, 2), in cells, is how far the points of a board that is not flat lie
    from its lattice (`vision.bend`); None: it is flat.
    """

    homography: Array
    corners: Array
    residual_cells: float
    confidence: float
    crossings_used: int
    bend: Array | None = None


class Locator:
    """The net that finds boards. Raises `ModelFileError` when its file is missing or altered."""

    def __init__(self, model_path: Path | None = None, *, threads: int = 2) -> None:
        """Load `model_path` (default: the model of this program), to run on `threads` threads."""
        self._model = load_model(model_path or MODELS / "locator.onnx", threads)

    @property
    def sha256(self) -> str:
        """Hash of the model file, for the record of a game."""
        return self._model.sha256

    def locate(self, image: NDArray[np.uint8]) -> Located | None:
        """Find the board in `image`, (H, W, 3) uint8 BGR; None without one. Raises `BadPictureError`."""
        picture = checked_picture(image)
        best = self._surest([picture], _LEAST_CONFIDENCE)
        if best is None:
            best = self._surest(other_lights(picture), _LEAST_RELIT_CONFIDENCE)
        if best is None:
            return None
        homography, bend = best[0] / best[0][2, 2], best[2]
        if not _upper_end_first(homography):
            homography, bend = half_turn(homography), None if bend is None else -bend[::-1]
        return Located(
            homography=homography,
            corners=project(homography, BOARD_CORNERS if bend is None else moved(BOARD_CORNERS, bend)),
            residual_cells=best[1].residual_cells,
            confidence=best[1].confidence,
            crossings_used=best[1].crossings_used,
            bend=bend,
        )

    def _surest(
        self, pictures: Iterable[Picture], least: float
    ) -> tuple[Array, LatticeFit, Array | None] | None:
        """The surest lattice that the starts in these pictures lead to; None below confidence `least`."""
        best: tuple[Array, LatticeFit, Array | None] | None = None
        for picture in pictures:
            for start in self._starts(picture):
                found = self._settled(picture, start)
                if found is not None and (best is None or found[1].confidence > best[1].confidence):
                    best = found
                if best is not None and best[1].confidence > _SURE_CONFIDENCE:
                    return best
        return best if best is not None and best[1].confidence >= least else None

    def _starts(self, picture: Picture) -> Iterator[Array]:
        """Yield coarse homographies: from the whole picture, then from a window around a small board."""
        square, to_square = fit_to_square(picture)
        maps = self._maps(square)
        yield from _coarse(maps, to_square)
        window = _small_window(maps, to_square, picture)
        if window is not None:
            left, top, right, bottom = window
            near, to_near = fit_to_square(picture[top:bottom, left:right])
            to_near = to_near @ np.array([[1.0, 0, -left], [0, 1, -top], [0, 0, 1]])
            yield from _coarse(self._maps(near), to_near)

    def _settled(self, picture: Picture, homography: Array) -> tuple[Array, LatticeFit, Array | None] | None:
        """Look at the rectified board until the lattice stays; None when it leaves the picture."""
        fit = bend = None
        for _ in range(_MOST_LOOKS):
            if not _usable(homography, picture):
                return None
            square, to_square = second_look(picture, homography)
            crossings = Crossings(_probability(self._maps(square)[0]), STRIDE)
            before = to_square @ homography
            fit = search_lattice(crossings, before)
            bend = bend_of(*crossings_on_board(crossings, fit.homography))
            homography = np.linalg.inv(to_square) @ fit.homography
            moved_by = np.abs(project(fit.homography, LATTICE) - project(before, LATTICE)).max()
            if moved_by < _STAYS_CELLS * _SECOND_CELL_PIXELS or fit.confidence < _HOPELESS:
                break
        if fit is None or not _usable(homography, picture):
            return None
        if bend is not None and fit.confidence > _LEAST_TO_UNBEND:
            fit, bend, crossings = self._unbent(square, fit, bend, crossings)
        doubt = lattice_doubt(crossings, fit.homography) + max(0.0, fit.residual_cells - _RESIDUAL)
        doubt += 0.0 if bend is None else float(np.sqrt((bend**2).sum(axis=1).mean()))
        return homography, replace(fit, confidence=max(0.0, fit.confidence - doubt)), bend

    def _unbent(
        self, square: Picture, fit: LatticeFit, bend: Array, crossings: Crossings
    ) -> tuple[LatticeFit, Array | None, Crossings]:
        """Look again at a rectified bent board as if it were flat; `fit` is in pixels of the square.

        There the crossings lie nearer to where they are looked for, and the bend is told better.
        """
        for _ in range(_BEND_LOOKS):
            flat = flattened(square, fit.homography, bend)
            again = Crossings(_probability(self._maps(flat)[0]), STRIDE)
            seen, weight = crossings_on_board(again, fit.homography)
            better = bend_of(moved(seen, bend), weight)
            confidence = lattice_contrast(again, fit.homography)
            if better is None or confidence < fit.confidence:
                break
            bend, fit, crossings = better, replace(fit, confidence=confidence), again
        return fit, bend, crossings

    def _maps(self, square: Picture) -> Array:
        return np.asarray(self._model.run(square[None].astype(np.float32))[0], dtype=np.float64)


def fit_to_square(image: Picture) -> tuple[Picture, Array]:
    """Shrink a picture into the upper left of the net's square, the rest grey.

    Returns the square (320, 320, 3) and the matrix (3, 3) from pixels of `image` to pixels of the square.
    """
    height, width = image.shape[:2]
    scale = LOCATOR_PIXELS / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    shrunk = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    square = np.full((LOCATOR_PIXELS, LOCATOR_PIXELS, 3), 127, np.uint8)
    square[: size[1], : size[0]] = shrunk
    across, down = size[0] / width, size[1] / height
    return square, np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])


def second_look(image: Picture, homography: Array) -> tuple[Picture, Array]:
    """Rectify the board with a first homography, for a closer look.

    Returns the square (320, 320, 3) and the matrix (3, 3) from pixels of `image` to pixels of the square.
    """
    canvas = rectify(image, homography, cell_pixels=_SECOND_CELL_PIXELS, margin_cells=_SECOND_MARGIN_CELLS)
    square = np.full((LOCATOR_PIXELS, LOCATOR_PIXELS, 3), 127, np.uint8)
    square[: canvas.shape[0], : canvas.shape[1]] = canvas[:LOCATOR_PIXELS, :LOCATOR_PIXELS]
    to_canvas = canvas_from_board(_SECOND_CELL_PIXELS, _SECOND_MARGIN_CELLS)
    return square, to_canvas @ np.linalg.inv(homography)


def _probability(logits: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))))


def _coarse(maps: Array, to_square: Array) -> Iterator[Array]:
    """Yield homographies by the maps of one look: by the field, by the outline, and by the first turned.

    They are refined on the crossings where those are clear; where they are a blur the start itself is worth
    more than a fit to them. Where the two agree the second is left out.
    """
    crossings, back = Crossings(_probability(maps[0]), STRIDE), np.linalg.inv(to_square)
    first: Array | None = None
    for start_of in (_first_homography, _by_outline):
        start = start_of(maps)
        if start is None:
            continue
        fit = search_lattice(crossings, start)
        found = fit.homography if fit.confidence > _CLEAR else start
        if first is None or not _alike(first, found):
            yield np.asarray(back @ found)
        first = found if first is None else first
    if first is not None:
        yield half_turn(back @ first)


def _alike(one: Array, other: Array) -> bool:
    """Whether two homographies put the lattice in the same place, from whichever end."""
    pitch = pitch_pixels(one)
    places = project(one, LATTICE)
    away = [np.abs(project(way, LATTICE) - places).max() for way in (other, half_turn(other))]
    return bool(min(away) < _ALIKE_CELLS * pitch)


def _by_outline(maps: Array) -> Array | None:
    """Return a coarse homography, board to square, from the board's outline; None when there is no board."""
    likely = _probability(maps[1])
    if (likely > 0.5).sum() < _LEAST_AREA:
        return None
    homography = homography_of_area(likely)
    if homography is None:
        return None
    to_pixels = np.array([[STRIDE, 0, (STRIDE - 1) / 2], [0, STRIDE, (STRIDE - 1) / 2], [0, 0, 1.0]])
    homography = to_pixels @ homography
    return homography if _plausible(homography) else None


def _small_window(maps: Array, to_square: Array, picture: Picture) -> tuple[int, int, int, int] | None:
    """Return the picture's window (left, top, right, bottom) to look at when the board fills little of it."""
    likely = _probability(maps[1])
    inside, stray = likely > 0.5, 0.01
    if inside.sum() < _LEAST_AREA:
        inside, stray = likely > _FAINT, 0.05
    if inside.sum() < _LEAST_FAINT_AREA:
        return None
    # Stray pixels far from the board must not widen the window: leave out a share at each end.
    row, column = np.nonzero(inside)
    low = np.array([np.quantile(column, stray), np.quantile(row, stray)])
    high = np.array([np.quantile(column, 1 - stray), np.quantile(row, 1 - stray)])
    if (high - low).max() > _WINDOW_SHARE * LOCATOR_PIXELS / STRIDE:
        return None
    margin = _WINDOW_MARGIN * (high - low).max()
    corners = np.asarray((np.stack([low - margin, high + margin]) + 0.5) * STRIDE - 0.5, dtype=np.float64)
    (left, top), (right, bottom) = unproject(to_square, corners)
    height, width = picture.shape[:2]
    return max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1)


def _first_homography(maps: Array) -> Array | None:
    """Return a coarse homography, board to square; None when there is no board."""
    inside = _probability(maps[1]) > 0.5
    if inside.sum() < _LEAST_AREA:
        return None
    row, column = np.nonzero(inside)
    pixels = np.stack([column, row], axis=1) * float(STRIDE) + (STRIDE - 1) / 2
    keep = np.unique(np.linspace(0, len(pixels) - 1, _FIELD_SAMPLES).astype(int))
    homography = homography_of_field(pixels[keep], maps[2:, inside].T[keep])
    return homography if homography is not None and _plausible(homography) else None


def _plausible(homography: Array) -> bool:
    """Whether all of the board lies in front of the camera and is not seen as in a mirror."""
    depths = np.column_stack([BOARD_CORNERS, np.ones(4)]) @ homography[2]
    same_side = bool((depths > 0).all() or (depths < 0).all())
    return bool(np.isfinite(homography).all()) and same_side and not is_mirrored(homography)


def _usable(homography: Array, picture: Picture) -> bool:
    """Whether the homography shows a board whose centre is in the picture and whose cells are visible."""
    if not _plausible(homography):
        return False
    centre = project(homography, [[4.0, 4.5]])[0]
    height, width = picture.shape[:2]
    corners = project(homography, BOARD_CORNERS)
    near = bool((np.abs(corners - (width / 2, height / 2)) < 2 * max(width, height)).all())
    return near and 0 <= centre[0] < width and 0 <= centre[1] < height and pitch_pixels(homography) > 4


def _upper_end_first(homography: Array) -> bool:
    """Whether the a9-i9 edge lies higher in the picture than the other end, or as high and farther right."""
    top, bottom = project(homography, [[4.0, 0.0], [4.0, 9.0]])
    as_high = abs(top[1] - bottom[1]) <= 1e-6
    return bool(top[1] < bottom[1] - 1e-6 or (as_high and top[0] > bottom[0]))
