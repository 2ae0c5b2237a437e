"""What one look at the board says: frames in, readings out, and their stable JSON form.

Points stand in FEN order (a9, b9, ... i9, a8, ... i0) and in vision's board frame: x = file 0..8,
y = 9 - rank, unit one cell, so that a9 = (0, 0) and i0 = (8, 9).
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LABELS",
    "SQUARES",
    "Frame",
    "PointReading",
    "Reading",
    "Reason",
    "Verdict",
    "board_to_fen_order",
    "fen_order_to_board",
    "hash_of_pixels",
    "placement_field",
]

Verdict = Literal["ok", "unsure", "wait", "no-board"]
Reason = Literal[
    "too-dark",
    "glare",
    "blurred",
    "cut-off",
    "covered",
    "moved",
    "not-xiangqi",
    "mirrored",
    "ambiguous-orientation",
]

SQUARES: tuple[str, ...] = tuple(f"{file}{rank}" for rank in range(9, -1, -1) for file in "abcdefghi")
"""Names of the 90 points in FEN order."""

LABELS = "KABNRCPkabnrcp.?"
"""Every label a point can carry: red, black, empty, cannot tell. Columns of `Reading.log_likelihood`."""

_FLOOR = 1e-6


@dataclass(frozen=True)
class Frame:
    """A picture in memory: `image` (H, W, 3) uint8 BGR, taken at `t_us`; `source` names it in messages."""

    image: NDArray[np.uint8]
    t_us: int
    source: str


@dataclass(frozen=True)
class PointReading:
    """What one point carries: a label of `LABELS` and how sure it is (0..1)."""

    square: str
    label: str
    confidence: float

    def as_dict(self) -> dict[str, str | float]:
        """The point as it stands in the JSON of a reading."""
        return {"square": self.square, "label": self.label, "confidence": round(self.confidence, 4)}


@dataclass(frozen=True)
class Reading:
    """One look at the board.

    `corners` are the pixels of a9, i9, i0, a0; `points` and `raw` have 90 entries in FEN order, after and
    before the laws of the game; `offsets` gives for every point with a piece how far its centre stands from
    the intersection (dx, dy) in cells of the board frame; `ms` are disjoint times of the stages;
    `residual_cells` is how badly the grid fits; `log_likelihood` (90, 16) float64 over `LABELS` is what the
    picture says about every label of every point, without the laws (None: derived from `points`); `rests_on`
    is the hash of the frame on which the game last agreed with the picture, where what was known then had a
    say (`vision.memory`), else empty.
    """

    verdict: Verdict
    reason: Reason | None
    fen: str | None
    corners: tuple[tuple[float, float], ...] | None
    points: tuple[PointReading, ...]
    raw: tuple[PointReading, ...]
    offsets: Mapping[str, tuple[float, float]]
    ms: Mapping[str, float]
    residual_cells: float
    frame_hash: str
    model_hash: str
    rests_on: str = ""
    log_likelihood: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of_labels(
        cls,
        labels: Sequence[str],
        confidence: float = 0.99,
        *,
        frame_hash: str = "",
        verdict: Verdict | None = None,
        reason: Reason | None = None,
    ) -> "Reading":
        """A reading of 90 labels in FEN order, all equally sure; for simulated worlds without pixels.

        The verdict defaults to `ok`, or `unsure` when a label is `?`.
        """
        points = tuple(PointReading(s, label, confidence) for s, label in zip(SQUARES, labels, strict=True))
        return cls(
            verdict=verdict or ("unsure" if "?" in labels else "ok"),
            reason=reason,
            fen=placement_field(labels),
            corners=None,
            points=points,
            raw=points,
            offsets={p.square: (0.0, 0.0) for p in points if p.label.isalpha()},
            ms={},
            residual_cells=0.0,
            frame_hash=frame_hash,
            model_hash="",
        )

    @classmethod
    def no_board(
        cls, reason: Reason | None, *, ms: Mapping[str, float], frame_hash: str, model_hash: str
    ) -> "Reading":
        """The reading of a picture in which no board was found: 90 times `?`, no corners."""
        points = tuple(PointReading(square, "?", 0.0) for square in SQUARES)
        return cls("no-board", reason, None, None, points, points, {}, ms, math.inf, frame_hash, model_hash)

    @property
    def labels(self) -> tuple[str, ...]:
        """The 90 labels in FEN order."""
        return tuple(point.label for point in self.points)

    def label_scores(self) -> NDArray[np.float64]:
        """Log-likelihood of every label at every point, (90, 16) float64 over `LABELS`.

        Without scores from pixels, a point's doubt is spread evenly over the other labels.
        """
        if self.log_likelihood is not None:
            return self.log_likelihood
        scores = np.empty((len(SQUARES), len(LABELS)))
        for row, point in enumerate(self.points):
            sure = min(max(point.confidence, _FLOOR), 1 - _FLOOR)
            scores[row] = math.log((1 - sure) / (len(LABELS) - 1))
            scores[row, LABELS.index(point.label)] = math.log(sure)
        return scores

    def to_json(self) -> dict[str, object]:
        """The reading as `qiyou look --json` prints it (plain lists, dicts, strings, numbers and None)."""
        corners = None if self.corners is None else [[round(x, 2), round(y, 2)] for x, y in self.corners]
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "fen": self.fen,
            "corners": corners,
            "points": [point.as_dict() for point in self.points],
            "raw": [point.as_dict() for point in self.raw],
            "ms": {stage: round(value, 2) for stage, value in self.ms.items()},
        }


def hash_of_pixels(image: NDArray[np.uint8]) -> str:
    """sha256 (hex) of an image's shape and pixels."""
    digest = hashlib.sha256(repr(image.shape).encode())
    digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()


def placement_field(labels: Sequence[str]) -> str | None:
    """FEN placement field of 90 labels in FEN order, or None if any of them is `?`."""
    if "?" in labels:
        return None
    rows: list[str] = []
    for start in range(0, len(SQUARES), 9):
        row, blanks = "", 0
        for label in labels[start : start + 9]:
            if label == ".":
                blanks += 1
                continue
            row += (str(blanks) if blanks else "") + label
            blanks = 0
        rows.append(row + (str(blanks) if blanks else ""))
    return "/".join(rows)


def board_to_fen_order(board: str) -> str:
    """90 labels by square index (rank * 9 + file) → the same in FEN order."""
    return "".join(board[rank * 9 : rank * 9 + 9] for rank in range(9, -1, -1))


def fen_order_to_board(labels: Sequence[str]) -> str:
    """90 labels in FEN order → the same by square index (rank * 9 + file)."""
    return "".join("".join(labels[row * 9 : row * 9 + 9]) for row in range(9, -1, -1))
