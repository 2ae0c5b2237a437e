"""The net that reads one close-up: the character on it, and in which ink."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tools.train_vision.faces import BLANK
from vision.glyphs import CLOSE_UP_PIXELS, INK_SIZE

__all__ = ["GlyphNet", "bends", "moves"]

#: Rings and angles at which a face is sampled, and how far out, in cells: as fine as the close-up on the
#: outermost strokes. Three halvings leave eight angles.
_RINGS, _ANGLES = 24, 64
_INNER, _REACH = 0.02, 0.46
#: What training changes in a close-up beside the light: centre (pixels), size and squeeze (logarithms). Some
#: are seen much more askew, or so small that their neighbours' rims show.
_SLIP, _SCALE, _SQUEEZE = 0.8, 0.04, 0.03
_FAR_SLIP, _FAR_SLIP_SHARE = 2.2, 0.15
_SMALLEST, _SMALL_SHARE = 1.35, 0.12
#: Knots of a bend of the whole close-up in each direction, and the largest deviation of one (pixels).
_KNOTS, _BEND = 5, 1.0


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
    """From close-ups (B, 48, 48, 3) BGR as float32 0..255 to scores (B, 25): logits of the characters and of
    a blank face, the logit of red against black, and the ink embedding.

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
        self.side = nn.Sequential(nn.Linear(256, 64), nn.ReLU(inplace=True), nn.Linear(64, 1 + INK_SIZE))

    def forward(self, crops: Tensor, moved: Tensor | None = None, bent: Tensor | None = None) -> Tensor:
        """Return the scores. Each crop is first brought to one mean and spread, so light matters less.

        `moved` (B, 2, 3) takes the places that are looked at elsewhere, in half close-ups from the middle;
        `bent` (B, 2, k, k) shifts them further, by these vectors at k x k knots over the close-up.
        """
        x = crops.permute(0, 3, 1, 2)
        middle = x.mean(dim=(1, 2, 3), keepdim=True)
        spread = (x - middle).square().mean(dim=(1, 2, 3), keepdim=True).sqrt() + 4.0
        sampled = self._sampled((x - middle) / spread, moved, bent)
        x = torch.cat([sampled, self.rank + 0.0 * sampled[:, :1]], dim=1)
        x = torch.relu(self.norm(self.rings(_wrapped(self.body(x), 2))))
        pooled = torch.cat([x.amax(dim=(2, 3)), x.mean(dim=(2, 3))], dim=1)
        return torch.cat([self.head(pooled), self.side(pooled)], dim=1)

    def _sampled(self, x: Tensor, moved: Tensor | None, bent: Tensor | None) -> Tensor:
        if moved is None:
            # One grid for each crop of the batch, without operations on its size in the exported graph.
            places = self.places + 0.0 * x[:, :1, :1, :1]
        else:
            places = torch.einsum("brad,bed->brae", self.places.expand(len(x), -1, -1, -1), moved[:, :, :2])
            places = places + moved[:, None, None, :, 2]
        if bent is not None:
            shift = nn.functional.grid_sample(
                bent, places, mode="bicubic", padding_mode="border", align_corners=True
            )
            places = places + shift.permute(0, 2, 3, 1)
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
    size = np.where(rng.random(count) < _SMALL_SHARE, rng.uniform(1.0, _SMALLEST, count), size)
    across, along = _turned(lean), np.zeros((count, 2, 2))
    along[:, 0, 0], along[:, 1, 1] = size * squeeze, size / squeeze
    linear = across @ along @ across.transpose(0, 2, 1) @ _turned(turn)
    far = np.where(rng.random((count, 1, 1)) < _FAR_SLIP_SHARE, _FAR_SLIP, _SLIP)
    slip = far * rng.normal(0, 1, (count, 2, 1)) / (CLOSE_UP_PIXELS / 2)
    return torch.from_numpy(np.concatenate([linear, slip], axis=2).astype(np.float32))


def bends(rng: np.random.Generator, count: int) -> Tensor:
    """Random smooth bends of the face, some hardly any: (count, 2, 5, 5), in half close-ups."""
    reach = _BEND * rng.random((count, 1, 1, 1)) / (CLOSE_UP_PIXELS / 2)
    return torch.from_numpy((reach * rng.normal(0, 1, (count, 2, _KNOTS, _KNOTS))).astype(np.float32))


def _turned(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotations (n, 2, 2) by the angles (n,)."""
    return np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(-1, 2, 2)
