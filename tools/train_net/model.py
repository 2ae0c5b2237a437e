"""The net while it learns: a factorised feature transformer, tactical features and eight linear outputs."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.train_net.features import BUCKETS, INPUTS, OUTPUTS, PLAIN_INPUTS, TACTICS

__all__ = ["CLIP", "Net"]

# Weights stay inside this so that they fit the integers of the exported net.
CLIP = 1.98


class Net(nn.Module):
    """Scores a position for the side to move, in units of `scale` centipawns (a logit of winning)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.bucketed = nn.Parameter(torch.zeros(INPUTS, width))
        # What holds wherever the general stands is learnt once and added to every bucket.
        self.shared = nn.Parameter(torch.randn(PLAIN_INPUTS, width) * 0.05)
        # Nothing at first: what is learnt of places comes before what is added to it.
        self.tactics = nn.Parameter(torch.zeros(TACTICS, width))
        self.bias = nn.Parameter(torch.full((width,), 0.1))
        self.output = nn.Linear(2 * width, OUTPUTS)

    def columns(self) -> Tensor:
        """The weights of every input (INPUTS, width), as the engine adds them up."""
        return self.bucketed + self.shared.repeat(BUCKETS, 1)

    def forward(
        self, inputs: tuple[Tensor, Tensor], tactics: tuple[Tensor, Tensor], bucket: Tensor
    ) -> Tensor:
        """Logits (n,) from inputs (n, 32) and tactics (n, m) of both sides and output buckets (n,)."""
        # Added up once a batch: half the look-ups of two tables. The last row is for captured men.
        columns = functional.pad(self.columns(), (0, 0, 0, 1))
        tactical = functional.pad(self.tactics, (0, 0, 0, 1))
        halves = [
            functional.embedding_bag(seen, columns, mode="sum", padding_idx=INPUTS)
            + functional.embedding_bag(done, tactical, mode="sum", padding_idx=TACTICS)
            + self.bias
            for seen, done in zip(inputs, tactics, strict=True)
        ]
        hidden = torch.cat(halves, dim=1).clamp(0, 1).square()
        logits: Tensor = self.output(hidden).gather(1, bucket[:, None]).squeeze(1)
        return logits

    @torch.no_grad()
    def clip(self) -> None:
        """Keep every weight inside what the exported integers can hold."""
        self.output.weight.clamp_(-CLIP, CLIP)
        self.tactics.clamp_(-CLIP / 4, CLIP / 4)
        self.shared.clamp_(-CLIP / 2, CLIP / 2)
        self.bucketed.clamp_(-CLIP / 2, CLIP / 2)
