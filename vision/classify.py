"""Reads the 90 points of a located board: what stands there, in which ink, and where exactly."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.model_files import MODELS, load_model
from vision.rectify import PIECE_HEIGHT_CELLS, checked_picture, crops, rectify

__all__ = ["INK_MARGIN", "KIND_COLUMNS", "Classifier", "PointScores"]

#: What the columns of `PointScores.kind_logp` stand for: seven kinds, empty, cannot tell.
KIND_COLUMNS = "KABNRCP.?"
#: Squared distance of two ink embeddings at which both are as likely of one side as of two.
INK_MARGIN = 2.0

_KINDS = len(KIND_COLUMNS)
_COLUMNS = 16


@dataclass(frozen=True)
class PointScores:
    """Scores of the 90 points in FEN order of the homography that was given.

    `kind_logp` (90, 9) float32: log-probabilities of K A B N R C P empty unknown. `red_logit` (90,) float32:
    log-odds of red against black from one crop alone; means nothing where no piece stands. `ink` (90, 4)
    float32: an embedding trained so that for two pieces of one picture the log-odds of being of the same
    side are `INK_MARGIN` minus the squared distance. `offset_cells` (90, 2) float32: the centre of the
    piece's upper face minus the point, x along the files and y along the ranks as in the board frame, in
    cells of the plane `piece_height_cells` above the board; a piece of that height stands there.
    """

    kind_logp: NDArray[np.float32]
    red_logit: NDArray[np.float32]
    ink: NDArray[np.float32]
    offset_cells: NDArray[np.float32]


class Classifier:
    """The net that reads points. Raises `ModelFileError` when its file is missing or altered."""

    def __init__(self, model_path: Path | None = None, *, threads: int = 2) -> None:
        """Load `model_path` (default: the model of this program), to run on `threads` threads."""
        self._model = load_model(model_path or MODELS / "pieces.onnx", threads)

    @property
    def sha256(self) -> str:
        """Hash of the model file, for the record of a game."""
        return self._model.sha256

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
        canvas = rectify(picture, homography, height_cells=piece_height_cells)
        raw = self._model.run(crops(canvas).astype(np.float32))
        kinds = raw[:, :_KINDS].astype(np.float64)
        kinds -= kinds.max(axis=1, keepdims=True)
        kinds -= np.log(np.exp(kinds).sum(axis=1, keepdims=True))
        return PointScores(
            kind_logp=kinds.astype(np.float32),
            red_logit=raw[:, _KINDS],
            ink=raw[:, _KINDS + 1 : _COLUMNS - 2],
            offset_cells=raw[:, _COLUMNS - 2 :],
        )
