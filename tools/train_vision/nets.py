"""The two nets: a small U-shaped one that finds the lattice, a small residual one that reads one point."""

import torch
from torch import Tensor, nn

__all__ = ["INK_SIZE", "KIND_COUNT", "LocatorNet", "PieceNet", "parameter_count"]

KIND_COUNT = 9
#: Length of the ink embedding.
INK_SIZE = 4


def _layer(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _layer(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class LocatorNet(nn.Module):
    """From (B, 320, 320, 3) BGR bytes as float32 0..255 to (B, 5, 80, 80), one value every 4 pixels.

    Channels: 0 logit of a crossing; 1 logit of lying within half a cell of the grid; 2..4 the board
    coordinates p relative to the board's centre, as |p|, |p| cos 2a, |p| sin 2a with a the angle of p. The
    double angle makes the field the same for both ends of the board, which are alike from afar.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_layer(3, 16, 5, 2), _layer(16, 32, 3, 2), _layer(32, 32))
        self.down8 = nn.Sequential(_layer(32, 48, 3, 2), _Residual(48))
        self.down16 = nn.Sequential(_layer(48, 64, 3, 2), _Residual(64))
        self.down32 = nn.Sequential(_layer(64, 96, 3, 2), _Residual(96), _Residual(96))
        self.scene = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(96, 96, 1), nn.ReLU(inplace=True), nn.Conv2d(96, 96, 1)
        )
        self.up16, self.mix16 = nn.Conv2d(96, 64, 1), _layer(64, 64)
        self.up8, self.mix8 = nn.Conv2d(64, 48, 1), _layer(48, 48)
        self.up4, self.mix4 = nn.Conv2d(48, 32, 1), _layer(32, 32)
        self.head = nn.Conv2d(32, 5, 1)

    def forward(self, picture: Tensor) -> Tensor:
        """Return the five maps; see the class."""
        x4 = self.stem(_normalised(picture))
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        x32 = self.down32(x16)
        x32 = x32 + self.scene(x32)
        y16 = self.mix16(x16 + _doubled(self.up16(x32)))
        y8 = self.mix8(x8 + _doubled(self.up8(y16)))
        y4 = self.mix4(x4 + _doubled(self.up4(y8)))
        maps: Tensor = self.head(y4)
        return maps


class PieceNet(nn.Module):
    """From crops (B, 48, 48, 3) BGR as float32 0..255 to (B, 9 + 1 + 4 + 2).

    Columns: logits of K A B N R C P empty unknown; logit of red against black; the ink embedding; the
    centre of the piece's upper face relative to the crop's centre, in cells.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _layer(3, 24, 5, 2),
            _Residual(24),
            _layer(24, 64, 3, 2),
            _Residual(64),
            _layer(64, 96, 3, 2),
            _Residual(96),
            _Residual(96),
        )
        self.place = nn.Sequential(nn.Conv2d(96, 16, 1), nn.ReLU(inplace=True), nn.Flatten())
        self.mix = nn.Sequential(nn.Linear(16 * 36 + 96, 128), nn.ReLU(inplace=True), nn.Dropout(0.1))
        self.head = nn.Linear(128, KIND_COUNT + 1 + INK_SIZE + 2)

    def forward(self, crops: Tensor) -> Tensor:
        """Return the scores of each crop; see the class."""
        features = self.body(_normalised(crops))
        joined = torch.cat([self.place(features), features.mean(dim=(2, 3))], dim=1)
        scores: Tensor = self.head(self.mix(joined))
        return scores


def parameter_count(net: nn.Module) -> int:
    """Return how many numbers the net has learnt."""
    return sum(parameter.numel() for parameter in net.parameters())


def _normalised(picture: Tensor) -> Tensor:
    return picture.permute(0, 3, 1, 2) / 64.0 - 2.0


def _doubled(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
