"""Which character a piece carries, and in which ink, read from a close-up that is centred on the piece.

The point classifier sees 1.6 cells at once, to know whether and where a piece stands; there a character
is a dozen pixels wide. Reading it takes a closer look: one cell around the piece's own centre, in the
camera's full resolution.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.model_files import MODELS, load_model

__all__ = [
    "CLOSE_UP_PIXELS",
    "GLYPHS",
    "INK_SIZE",
    "KINDS",
    "KIND_OF_GLYPH",
    "MOST_READS",
    "GlyphReader",
    "ReadFaces",
    "cut_close_up",
]

#: Side of a close-up, which shows one cell.
CLOSE_UP_PIXELS = 48
#: Kinds in the order of the point classifier's columns.
KINDS = "KABNRCP"
#: The characters that are told apart; a last class stands for a face without one.
GLYPHS = "帥帅將将仕士相象馬马傌車车俥炮砲包兵卒"
#: Index into `KINDS` of each character.
KIND_OF_GLYPH = np.array([KINDS.index(kind) for kind in "KKKKAABBNNNRRRCCCPP"])
#: Log-odds that a man with this character is red, in the order of `GLYPHS`. Far below what the customs of
#: makers would give: some swap the soldiers of a set or write one form on both sides. Soldiers, of whom
#: there are most, weigh least.
_RED_OF_GLYPH = np.array(
    [3.0, 3.0, -3.0, -3.0, 2.0, -2.0, 2.3, -2.3, -0.1, 0.0, 1.0, -0.1, 0.0, 1.0, 0.2, -0.25, -0.5, 1.0, -1.0]
)
#: Numbers that describe the ink of a piece.
INK_SIZE = 4
#: Close-ups read in one look, so that the multiply-adds of a board whose place is known stay within 0.6 G.
#: What its men leave is spent on doubtful faces, seen otherwise.
MOST_READS = 63
_DOUBTFUL = 0.9  # the likeliest kind's share below which a face is read again
#: The other looks in the order they are tried. Turn in radians: the net reads a face the same at every eighth
#: of a turn, but not quite between. Width in cells, nearer for small writing; slip in cells, as a centre is
#: known to some hundredths only.
_LOOKS = (
    (np.pi / 8, 0.85, (0.03, 0.0)),
    (np.pi / 16, 1.0, (-0.02, 0.025)),
    (3 * np.pi / 16, 0.92, (-0.02, -0.025)),
)
_FINER = 3  # at most so many samples a pixel and direction, against aliasing


@dataclass(frozen=True)
class ReadFaces:
    """`logp` (n, 8): log-probabilities of the seven kinds and of a blank face; `form_logit` (n,): log-odds of
    red by the form of the character alone (帥 or 將, 相 or 象), `red_logit` (n,) by its colour alone; `ink`
    (n, 4): the embedding of its ink, as in `vision.classify.PointScores`.
    """

    logp: NDArray[np.float64]
    form_logit: NDArray[np.float64]
    red_logit: NDArray[np.float64]
    ink: NDArray[np.float64]


class GlyphReader:
    """The net that reads close-ups. Raises `ModelFileError` when its file is missing or altered."""

    def __init__(self, model_path: Path | None = None, *, threads: int = 2) -> None:
        """Load `model_path` (default: the model of this program), to run on `threads` threads."""
        self._model = load_model(model_path or MODELS / "glyphs.onnx", threads)

    @property
    def sha256(self) -> str:
        """Hash of the model file."""
        return self._model.sha256

    def read(
        self,
        image: NDArray[np.uint8],
        plane: NDArray[np.float64],
        centres: NDArray[np.float64],
        *,
        mirrored: bool = False,
        most: int = MOST_READS,
    ) -> ReadFaces:
        """Read the faces of n pieces.

        `image` is (H, W, 3) uint8 BGR; `plane` (3 x 3) maps board coordinates on the plane of the pieces'
        upper faces to pixels; `centres` (n, 2) are the pieces' centres on it, in cells. `mirrored`: read the
        mirror image of each face; `most`: how many close-ups may be read in all, if no fewer than n.
        """
        if not len(centres):
            return ReadFaces(np.zeros((0, len(KINDS) + 1)), np.zeros(0), np.zeros(0), np.zeros((0, INK_SIZE)))
        first = self._read([cut_close_up(image, plane, centre) for centre in centres], mirrored)
        logs = first[:, : len(KINDS) + 1]
        spare = most - len(centres)
        order = np.argsort(logs.max(axis=1))
        doubtful = order[logs[order].max(axis=1) < np.log(_DOUBTFUL)]
        again = [(face, look) for look in _LOOKS for face in doubtful][: max(0, spare)]
        total, count = first.copy(), np.ones(len(centres))
        if again:
            others = [
                cut_close_up(image, plane, centres[face] + slip, turn, width)
                for face, (turn, width, slip) in again
            ]
            faces = [face for face, _ in again]
            np.add.at(total, faces, self._read(others, mirrored))
            np.add.at(count, faces, 1.0)
        mean = total / count[:, None]
        kinds, form, red, ink = np.split(mean, np.cumsum([len(KINDS) + 1, 1, 1]), axis=1)
        return ReadFaces(
            kinds - np.logaddexp.reduce(kinds, axis=1, keepdims=True), form[:, 0], red[:, 0], ink
        )

    def _read(self, close_ups: Sequence[NDArray[np.uint8]], mirrored: bool) -> NDArray[np.float64]:
        """The columns of `ReadFaces` side by side, (n, 14), for n close-ups (48, 48, 3) or their mirror
        images.
        """
        crops = np.stack(close_ups).astype(np.float32)
        if mirrored:
            crops = np.ascontiguousarray(crops[:, :, ::-1])
        scores = self._model.run(crops).astype(np.float64)
        raw, colours = np.split(scores, [len(GLYPHS) + 1], axis=1)
        shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
        shares = shifted / shifted.sum(axis=1, keepdims=True)
        kinds = np.zeros((len(raw), len(KINDS) + 1))
        for glyph, kind in enumerate(KIND_OF_GLYPH):
            kinds[:, kind] += shares[:, glyph]
        kinds[:, -1] = shares[:, -1]
        forms, other = shares[:, :-1], shares[:, -1]
        as_red, as_black = (forms @ np.exp(sign * _RED_OF_GLYPH / 2) + other for sign in (1, -1))
        return np.column_stack([np.log(np.maximum(kinds, 1e-9)), np.log(as_red / as_black), colours])


def cut_close_up(
    image: NDArray[np.uint8],
    plane: NDArray[np.float64],
    centre: NDArray[np.float64],
    turn: float = 0.0,
    width: float = 1.0,
) -> NDArray[np.uint8]:
    """The square of `width` cells around `centre` as seen from straight above, turned by `turn` radians,
    (48, 48, 3).
    """
    edge = width * np.array([[-0.5, 0.5], [0.0, 0.0]])
    ends = plane @ np.vstack([edge + np.asarray(centre)[:, None], np.ones(2)])
    seen = float(np.hypot(*np.diff(ends[:2] / ends[2], axis=1)[:, 0]))
    finer = int(np.clip(np.ceil(seen / CLOSE_UP_PIXELS), 1, _FINER))
    side = CLOSE_UP_PIXELS * finer
    pixel = width / side
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corner = np.asarray(centre) + turned @ np.full(2, 0.5 * (pixel - width))
    to_plane = np.vstack([np.column_stack([pixel * turned, corner]), [0.0, 0.0, 1.0]])
    crop = cv2.warpPerspective(
        image,
        plane @ to_plane,
        (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if finer > 1:
        crop = cv2.resize(crop, (CLOSE_UP_PIXELS, CLOSE_UP_PIXELS), interpolation=cv2.INTER_AREA)
    return np.asarray(crop, np.uint8)
