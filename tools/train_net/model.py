"""The net while it learns: a factorised feature transformer and eight linear outputs."""

import torch
from torch import Tensor, nn

from tools.train_net.features import INPUTS, OUTPUTS, PLAIN_INPUTS

__all__ = ["CLIP", "Net"]

# Weights stay inside this so that they fit the integers of the exported net.
CLIP = 1.98


class Net(nn.Module):
    """Scores a position for the side to move, in units of `scale` centipawns (a logit of winning)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.bucketed = nn.EmbeddingBag(INPUTS + 1, width, mode="sum", padding_idx=INPUTS)
        # What holds wherever the general stands is learnt once; the export adds it to every bucket.
        self.shared = nn.EmbeddingBag(PLAIN_INPUTS + 1, width, mode="sum", padding_idx=PLAIN_INPUTS)
        self.bias = nn.Parameter(torch.full((width,), 0.1))
        self.output = nn.Linear(2 * width, OUTPUTS)
        nn.init.zeros_(self.bucketed.weight)
        nn.init.normal_(self.shared.weight, std=0.05)
        with torch.no_grad():
            self.shared.weight[PLAIN_INPUTS] = 0

    def _half(self, inputs: Tensor) -> Tensor:
        plain = torch.where(inputs == INPUTS, PLAIN_INPUTS, inputs % PLAIN_INPUTS)
        total: Tensor = self.bucketed(inputs) + self.shared(plain) + self.bias
        return total.clamp(0, 1).square()

    def forward(self, own: Tensor, other: Tensor, bucket: Tensor) -> Tensor:
        """Logits (n,) from inputs (n, 32) of both sides and output buckets (n,)."""
        hidden = torch.cat([self._half(own), self._half(other)], dim=1)
        logits: Tensor = self.output(hidden).gather(1, bucket[:, None]).squeeze(1)
        return logits

    @torch.no_grad()
    def clip(self) -> None:
        """Keep every weight inside what the exported integers can hold."""
        self.output.weight.clamp_(-CLIP, CLIP)
        self.shared.weight.clamp_(-CLIP / 2, CLIP / 2)
        self.bucketed.weight.clamp_(-CLIP / 2, CLIP / 2)
