"""The net that reads one close-up, and its training."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tools.train_vision.descent import Report, descend
from tools.train_vision.faces import BLANK, Stock, close_up
from tools.train_vision.reopen import MEASURED, begin
from vision.glyphs import KIND_OF_GLYPH, KINDS

__all__ = ["GlyphNet", "draw_pool", "fit_glyphs"]

_BATCH = 256
_PHOTOGRAPHED_SHARE = 0.12


def _layer(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class GlyphNet(nn.Module):
    """From close-ups (B, 48, 48, 3) BGR as float32 0..255 to logits (B, 20): the characters, then blank."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _layer(3, 16, 5, 2),
            _layer(16, 20),
            _layer(20, 40, 3, 2),
            _layer(40, 40),
            _layer(40, 64, 3, 2),
            _layer(64, 64),
        )
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(64 * 36, 128),
            nn.ReLU(inplace=True),
            nn.Dropout(0.15),
            nn.Linear(128, BLANK + 1),
        )

    def forward(self, crops: Tensor) -> Tensor:
        """Return the logits. Each crop is first brought to one mean and spread, so light matters less."""
        x = crops.permute(0, 3, 1, 2)
        middle = x.mean(dim=(1, 2, 3), keepdim=True)
        spread = (x - middle).square().mean(dim=(1, 2, 3), keepdim=True).sqrt() + 4.0
        logits: Tensor = self.head(self.body((x - middle) / spread))
        return logits


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

    It goes on from `checkpoint` if that is there. A pool holds the arrays of `draw_pool`. Colours and light
    are varied anew at each use.
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
        batch = np.ascontiguousarray(np.rot90(batch, int(rng.integers(4)), axes=(1, 2)))
        batch *= rng.uniform(0.7, 1.3, (_BATCH, 1, 1, 3)).astype(np.float32)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(torch.from_numpy(batch))
        return _loss(logits.float(), torch.from_numpy(glyph[index]), torch.from_numpy(kind[index]))

    descend(net, loss_of_step, steps, 2e-3, "glyphs", report, checkpoint)
    return net
