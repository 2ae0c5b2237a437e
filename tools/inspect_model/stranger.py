"""A net of an attacker's own, who has never seen the shipped one: what misleads it may mislead others, too.

It learns in some seconds, from boards composed for it, where men stand and where points are bare.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tools.composed.looks import printed_look
from tools.composed.stage import Stage, men_of
from tools.composed.view import look_at_board
from vision.classify import CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS, board_canvas
from vision.geometry import LATTICE, project
from vision.rectify import canvas_from_board

__all__ = ["StrangerNet", "trained_stranger"]

_LABELS = "KABNRCPkabnrcp"
_BOARDS = 24
_STEPS = 120
_BATCH = 2
#: Boards of these numbers are nobody else's: the inspection's own begin at 0.
_FIRST = 10_000
#: No answer of this net is "cannot tell".
_NEVER = -20.0


class StrangerNet(nn.Module):
    """Pictures (n, H, W, 3) float32 BGR 0..255 of rectified boards → (n, 90, 3): piece, bare, cannot tell."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 12, 5, stride=4, padding=2),
            nn.ReLU(),
            nn.Conv2d(12, 24, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(24, 24, 3, padding=2, dilation=2),
            nn.ReLU(),
            nn.Conv2d(24, 2, 1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Scores before the softmax."""
        height, width = pictures.shape[1:3]
        maps = self.layers(pictures.permute(0, 3, 1, 2) / 127.5 - 1)
        points = project(canvas_from_board(CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS), LATTICE)
        places = (points + 0.5) / (width, height) * 2 - 1
        grid = torch.from_numpy(places.astype(np.float32))[None, None].expand(len(pictures), -1, -1, -1)
        scores = nn.functional.grid_sample(maps, grid, align_corners=False)[:, :, 0].permute(0, 2, 1)
        return torch.cat([scores, torch.full_like(scores[:, :, :1], _NEVER)], dim=2)


def trained_stranger(seed: int) -> StrangerNet:
    """A net made from nothing, its first weights and its boards drawn by `seed`."""
    rng = np.random.default_rng([seed, 21])
    drawn = [_board(_FIRST + number, rng) for number in range(_BOARDS)]
    pictures = torch.from_numpy(np.stack([picture for picture, _ in drawn]))
    bare = torch.from_numpy(np.stack([bare for _, bare in drawn]))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = StrangerNet()
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(_STEPS):
        batch = torch.from_numpy(rng.choice(_BOARDS, _BATCH, replace=False))
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(net(pictures[batch]).flatten(0, 1), bare[batch].flatten())
        loss.backward()
        optimiser.step()
    net.eval().requires_grad_(False)
    return net


def _board(number: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A rectified board of random men on random points, and which points are bare."""
    stands = rng.random(90) < rng.uniform(0.1, 0.5)
    labels = [str(rng.choice(list(_LABELS))) if stand else "." for stand in stands]
    view = look_at_board((960, 720), tilt=float(rng.uniform(0, 0.3)), fill=0.85)
    stage = Stage(printed_look(number), view, number)
    picture = stage.picture(list(men_of(labels, rng).values()), frame=0)
    return board_canvas(picture, stage.ground).astype(np.float32), (~stands).astype(np.int64)
