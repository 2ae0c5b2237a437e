"""Training of the net that reads close-ups."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tools.train_vision.descent import Report, descend
from tools.train_vision.faces import BLANK
from tools.train_vision.glyph_net import GlyphNet, bends, moves
from tools.train_vision.reopen import MEASURED, begin
from tools.train_vision.restyled import restyled
from tools.train_vision.samples import CloseUps
from tools.train_vision.targets import ink_loss
from vision.glyphs import INK_SIZE, KIND_OF_GLYPH, KINDS

__all__ = ["fit_glyphs"]

_BATCH = 256
#: Of these, how many come from whole pictures and how many from each: inks are compared within one picture.
_SCENES, _MEN = 4, 16
_RESTYLED_SHARE = 0.6
_SIDE_WEIGHT = 0.3


@dataclass(frozen=True)
class _Pool:
    """All close-ups, and which of them are the men of each picture that shows enough of them."""

    all: CloseUps
    scenes: list[NDArray[np.int64]]


def fit_glyphs(
    pools: list[Path],
    steps: int,
    seed: int,
    report: Report,
    checkpoint: Path,
    start: Path | None = None,
) -> GlyphNet:
    """Train for `steps` steps of 256 close-ups from the `.npz` pools, from weights `start`.

    It goes on from `checkpoint` if that is there. A pool holds the arrays of `samples.CloseUps`, and `scene`
    if they were cut from pictures of boards. Turn, centre, size, shape, colours and light are varied anew at
    each use.
    """
    torch.manual_seed(seed)
    pool = _load(pools)
    net = GlyphNet()
    begin(net, start, torch.from_numpy(pool.all.pictures[:MEASURED].astype(np.float32)))

    def loss_of_step(step: int) -> Tensor:
        rng = np.random.default_rng([seed, 79, step])
        crops, index, red, apart = _batch(rng, pool)
        with torch.autocast("cpu", torch.bfloat16):
            scores = net(torch.from_numpy(crops), moves(rng, _BATCH), bends(rng, _BATCH)).float()
        glyph, kind = (torch.from_numpy(part[index]) for part in (pool.all.glyph, pool.all.kind))
        faces, sides, inks = torch.split(scores, [BLANK + 1, 1, INK_SIZE], dim=1)
        loss = _face_loss(faces, glyph, kind)
        told = red >= 0
        if bool(told.any()):
            by_itself = nn.functional.binary_cross_entropy_with_logits(sides[told, 0], red[told].float())
            loss = loss + _SIDE_WEIGHT * by_itself
        if apart < _BATCH:
            of_scenes = red[apart:].unflatten(0, (-1, _MEN))
            ink = inks[apart:].unflatten(0, (-1, _MEN))
            loss = loss + _SIDE_WEIGHT * ink_loss(ink, of_scenes, of_scenes >= 0)
        return loss

    descend(net, loss_of_step, steps, 2e-3, "glyphs", report, checkpoint)
    return net


def _load(paths: list[Path]) -> _Pool:
    parts: dict[str, list[NDArray[np.int64]]] = {name: [] for name in ("glyph", "kind", "red")}
    pictures: list[NDArray[np.uint8]] = []
    scenes: list[NDArray[np.int64]] = []
    first = 0
    for path in paths:
        with np.load(path) as arrays:
            pictures.append(arrays["pictures"])
            for name, part in parts.items():
                part.append(arrays[name])
            red = arrays["red"]
            of_scene = arrays["scene"] if "scene" in arrays else np.zeros(0, np.int64)
        for scene in np.unique(of_scene):
            men = np.flatnonzero((of_scene == scene) & (red >= 0))
            if len(men) >= _MEN:
                scenes.append(first + men)
        first += len(red)
    glyph, kind, sides = (np.concatenate(part) for part in parts.values())
    return _Pool(CloseUps(np.concatenate(pictures), glyph, kind, sides), scenes)


def _batch(
    rng: np.random.Generator, pool: _Pool
) -> tuple[NDArray[np.float32], NDArray[np.int64], Tensor, int]:
    """Crops (256, 48, 48, 3), their places in the pool, their sides where the colours still tell them (256,),
    and from which crop on each 16 are of one picture.
    """
    scenes = [pool.scenes[i] for i in rng.integers(0, len(pool.scenes), _SCENES)] if pool.scenes else []
    apart = _BATCH - _MEN * len(scenes)
    together = [rng.choice(men, _MEN, replace=False) for men in scenes]
    index = np.concatenate([rng.integers(0, len(pool.all.pictures), apart), *together])
    lights = rng.uniform(0.7, 1.3, (apart + len(scenes), 3)).astype(np.float32)
    lit = np.concatenate([np.arange(apart), apart + np.repeat(np.arange(len(scenes)), _MEN)])
    crops = pool.all.pictures[index].astype(np.float32) * lights[lit][:, None, None]
    red = pool.all.red[index]
    for each in np.flatnonzero(rng.random(apart) < _RESTYLED_SHARE):
        crops[each], told = restyled(rng, crops[each])
        if not told:
            red[each] = -1
    return crops, index, torch.from_numpy(red), apart


def _face_loss(logits: Tensor, glyph: Tensor, kind: Tensor) -> Tensor:
    """Cross-entropy over characters; where only the kind is known, over the kind's characters together."""
    logp = torch.log_softmax(logits, dim=1)
    of_kind = torch.zeros(len(KINDS) + 1, BLANK + 1)
    of_kind[torch.from_numpy(KIND_OF_GLYPH), torch.arange(BLANK)] = 1
    of_kind[len(KINDS), BLANK] = 1
    allowed = torch.where(
        glyph[:, None] >= 0,
        nn.functional.one_hot(glyph.clamp(min=0), BLANK + 1).float(),
        of_kind[kind],
    )
    fitting = torch.logsumexp(logp + allowed.clamp(min=1e-9).log(), dim=1)
    return -(0.96 * fitting + 0.04 * logp.mean(dim=1)).mean()
