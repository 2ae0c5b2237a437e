"""Training of the two nets on shards."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tools.train_vision.nets import LocatorNet, PieceNet
from tools.train_vision.samples import EMPTY, UNKNOWN
from tools.train_vision.shards import load_columns
from tools.train_vision.targets import locator_loss, locator_targets, piece_loss
from vision.geometry import LATTICE
from vision.locate import LOCATOR_PIXELS
from vision.rectify import CELL_PIXELS, CROP_PIXELS

__all__ = ["fit_locator", "fit_pieces"]

Report = Callable[[str], None]

_SQUARES_PER_STEP = 16
_SCENES_PER_STEP = 12
_SHIFT_PIXELS = 4
#: At most this many crops of each sort from one canvas: pieces, empty points, points one cannot tell.
_CROPS = (24, 4, 4)


def fit_locator(
    paths: list[Path], steps: int, seed: int, report: Report, start: Path | None = None
) -> LocatorNet:
    """Train the locator for `steps` steps of 16 pictures on the shards `paths`, from weights `start`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 1])
    squares, homographies = load_columns(paths, ("squares", "homographies"))
    net = LocatorNet()
    _load(net, start)

    def loss_of_step() -> Tensor:
        chosen = rng.integers(0, len(squares), _SQUARES_PER_STEP)
        pictures, truths = _turned(rng, squares[chosen], homographies[chosen])
        targets, _ = locator_targets(torch.from_numpy(truths))
        with torch.autocast("cpu", torch.bfloat16):
            maps = net(torch.from_numpy(pictures))
        return locator_loss(maps.float(), targets)

    _descend(net, loss_of_step, steps, 3e-3, "locator", report)
    return net


def fit_pieces(
    paths: list[Path], steps: int, seed: int, report: Report, start: Path | None = None
) -> PieceNet:
    """Train the classifier for `steps` steps of some 400 crops of 12 canvases, from weights `start`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 2])
    names = ("canvases", "kind", "red", "offset", "learn")
    canvases, kind, red, offset, learn = load_columns(paths, names)
    net = PieceNet()
    _load(net, start)

    def loss_of_step() -> Tensor:
        parts = []
        for scene, index in enumerate(rng.integers(0, len(canvases), _SCENES_PER_STEP)):
            points = _chosen_points(rng, kind[index], learn[index])
            pictures, moved = _cut(rng, canvases[index], offset[index], points)
            owner = np.full(len(points), scene)
            parts.append((pictures, kind[index][points], red[index][points], moved, owner))
        pictures, kinds, reds, moved, owners = (np.concatenate(column) for column in zip(*parts, strict=True))
        with torch.autocast("cpu", torch.bfloat16):
            scores = net(torch.from_numpy(pictures))
        return piece_loss(
            scores.float(),
            torch.from_numpy(kinds.astype(np.int64)),
            torch.from_numpy(reds.astype(np.int64)),
            torch.from_numpy(moved.astype(np.float32)),
            torch.from_numpy(owners),
        )

    _descend(net, loss_of_step, steps, 3e-3, "pieces", report)
    return net


def _load(net: nn.Module, start: Path | None) -> None:
    if start is not None:
        net.load_state_dict(torch.load(start, weights_only=True))


def _descend(
    net: nn.Module, loss_of_step: Callable[[], Tensor], steps: int, rate: float, name: str, report: Report
) -> None:
    """AdamW with a short warm-up and a cosine to zero; leaves the net in evaluation mode."""
    net.train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    warm = max(1, min(200, steps // 10))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, 0.5 * (1 + math.cos(math.pi * step / steps)) + 1e-3)
    )
    mean = 0.0
    for step in range(steps):
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of_step()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        mean = loss.item() if step == 0 else 0.98 * mean + 0.02 * loss.item()
        if (step + 1) % 100 == 0 or step + 1 == steps:
            report(f"{name} step {step + 1}/{steps} loss {mean:.4f}")
    net.eval()


def _turned(
    rng: np.random.Generator, squares: NDArray[np.generic], homographies: NDArray[np.generic]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Turn each picture by a random number of quarters, change its exposure and colour balance a little."""
    pictures = np.empty(squares.shape, np.float32)
    truths = np.array(homographies, dtype=np.float64)
    quarter = np.array([[0.0, 1, 0], [-1, 0, LOCATOR_PIXELS - 1], [0, 0, 1]])
    for index, square in enumerate(squares):
        turns = int(rng.integers(4))
        pictures[index] = np.rot90(square, turns)
        truths[index] = np.linalg.matrix_power(quarter, turns) @ truths[index]
    return _recoloured(rng, pictures, len(pictures)), truths


def _recoloured(rng: np.random.Generator, pictures: NDArray[np.float32], groups: int) -> NDArray[np.float32]:
    gains = rng.uniform(0.8, 1.2, (groups, 1, 1, 3)) * rng.uniform(0.9, 1.1, (groups, 1, 1, 1))
    shift = rng.uniform(-15, 15, (groups, 1, 1, 1))
    return np.clip(pictures * gains.astype(np.float32) + shift.astype(np.float32), 0, 255)


def _chosen_points(
    rng: np.random.Generator, kind: NDArray[np.generic], learn: NDArray[np.generic]
) -> NDArray[np.int64]:
    known = np.asarray(kind)
    sorts = (known < EMPTY, known == EMPTY, known == UNKNOWN)
    parts = []
    for sort, most in zip(sorts, _CROPS, strict=True):
        points = np.flatnonzero(sort & np.asarray(learn, dtype=bool))
        parts.append(rng.permutation(points)[:most])
    return np.concatenate(parts).astype(np.int64)


def _cut(
    rng: np.random.Generator,
    canvas: NDArray[np.generic],
    offset: NDArray[np.generic],
    points: NDArray[np.int64],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cut crops a few pixels beside the points, half of them upside down; also returns the moved offsets."""
    margin = _SHIFT_PIXELS
    padded = np.pad(np.asarray(canvas), ((margin, margin), (margin, margin), (0, 0)), constant_values=127)
    shifts = rng.integers(-margin, margin + 1, (len(points), 2))
    turns = 2 * rng.integers(0, 2, len(points))
    pictures = np.empty((len(points), CROP_PIXELS, CROP_PIXELS, 3), np.float32)
    moved = np.empty((len(points), 2), np.float32)
    for row, (point, (right, down), turn) in enumerate(zip(points, shifts, turns, strict=True)):
        left, top = (LATTICE[point] * CELL_PIXELS).astype(int) + margin + (right, down)
        pictures[row] = np.rot90(padded[top : top + CROP_PIXELS, left : left + CROP_PIXELS], turn)
        away = np.asarray(offset)[point] - np.array([right, down]) / CELL_PIXELS
        moved[row] = -away if turn else away
    return _recoloured(rng, pictures, 1), moved
