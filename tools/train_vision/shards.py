"""Scenes on disk, in shards that are made once and can be resumed."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.train_vision.fonts import HELD_OUT, Face
from tools.train_vision.samples import canvas_sample, close_up_sample, locator_sample
from tools.train_vision.scene import Photographs, Scene, draw_empty_scene, draw_scene

__all__ = ["close_ups_of", "load_columns", "make_shard", "save_arrays", "scene_of"]

#: Share of pictures without a board, and of boards whose pieces wear photographed faces.
NO_BOARD_SHARE = 0.12
PHOTOGRAPHED_SHARE = 0.1


def scene_of(
    seed: int,
    index: int,
    faces: list[Face],
    photographs: Photographs | None,
    held_out: bool,
    letters: Mapping[int, str] | None = None,
) -> tuple[Scene, np.random.Generator]:
    """Draw scene `index` of the stream `seed`; the same arguments give the same scene.

    `letters`: what stands on which points, else any pieces anywhere (see `scene.draw_scene`).
    """
    rng = np.random.default_rng([seed, int(held_out), index])
    allowed = [face for face in faces if (face.family in HELD_OUT) == held_out]
    roll = rng.random()
    if roll < NO_BOARD_SHARE:
        return draw_empty_scene(rng, allowed), rng
    wear = photographs if roll < NO_BOARD_SHARE + PHOTOGRAPHED_SHARE else None
    return draw_scene(rng, allowed, wear, letters=letters), rng


def make_shard(
    path: Path,
    seed: int,
    indices: range,
    faces: list[Face],
    photographs: Photographs | None = None,
    *,
    held_out: bool = False,
) -> None:
    """Draw the scenes `indices` into `path`, their close-ups beside it; does nothing when they are there."""
    if path.exists():
        return
    squares, lattices, canvases, labels, close_ups = [], [], [], [], []
    for index in indices:
        scene, rng = scene_of(seed, index, faces, photographs, held_out)
        square, lattice = locator_sample(rng, scene)
        squares.append(square)
        lattices.append(lattice)
        if scene.camera is not None:
            canvas, truth = canvas_sample(rng, scene)
            canvases.append(canvas)
            labels.append(truth)
            close_ups.append(close_up_sample(rng, scene))
    path.parent.mkdir(parents=True, exist_ok=True)
    save_arrays(
        close_ups_of(path),
        pictures=np.concatenate([part.pictures for part in close_ups]),
        glyph=np.concatenate([part.glyph for part in close_ups]),
        kind=np.concatenate([part.kind for part in close_ups]),
        red=np.concatenate([part.red for part in close_ups]),
        scene=np.repeat(np.arange(len(close_ups)), [len(part.kind) for part in close_ups]),
    )
    save_arrays(
        path,
        squares=np.stack(squares),
        lattices=np.stack(lattices),
        canvases=np.stack(canvases),
        kind=np.stack([truth.kind for truth in labels]),
        red=np.stack([truth.red for truth in labels]),
        offset=np.stack([truth.offset for truth in labels]),
        learn=np.stack([truth.learn for truth in labels]),
    )


def close_ups_of(path: Path) -> Path:
    """The file of close-ups that belongs to the shard `path`: the arrays of `samples.CloseUps`, and `scene`
    (n,), which of them were seen in one picture.
    """
    return path.with_name(f"{path.stem}-close-ups.npz")


def save_arrays(path: Path, **arrays: NDArray[Any]) -> None:
    """Write the arrays to `path`, which is there whole or not at all."""
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with unfinished.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    unfinished.replace(path)


def load_columns(paths: list[Path], names: Sequence[str]) -> list[NDArray[Any]]:
    """Load the arrays `names` of all shards, each joined along its first axis. The arrays of a shard:

    For the locator `squares` (N, 320, 320, 3) uint8 and `lattices` (N, 90, 2) float64 (zeros: no board);
    for the classifier `canvases` (M, 264, 240, 3) uint8 and, per point, `kind`, `red` (M, 90) int8, `offset`
    (M, 90, 2) float32, `learn` (M, 90) bool.
    """
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    for path in paths:
        with np.load(path) as arrays:
            for name in names:
                parts[name].append(arrays[name])
    return [np.concatenate(parts[name]) for name in names]
