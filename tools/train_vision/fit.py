"""Training of the locator and of the net that sees the points, on shards."""

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tools.train_vision.descent import Report, descend
from tools.train_vision.nets import LocatorNet, PieceNet
from tools.train_vision.reopen import MEASURED, begin
from tools.train_vision.shards import load_columns
from tools.train_vision.targets import locator_loss, locator_targets, piece_loss
from vision.classify import CANVAS_CELL_PIXELS
from vision.geometry import project
from vision.locate import LOCATOR_PIXELS

__all__ = ["fit_locator", "fit_pieces"]

_SQUARES_PER_STEP = 16
_CANVASES_PER_STEP = 12
_SHIFT_PIXELS = 3
#: How far the corners of a locator's picture are moved for more variety, in shares of its side.
_BEND = 0.07
#: How far all of it is moved, a cell of the second look, and how much smaller or larger it may become.
_SLIP = 0.09
_ZOOM = (0.8, 1.1)


def fit_locator(
    paths: list[Path], steps: int, seed: int, report: Report, checkpoint: Path, start: Path | None = None
) -> LocatorNet:
    """Train the locator for `steps` steps of 16 pictures on the shards `paths`, from weights `start`."""
    torch.manual_seed(seed)
    squares, lattices = load_columns(paths, ("squares", "lattices"))
    net = LocatorNet()
    begin(net, start, torch.from_numpy(squares[:MEASURED].astype(np.float32)))

    def loss_of_step(step: int) -> Tensor:
        rng = np.random.default_rng([seed, 1, step])
        chosen = rng.integers(0, len(squares), _SQUARES_PER_STEP)
        pictures, truths = _turned(rng, squares[chosen], lattices[chosen])
        targets, _ = locator_targets(torch.from_numpy(truths))
        with torch.autocast("cpu", torch.bfloat16):
            maps = net(torch.from_numpy(pictures))
        return locator_loss(maps.float(), targets)

    descend(net, loss_of_step, steps, 3e-3, "locator", report, checkpoint)
    return net


def fit_pieces(
    paths: list[Path], steps: int, seed: int, report: Report, checkpoint: Path, start: Path | None = None
) -> PieceNet:
    """Train the net that sees the points for `steps` steps of 12 canvases, from weights `start`."""
    torch.manual_seed(seed)
    canvases, kind, red, offset, learn = load_columns(paths, ("canvases", "kind", "red", "offset", "learn"))
    net = PieceNet()
    begin(net, start, torch.from_numpy(canvases[:MEASURED].astype(np.float32)))

    def loss_of_step(step: int) -> Tensor:
        rng = np.random.default_rng([seed, 2, step])
        parts = [
            _moved(rng, canvases[index], (kind[index], red[index], offset[index], learn[index]))
            for index in rng.integers(0, len(canvases), _CANVASES_PER_STEP)
        ]
        pictures, kinds, reds, offsets, learnt = (
            torch.from_numpy(np.stack(column)) for column in zip(*parts, strict=True)
        )
        with torch.autocast("cpu", torch.bfloat16):
            scores = net(pictures)
        return piece_loss(scores.float(), kinds.long(), reds.long(), offsets.float(), learnt)

    descend(net, loss_of_step, steps, 3e-3, "pieces", report, checkpoint)
    return net


def _turned(
    rng: np.random.Generator, squares: NDArray[np.generic], lattices: NDArray[np.generic]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Turn, mirror and bend each picture at random and change its exposure and colour balance a little."""
    side = LOCATOR_PIXELS
    pictures = np.empty(squares.shape, np.float32)
    truths = np.array(lattices, dtype=np.float64)
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    for index, square in enumerate(squares):
        picture, change = np.asarray(square), np.eye(3)
        mirrored = rng.random() < 0.5
        if mirrored:
            picture, change = picture[:, ::-1], np.array([[-1.0, 0, side - 1], [0, 1, 0], [0, 0, 1]])
        turns = int(rng.integers(4))
        quarter = np.array([[0.0, 1, 0], [-1, 0, side - 1], [0, 0, 1]])
        picture, change = np.rot90(picture, turns), np.linalg.matrix_power(quarter, turns) @ change
        if rng.random() < 0.7:
            moved = corners + rng.uniform(-_BEND, _BEND, (4, 2)) * side
            moved = (moved - side / 2) * rng.uniform(*_ZOOM) + side / 2 + rng.uniform(-_SLIP, _SLIP, 2) * side
            bend = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
            picture = cv2.warpPerspective(
                np.ascontiguousarray(picture), bend, (side, side), borderValue=(127, 127, 127)
            )
            change = bend @ change
        pictures[index] = picture
        if truths[index].any():
            seen = project(change, truths[index]).reshape(10, 9, 2)
            # The mirror image of a board is a board whose files are named from the other end.
            truths[index] = (seen[:, ::-1] if mirrored else seen).reshape(90, 2)
    return _recoloured(rng, pictures, len(pictures)), truths


def _recoloured(rng: np.random.Generator, pictures: NDArray[np.float32], groups: int) -> NDArray[np.float32]:
    gains = rng.uniform(0.8, 1.2, (groups, 1, 1, 3)) * rng.uniform(0.9, 1.1, (groups, 1, 1, 1))
    shift = rng.uniform(-15, 15, (groups, 1, 1, 1))
    return np.clip(pictures * gains.astype(np.float32) + shift.astype(np.float32), 0, 255)


def _moved(
    rng: np.random.Generator, canvas: NDArray[np.generic], truth: tuple[NDArray[np.generic], ...]
) -> tuple[NDArray[np.generic], ...]:
    """Shift, turn and mirror a canvas and its truth (kind, red, offset, learn) at random."""
    margin = _SHIFT_PIXELS
    padded = np.pad(np.asarray(canvas), ((margin, margin), (margin, margin), (0, 0)), constant_values=127)
    right, down = rng.integers(-margin, margin + 1, 2)
    height, width = canvas.shape[:2]
    picture = padded[margin + down : margin + down + height, margin + right : margin + right + width]
    kind, red, offset, learn = (np.asarray(part).reshape(10, 9, *part.shape[1:]) for part in truth)
    shifted = offset - np.array([right, down]) / CANVAS_CELL_PIXELS
    for axis, sign in ((0, (1, -1)), (1, (-1, 1))):
        if rng.random() < 0.5:
            picture = np.flip(picture, axis)
            kind, red, learn = (np.flip(part, axis) for part in (kind, red, learn))
            shifted = np.flip(shifted, axis) * np.array(sign)
    pictures = _recoloured(rng, np.asarray(picture, np.float32)[None], 1)
    return (
        pictures[0],
        kind.reshape(90).copy(),
        red.reshape(90).copy(),
        shifted.reshape(90, 2).astype(np.float32),
        learn.reshape(90).copy(),
    )
