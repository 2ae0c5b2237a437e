"""The nets that find the lattice and see what stands on its points; `glyph_net` has the third."""

import torch
from torch import Tensor, nn

from vision.glyphs import INK_SIZE

__all__ = ["PRESENCE_COUNT", "LocatorNet", "PieceNet", "parameter_count"]

#: What may be on a point: a piece, nothing, something one cannot tell.
PRESENCE_COUNT = 3


def _layer(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def _light(width: int) -> nn.Sequential:
    """A 3 x 3 layer at an eighth of the cost: first across each map, then across the maps."""
    return nn.Sequential(
        nn.Conv2d(width, width, 3, 1, 1, groups=width, bias=False),
        nn.BatchNorm2d(width),
        nn.Conv2d(width, width, 1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _layer(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class _LightResidual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(_light(width), _light(width))

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = x + self.body(x)
        return changed


class LocatorNet(nn.Module):
    """From (B, 320, 320, 3) BGR bytes as float32 0..255 to (B, 5, 80, 80), one value every 4 pixels.

    Channels: 0 logit of a crossing; 1 logit of lying within half a cell of the grid; 2..4 the board
    coordinates p relative to the board's centre, as |p|, |p| cos 2a, |p| sin 2a with a the angle of p. The
    double angle makes the field the same for both ends of the board, which are alike from afar.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_layer(3, 12, 3, 2), _layer(12, 24, 3, 2), _light(24))
        self.down8 = nn.Sequential(_layer(24, 40, 3, 2), _LightResidual(40))
        self.down16 = nn.Sequential(_layer(40, 64, 3, 2), _layer(64, 64))
        self.down32 = nn.Sequential(_layer(64, 96, 3, 2), _Residual(96))
        self.scene = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(96, 96, 1), nn.ReLU(inplace=True), nn.Conv2d(96, 96, 1)
        )
        self.up16, self.mix16 = nn.Conv2d(96, 64, 1), _LightResidual(64)
        self.up8, self.mix8 = nn.Conv2d(64, 40, 1), _LightResidual(40)
        self.up4, self.mix4 = nn.Conv2d(40, 24, 1), _LightResidual(24)
        self.head = nn.Conv2d(24, 5, 1)

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
    """From rectified boards (B, 264, 240, 3) BGR as float32 0..255 to (B, 90, 3 + 1 + 4 + 2).

    The board has 24 pixels a cell and one cell around the lattice; neighbouring points share all layers but
    the last. Per point in FEN order: logits of piece, empty, cannot tell; logit of red against black; the ink
    embedding; the centre of the piece's upper face relative to the point, in cells.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _layer(3, 12, 3, 2),
            _layer(12, 24, 3, 2),
            _layer(24, 24),
            _layer(24, 48, 3, 2),
            _Residual(48),
        )
        # Three values a cell after the body: 5 x 5 of them are 1.7 cells around each point.
        self.point = nn.Sequential(
            nn.Conv2d(48, 64, 5, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)
        )
        self.head = nn.Sequential(
            nn.Conv2d(64, 64, 1), nn.ReLU(inplace=True), nn.Conv2d(64, PRESENCE_COUNT + 1 + INK_SIZE + 2, 1)
        )

    def forward(self, canvases: Tensor) -> Tensor:
        """Return the scores of all points; see the class."""
        features = self.body(_normalised(canvases))
        # Value 3 lies on the first point: the windows start at value 1.
        scores = self.head(self.point(features[:, :, 1:, 1:]))
        flat: Tensor = scores.permute(0, 2, 3, 1).flatten(1, 2)
        return flat


def parameter_count(net: nn.Module) -> int:
    """Return how many numbers the net has learnt."""
    return sum(parameter.numel() for parameter in net.parameters())


def _normalised(picture: Tensor) -> Tensor:
    return picture.permute(0, 3, 1, 2) / 64.0 - 2.0


def _doubled(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
