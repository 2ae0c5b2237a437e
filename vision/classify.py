"""Reads the 90 points of a located board: what stands there, in which ink, and where exactly."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.doubt import less_doubtful
from vision.geometry import LATTICE, lifted
from vision.glyphs import INK_SIZE, KINDS, MOST_READS, GlyphReader, ReadFaces
from vision.likeness import told_by_likeness
from vision.model_files import MODELS, load_model
from vision.rectify import PIECE_HEIGHT_CELLS, checked_picture, rectify
from vision.slip import TELLING_CELLS, slip_of

__all__ = [
    "CANVAS_CELL_PIXELS",
    "CANVAS_MARGIN_CELLS",
    "INK_MARGIN",
    "KIND_COLUMNS",
    "Classifier",
    "PointScores",
    "board_canvas",
]

#: What the columns of `PointScores.kind_logp` stand for: seven kinds, empty, cannot tell.
KIND_COLUMNS = "KABNRCP.?"
#: Squared distance of two ink embeddings at which both are as likely of one side as of two.
INK_MARGIN = 2.0

#: Side of a cell in the rectified board the net sees, and the strip around its lattice.
CANVAS_CELL_PIXELS = 24
CANVAS_MARGIN_CELLS = 1.0

_UNKNOWN = KIND_COLUMNS.index("?")
#: What the net's first columns tell apart: a piece, nothing, cannot tell.
_PRESENCE = 3
#: Looks of that net at one picture at most, and how many close-ups each costs in multiply-adds.
_MOST_LOOKS, _LOOK_IN_READS = 3, 12
#: Nats by which another look must be surer to count.
_SURER = 0.3
#: Points that are surely bare need no closer look.
_WORTH_A_LOOK = 0.02
_FLOOR = 1e-9
#: Log-probability from which a face counts as read, and how many tell a mirror image from a straight one.
_READ = float(np.log(0.9))
_FEWEST_READ = 6


@dataclass(frozen=True)
class PointScores:
    """Scores of the 90 points in FEN order of the homography that was given.

    `kind_logp` (90, 9) float32: log-probabilities of K A B N R C P empty unknown. `red_logit` (90,) float32:
    log-odds of red against black by the colours of one piece alone; means nothing where no piece stands.
    `ink` (90, 8) float32: an embedding trained so that for two pieces of one picture the log-odds of being of
    the same side are `INK_MARGIN` minus the squared distance. `offset_cells` (90, 2) float32: the centre of
    the piece's upper face minus the point, x along the files and y along the ranks as in the board frame, in
    cells of the plane `piece_height_cells` above the board; a piece of that height stands there.
    `form_logit` (90,) float32: log-odds of red by the form of the character (帥 or 將), 0 where nothing is
    known of it: a custom of makers, which may help to name the sides of a set but never settles a piece's.
    """

    kind_logp: NDArray[np.float32]
    red_logit: NDArray[np.float32]
    ink: NDArray[np.float32]
    offset_cells: NDArray[np.float32]
    form_logit: NDArray[np.float32] = field(default_factory=lambda: np.zeros(90, np.float32))


def board_canvas(
    image: NDArray[np.uint8],
    homography: NDArray[np.float64],
    height_cells: float = PIECE_HEIGHT_CELLS,
    slip: NDArray[np.float64] | None = None,
) -> NDArray[np.uint8]:
    """The rectified board (264, 240, 3) that the first net sees, in the plane `height_cells` above it.

    `slip` (90, 2): how far the points lie from the lattice's, in cells (`vision.slip`).
    """
    return rectify(
        image,
        homography,
        height_cells=height_cells,
        cell_pixels=CANVAS_CELL_PIXELS,
        margin_cells=CANVAS_MARGIN_CELLS,
        slip=slip,
    )


class Classifier:
    """Two nets: one sees whether and where a piece stands, one reads its character from close up.

    Raises `ModelFileError` when a file is missing or altered.
    """

    def __init__(self, model_path: Path | None = None, *, threads: int = 2) -> None:
        """Load `model_path` and `glyphs.onnx` beside it (default: the models of this program).

        Each runs on `threads` threads.
        """
        path = model_path or MODELS / "pieces.onnx"
        self._model = load_model(path, threads)
        self._glyphs = GlyphReader(path.parent / "glyphs.onnx", threads=threads)

    @property
    def sha256(self) -> str:
        """Hashes of the two model files, for the record of a game."""
        return f"{self._model.sha256}+{self._glyphs.sha256}"

    def classify(
        self,
        image: NDArray[np.uint8],
        homography: NDArray[np.float64],
        *,
        piece_height_cells: float = PIECE_HEIGHT_CELLS,
    ) -> PointScores:
        """Score the 90 points of the lattice that `homography` (3 x 3, board to pixel) lays into `image`.

        `image` is (H, W, 3) uint8 BGR. `piece_height_cells` is the height of the pieces' upper faces in
        units of a cell. Raises `BadPictureError`.
        """
        picture = checked_picture(image)
        seen = self._points_seen(picture, homography, piece_height_cells)
        offsets = (seen.slip + seen.own_offsets).astype(np.float32)
        plane = lifted(homography, (picture.shape[1], picture.shape[0]), piece_height_cells)
        points = np.flatnonzero(seen.presence[:, 0] > _WORTH_A_LOOK)
        centres = LATTICE[points] + offsets[points]
        spent = (seen.looks - 1) * _LOOK_IN_READS
        faces = self._glyphs.read(picture, plane, centres, most=MOST_READS - spent)
        read = told_by_likeness(picture, plane, centres, faces.logp)
        shares = _divided(seen.presence, seen.own_offsets, points, read)
        forms = np.zeros(len(shares), np.float32)
        forms[points] = faces.form_logit
        red, ink = _joined(seen.red_logit, seen.ink, points, faces)
        return PointScores(
            kind_logp=np.log(np.maximum(shares, _FLOOR)).astype(np.float32),
            red_logit=red,
            ink=ink,
            offset_cells=offsets,
            form_logit=forms,
        )

    def _points_seen(
        self, picture: NDArray[np.uint8], homography: NDArray[np.float64], height_cells: float
    ) -> "_PointsSeen":
        """What the first net sees of the points, the lattice moved to where the men say if that is surer."""
        best = self._look(picture, homography, height_cells, np.zeros((len(LATTICE), 2)))
        for looks in range(2, _MOST_LOOKS + 1):
            slip = slip_of(best.slip + best.own_offsets, best.presence[:, 0])
            if np.sqrt(((slip - best.slip) ** 2).sum(axis=1).mean()) < TELLING_CELLS:
                break
            other = self._look(picture, homography, height_cells, slip)
            if other.sureness < best.sureness + _SURER:
                return replace(best, looks=looks)
            best = replace(other, looks=looks)
        return best

    def _look(
        self,
        picture: NDArray[np.uint8],
        homography: NDArray[np.float64],
        height_cells: float,
        slip: NDArray[np.float64],
    ) -> "_PointsSeen":
        canvas = board_canvas(picture, homography, height_cells, slip if slip.any() else None)
        return _PointsSeen.of_outputs(self._model.run(canvas[None].astype(np.float32))[0], slip)

    def mirror_gain(
        self, image: NDArray[np.uint8], homography: NDArray[np.float64], scores: PointScores
    ) -> float:
        """Nats a piece by which the faces read better in the mirror image; 0 when too few can be read.

        `scores` are those of `image` and `homography`. Only pieces that are surely read one way or the other
        are asked: many a character looks nearly alike in the mirror, and a blurred one looks like anything.
        """
        picture = checked_picture(image)
        count = len(KINDS)
        straight = scores.kind_logp[:, :count].astype(np.float64)
        standing = np.logaddexp.reduce(straight, axis=1)
        points = np.flatnonzero(standing > np.log(0.5))
        plane = lifted(homography, (picture.shape[1], picture.shape[0]), PIECE_HEIGHT_CELLS)
        centres = LATTICE[points] + scores.offset_cells[points]
        alone = self._glyphs.read(picture, plane, centres, mirrored=True)
        flipped = told_by_likeness(picture, plane, centres, alone.logp)[:, :count]
        flipped = flipped - np.logaddexp.reduce(flipped, axis=1, keepdims=True)
        unflipped = (straight[points] - standing[points, None]).max(axis=1, initial=-np.inf)
        mirrored = flipped.max(axis=1, initial=-np.inf)
        read = np.maximum(mirrored, unflipped) > _READ
        return float((mirrored - unflipped)[read].mean()) if read.sum() >= _FEWEST_READ else 0.0


@dataclass(frozen=True)
class _PointsSeen:
    """What the first net says of the points: `presence` (90, 3) shares of piece, nothing and cannot tell,
    `red_logit` (90,), `ink` (90, 4), `own_offsets` (90, 2) of the pieces from where the points are, which is
    `slip` (90, 2) beside the lattice, all in cells; it took `looks` looks to know.
    """

    presence: NDArray[np.float64]
    red_logit: NDArray[np.float32]
    ink: NDArray[np.float32]
    own_offsets: NDArray[np.float32]
    slip: NDArray[np.float64]
    looks: int = 1

    @property
    def sureness(self) -> float:
        """Log-likelihood of the likeliest labels: higher, the better the men stand on the points."""
        return float(np.log(self.presence.max(axis=1)).sum())

    @classmethod
    def of_outputs(cls, raw: NDArray[np.float32], slip: NDArray[np.float64]) -> "_PointsSeen":
        """From the net's outputs (90, 10)."""
        presence = raw[:, :_PRESENCE].astype(np.float64)
        presence = np.exp(presence - presence.max(axis=1, keepdims=True))
        presence /= presence.sum(axis=1, keepdims=True)
        return cls(presence, raw[:, _PRESENCE], raw[:, _PRESENCE + 1 : -2], raw[:, -2:], slip)


def _divided(
    presence: NDArray[np.float64],
    offsets: NDArray[np.float32],
    points: NDArray[np.int64],
    read: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Divide the share of "a piece" in `presence` (90, 3) among the kinds, (90, 9): at `points` (n,) by the
    log-probabilities `read` (n, 8).
    """
    count = len(KINDS)
    believed = np.exp(read)
    surest = np.zeros(len(presence))
    surest[points] = believed[:, :count].max(axis=1)
    weighed = less_doubtful(presence, surest, np.hypot(*offsets.T))
    standing = weighed[:, 0]
    shares = np.hstack([np.repeat(standing[:, None] / count, count, axis=1), weighed[:, 1:]])
    shares[points, :count] = standing[points, None] * believed[:, :count]
    shares[points, _UNKNOWN] += standing[points] * believed[:, -1]
    return shares


def _joined(
    red: NDArray[np.float32], ink: NDArray[np.float32], points: NDArray[np.int64], faces: ReadFaces
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What both nets say of the side of each point: log-odds (90,) and embeddings (90, 8).

    They see the same paint, so that of their log-odds the mean counts and of their squared distances, too.
    """
    joined = red.copy()
    joined[points] = (red[points] + faces.red_logit) / 2
    close = np.zeros((len(ink), INK_SIZE), np.float32)
    close[points] = faces.ink
    return joined, np.hstack([ink, close]) * np.float32(np.sqrt(0.5))
