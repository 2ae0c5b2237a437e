"""Varies the rectified boards that the first net learns from, and what is true of their points."""

from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_vision.restyled import restyled_board
from vision.classify import CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS
from vision.geometry import LATTICE, project
from vision.rectify import canvas_from_board

__all__ = ["BoardTruth", "varied"]

Canvas = NDArray[np.float32]

_SHIFT_PIXELS = 3
_RESTYLED_SHARE = 0.6
#: How far corners are put beside the board, in cells (standard deviation), and how often.
_SLIPS = (0.0, 0.05, 0.12)
_SLIP_SHARES = (0.4, 0.35, 0.25)
_FARTHEST_SLIP = 0.3
#: Farther from its point, in cells, a man counts for none.
_ON_POINT = 0.47
_MEN = 7
_GREY = 127


@dataclass(frozen=True)
class BoardTruth:
    """What is true of the 90 points in FEN order, as in `samples.PointLabels`.

    `red` (90,) is -1 where the colours of a man alone do not tell its side, `compared` (90,) is the same but
    -1 only where not even the other men's colours do.
    """

    kind: NDArray[np.int64]
    red: NDArray[np.int64]
    compared: NDArray[np.int64]
    offset: NDArray[np.float32]
    learn: NDArray[np.bool_]


def varied(
    rng: np.random.Generator,
    canvas: NDArray[np.uint8],
    kind: NDArray[np.integer],
    red: NDArray[np.integer],
    offset: NDArray[np.float32],
    learn: NDArray[np.bool_],
) -> tuple[Canvas, BoardTruth]:
    """A board (264, 240, 3) with corners beside it, in other light, shifted and mirrored at random."""
    board, offset = _slipped(rng, np.asarray(canvas, np.float32), offset)
    told = compared = True
    if rng.random() < _RESTYLED_SHARE:
        board, told, compared = restyled_board(rng, board)
    sides = red.astype(np.int64)
    unknown = np.full_like(sides, -1)
    truth = BoardTruth(
        kind.astype(np.int64), sides if told else unknown, sides if compared else unknown, offset, learn
    )
    board, truth = _moved(rng, np.clip(board, 0, 255), truth)
    far = (truth.kind < _MEN) & (np.hypot(*truth.offset.T) > _ON_POINT)
    return board, BoardTruth(truth.kind, truth.red, truth.compared, truth.offset, truth.learn & ~far)


def _slipped(
    rng: np.random.Generator, canvas: Canvas, offset: NDArray[np.float32]
) -> tuple[Canvas, NDArray[np.float32]]:
    """The canvas (264, 240, 3) and the men's offsets (90, 2) as seen with corners beside the board's."""
    deviation = float(rng.choice(_SLIPS, p=_SLIP_SHARES))
    if not deviation:
        return canvas, offset
    corners = np.array([[0.0, 0], [8, 0], [8, 9], [0, 9]])
    slips = np.clip(rng.normal(0, deviation, (4, 2)), -_FARTHEST_SLIP, _FARTHEST_SLIP)
    to_canvas = canvas_from_board(CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS)
    ends = (corners + slips).astype(np.float32)
    seen = np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), ends), np.float64)
    change = to_canvas @ seen @ np.linalg.inv(to_canvas)
    height, width = canvas.shape[:2]
    moved = cv2.warpPerspective(canvas, change, (width, height), borderValue=(_GREY,) * 3)
    return np.asarray(moved, np.float32), (project(seen, LATTICE + offset) - LATTICE).astype(np.float32)


def _moved(rng: np.random.Generator, canvas: Canvas, truth: BoardTruth) -> tuple[Canvas, BoardTruth]:
    """Shift and mirror a canvas and its truth at random, in other light."""
    margin = _SHIFT_PIXELS
    padded = np.pad(canvas, ((margin, margin), (margin, margin), (0, 0)), constant_values=_GREY)
    right, down = rng.integers(-margin, margin + 1, 2)
    height, width = canvas.shape[:2]
    picture = padded[margin + down : margin + down + height, margin + right : margin + right + width]
    parts = {part.name: getattr(truth, part.name) for part in fields(truth)}
    parts = {name: part.reshape(10, 9, *part.shape[1:]) for name, part in parts.items()}
    parts["offset"] = parts["offset"] - np.array([right, down]) / CANVAS_CELL_PIXELS
    for axis, sign in ((0, (1, -1)), (1, (-1, 1))):
        if rng.random() < 0.5:
            picture = np.flip(picture, axis)
            parts = {name: np.flip(part, axis) for name, part in parts.items()}
            parts["offset"] = parts["offset"] * np.array(sign)
    gains = rng.uniform(0.8, 1.2, 3) * rng.uniform(0.9, 1.1)
    lit = np.clip(picture * gains.astype(np.float32) + np.float32(rng.uniform(-15, 15)), 0, 255)
    flat = {name: part.reshape(90, *part.shape[2:]).copy() for name, part in parts.items()}
    return lit, BoardTruth(**{**flat, "offset": flat["offset"].astype(np.float32)})
