"""The net that reads one close-up, and its training."""

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tools.train_vision.descent import Report, descend
from tools.train_vision.faces import BLANK, Stock, close_up
from tools.train_vision.reopen import MEASURED, begin
from vision.glyphs import CLOSE_UP_PIXELS, KIND_OF_GLYPH, KINDS

__all__ = ["GlyphNet", "draw_pool", "fit_glyphs", "moves"]

_BATCH = 256
_PHOTOGRAPHED_SHARE = 0.12


#: Rings and angles at which a face is sampled, and how far out, in cells: as fine as the close-up on the
#: outermost strokes. Three halvings leave eight angles.
_RINGS, _ANGLES = 24, 64
_INNER, _REACH = 0.02, 0.46
#: What training changes in a close-up beside the light: centre (pixels), size and squeeze (logarithms).
_SLIP, _SCALE, _SQUEEZE = 0.8, 0.04, 0.03


class _Around(nn.Module):
    """A layer on maps (B, channels, rings, angles): the last angle has the first one for a neighbour."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.reach = kernel // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, (self.reach, 0), bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.norm(self.conv(_wrapped(x, self.reach))))


class GlyphNet(nn.Module):
    """From close-ups (B, 48, 48, 3) BGR as float32 0..255 to logits (B, 20): the characters, then blank.

    A piece may lie at any turn. In polar coordinates a turn is a shift: every layer goes around the circle
    and the head pools over it, so that a face need not be learnt anew at each turn.
    """

    def __init__(self) -> None:
        super().__init__()
        ring = torch.linspace(_INNER, _REACH, _RINGS)[:, None]
        angle = torch.arange(_ANGLES) * (2 * math.pi / _ANGLES)
        # Where to sample, in half close-ups from the middle: x, then y.
        places = 2 * torch.stack([ring * torch.cos(angle), ring * torch.sin(angle)], dim=-1)
        self.register_buffer("places", places[None], persistent=False)
        # A kernel meets strokes of another width and bend on every ring: it is told which one it is on.
        rank = torch.linspace(-1, 1, _RINGS)[None, None, :, None].expand(1, 1, _RINGS, _ANGLES)
        self.register_buffer("rank", rank.clone(), persistent=False)
        self.body = nn.Sequential(
            _Around(4, 16, 5, 2),
            _Around(16, 24),
            _Around(24, 44, 3, 2),
            _Around(44, 44),
            _Around(44, 80, 3, 2),
            _Around(80, 80),
        )
        self.rings = nn.Conv2d(80, 128, (_RINGS // 8, 5), bias=False)
        self.norm = nn.BatchNorm2d(128)
        self.head = nn.Sequential(
            nn.Dropout(0.15), nn.Linear(256, 128), nn.ReLU(inplace=True), nn.Linear(128, BLANK + 1)
        )

    def forward(self, crops: Tensor, moved: Tensor | None = None) -> Tensor:
        """Return the logits. Each crop is first brought to one mean and spread, so light matters less.

        `moved` (B, 2, 3) takes the places that are looked at elsewhere, in half close-ups from the middle.
        """
        x = crops.permute(0, 3, 1, 2)
        middle = x.mean(dim=(1, 2, 3), keepdim=True)
        spread = (x - middle).square().mean(dim=(1, 2, 3), keepdim=True).sqrt() + 4.0
        sampled = self._sampled((x - middle) / spread, moved)
        x = torch.cat([sampled, self.rank + 0.0 * sampled[:, :1]], dim=1)
        x = torch.relu(self.norm(self.rings(_wrapped(self.body(x), 2))))
        logits: Tensor = self.head(torch.cat([x.amax(dim=(2, 3)), x.mean(dim=(2, 3))], dim=1))
        return logits

    def _sampled(self, x: Tensor, moved: Tensor | None) -> Tensor:
        if moved is None:
            # One grid for each crop of the batch, without operations on its size in the exported graph.
            places = self.places + 0.0 * x[:, :1, :1, :1]
        else:
            places = torch.einsum("brad,bed->brae", self.places.expand(len(x), -1, -1, -1), moved[:, :, :2])
            places = places + moved[:, None, None, :, 2]
        with torch.autocast("cpu", enabled=False):
            return nn.functional.grid_sample(
                x, places, mode="bilinear", padding_mode="border", align_corners=False
            )


def _wrapped(x: Tensor, reach: int) -> Tensor:
    """Repeat the first and last `reach` angles at the other end."""
    return torch.cat([x[..., -reach:], x, x[..., :reach]], dim=-1)


def moves(rng: np.random.Generator, count: int) -> Tensor:
    """Random turns about a slightly wrong centre, at a slightly wrong size and tilt: (count, 2, 3)."""
    lean, turn = rng.uniform(0, 2 * np.pi, (2, count))
    size, squeeze = np.exp(rng.normal(0, _SCALE, count)), np.exp(rng.normal(0, _SQUEEZE, count))
    across, along = _turned(lean), np.zeros((count, 2, 2))
    along[:, 0, 0], along[:, 1, 1] = size * squeeze, size / squeeze
    linear = across @ along @ across.transpose(0, 2, 1) @ _turned(turn)
    slip = rng.normal(0, _SLIP, (count, 2, 1)) / (CLOSE_UP_PIXELS / 2)
    return torch.from_numpy(np.concatenate([linear, slip], axis=2).astype(np.float32))


def _turned(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotations (n, 2, 2) by the angles (n,)."""
    return np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(-1, 2, 2)


def draw_pool(
    seed: int, stock: Stock, count: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Draw `count` close-ups from the stock: pictures (n, 48, 48, 3), glyphs (n,), kinds (n,)."""
    rng = np.random.default_rng([seed, 78])
    drawn, real = np.flatnonzero(~stock.photographed), np.flatnonzero(stock.photographed)
    pictures, chosen = [], []
    for _ in range(count):
        from_real = len(real) > 0 and rng.random() < _PHOTOGRAPHED_SHARE
        index = int(rng.choice(real if from_real else drawn))
        pictures.append(close_up(rng, stock.pictures[index], from_real))
        chosen.append(index)
    return np.stack(pictures), stock.glyph[chosen], stock.kind[chosen]


def _loss(logits: Tensor, glyph: Tensor, kind: Tensor) -> Tensor:
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


def fit_glyphs(
    pools: list[Path],
    steps: int,
    seed: int,
    report: Report,
    checkpoint: Path,
    start: Path | None = None,
) -> GlyphNet:
    """Train for `steps` steps of 256 close-ups from the `.npz` pools, from weights `start`.

    It goes on from `checkpoint` if that is there. A pool holds the arrays of `draw_pool`. Turn, centre,
    size, colours and light are varied anew at each use.
    """
    torch.manual_seed(seed)
    loaded = [np.load(path) for path in pools]
    pictures, glyph, kind = (
        np.concatenate([part[name] for part in loaded]) for name in ("pictures", "glyph", "kind")
    )
    net = GlyphNet()
    begin(net, start, torch.from_numpy(pictures[:MEASURED].astype(np.float32)))

    def loss_of_step(step: int) -> Tensor:
        rng = np.random.default_rng([seed, 79, step])
        index = rng.integers(0, len(pictures), _BATCH)
        batch = pictures[index].astype(np.float32)
        batch *= rng.uniform(0.7, 1.3, (_BATCH, 1, 1, 3)).astype(np.float32)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(torch.from_numpy(batch), moves(rng, _BATCH))
        return _loss(logits.float(), torch.from_numpy(glyph[index]), torch.from_numpy(kind[index]))

    descend(net, loss_of_step, steps, 2e-3, "glyphs", report, checkpoint)
    return net
