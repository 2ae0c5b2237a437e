"""Training targets and losses of the nets that find the lattice and see its points."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from tools.train_vision.nets import PRESENCE_COUNT
from vision.classify import INK_MARGIN
from vision.geometry import LATTICE
from vision.glyphs import INK_SIZE
from vision.locate import LOCATOR_PIXELS

__all__ = ["STRIDE", "ink_loss", "locator_loss", "locator_targets", "piece_loss"]

#: Pixels of the locator's input per value of its output.
STRIDE = 4
#: Columns of the kinds before empty.
PIECE_KINDS = 7

_SIDE = LOCATOR_PIXELS // STRIDE
_CROSSING_SIGMA = 0.9 * STRIDE


def locator_targets(lattices: Tensor) -> tuple[Tensor, Tensor]:
    """Return targets (B, 5, 80, 80) for lattices (B, 90, 2) in pixels, and which show a board (B,).

    Zeros mean no board. The crossings are where the lattice has them; the field is that of the homography
    nearest to it.
    """
    present = lattices.abs().sum(dim=(1, 2)) > 0
    fallback = torch.from_numpy(LATTICE) + 1.0
    points = torch.where(present[:, None, None], lattices.double(), fallback)
    inverses = torch.from_numpy(np.stack([_to_board(one.numpy()) for one in points]))
    steps = torch.arange(_SIDE, dtype=torch.float64) * STRIDE + (STRIDE - 1) / 2
    grid = torch.stack([steps[None].expand(_SIDE, -1), steps[:, None].expand(-1, _SIDE)], dim=-1).reshape(
        -1, 2
    )
    ones = torch.ones(len(grid), 1, dtype=torch.float64)
    board = torch.einsum("bij,nj->bni", inverses, torch.cat([grid, ones], 1))
    board = board[..., :2] / board[..., 2:] - torch.tensor([4.0, 4.5], dtype=torch.float64)
    nearest = torch.cdist(grid.float().expand(len(points), -1, -1), points.float()).amin(dim=2)
    crossing = torch.exp(-(nearest**2) / (2 * _CROSSING_SIGMA**2))
    inside = ((board[..., 0].abs() <= 4.5) & (board[..., 1].abs() <= 5.0)).float()
    length = board.norm(dim=2).clamp(min=1e-6)
    double_cos = (board[..., 0] ** 2 - board[..., 1] ** 2) / length
    double_sin = 2 * board[..., 0] * board[..., 1] / length
    planes = torch.stack([crossing, inside, length.float(), double_cos.float(), double_sin.float()], dim=1)
    planes = planes * present[:, None, None].float()
    return planes.reshape(-1, 5, _SIDE, _SIDE), present


def _to_board(lattice: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix, _ = cv2.findHomography(lattice, LATTICE, 0)
    return np.asarray(matrix, dtype=np.float64)


def locator_loss(maps: Tensor, targets: Tensor) -> Tensor:
    """Return the loss of maps (B, 5, 80, 80) against the targets."""
    crossing, inside = targets[:, 0], targets[:, 1]
    rare = 1.0 + 6.0 * crossing
    heat = functional.binary_cross_entropy_with_logits(maps[:, 0], crossing, rare)
    mask = functional.binary_cross_entropy_with_logits(maps[:, 1], inside)
    wrong = functional.smooth_l1_loss(maps[:, 2:], targets[:, 2:], reduction="none", beta=0.2).sum(dim=1)
    field = (wrong * inside).sum() / inside.sum().clamp(min=1.0)
    return 4.0 * heat + mask + 0.5 * field


def piece_loss(scores: Tensor, kind: Tensor, red: Tensor, offset: Tensor, learn: Tensor) -> Tensor:
    """Return the loss of scores (B, 90, 10) of B boards.

    `kind` (B, 90) 0..8 in the order KABNRCP, empty, cannot tell; `red` (B, 90) 1, 0 or -1; `offset`
    (B, 90, 2) cells; `learn` (B, 90) bool: which points count.
    """
    presence, side, ink, place = torch.split(scores, [PRESENCE_COUNT, 1, INK_SIZE, 2], dim=2)
    wanted = (kind - PIECE_KINDS + 1).clamp(min=0)
    loss = functional.cross_entropy(presence[learn], wanted[learn], label_smoothing=0.01)
    sided = learn & (red >= 0)
    if not bool(sided.any()):
        return loss
    loss = loss + 0.4 * functional.binary_cross_entropy_with_logits(side[sided][:, 0], red[sided].float())
    loss = loss + 3.0 * functional.smooth_l1_loss(place[sided], offset[sided], beta=0.05)
    return loss + 0.4 * ink_loss(ink, red, sided)


def ink_loss(ink: Tensor, red: Tensor, learn: Tensor) -> Tensor:
    """Return the loss of ink embeddings (B, N, D) of N pieces of each picture, whose sides are `red` (B, N).

    Every two pieces of one picture that `learn` (B, N) picks are told to be of one side or of two; see
    `vision.classify.PointScores`.
    """
    apart = ~torch.eye(ink.shape[1], dtype=torch.bool)
    pair = learn[:, :, None] & learn[:, None, :] & apart
    if not bool(pair.any()):
        return ink.new_zeros(())
    distance = (ink[:, :, None] - ink[:, None, :]).square().sum(dim=3)
    same = (red[:, :, None] == red[:, None, :]).float()
    return functional.binary_cross_entropy_with_logits((INK_MARGIN - distance)[pair], same[pair])
