"""Gradient descent that can be broken off and goes on from its last checkpoint."""

import copy
import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

__all__ = ["Report", "descend"]

Report = Callable[[str], None]

_KEPT = 0.998  # of the averaged weights at each step, once there have been enough of them
_CHECK_EVERY = 100


def descend(
    net: nn.Module,
    loss_of_step: Callable[[int], Tensor],
    steps: int,
    rate: float,
    name: str,
    report: Report,
    checkpoint: Path,
) -> None:
    """AdamW with a short warm-up and a cosine to zero; leaves the averaged weights, in evaluation mode.

    `loss_of_step` gets the number of the step, from which it must draw all its chance: a run that goes on
    from `checkpoint` then ends like one that was never broken off.
    """
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    mean_net = copy.deepcopy(net)
    first, mean = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(state["net"])
        mean_net.load_state_dict(state["mean"])
        optimiser.load_state_dict(state["optimiser"])
        first, mean = int(state["step"]), float(state["loss"])
    warm = max(1, min(200, steps // 10))
    net.train()
    for step in range(first, steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * min((step + 1) / warm, 0.5 * (1 + math.cos(math.pi * step / steps)) + 1e-3)
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of_step(step)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        _follow(mean_net, net, min(_KEPT, step / (step + 20)))
        mean = loss.item() if step == 0 else 0.98 * mean + 0.02 * loss.item()
        if (step + 1) % _CHECK_EVERY == 0 or step + 1 == steps:
            _keep(checkpoint, net, mean_net, optimiser, step + 1, mean)
            report(f"{name} step {step + 1}/{steps} loss {mean:.4f}")
    net.load_state_dict(mean_net.state_dict())
    net.eval()


def _follow(mean_net: nn.Module, net: nn.Module, kept: float) -> None:
    with torch.no_grad():
        for average, fresh in zip(mean_net.state_dict().values(), net.state_dict().values(), strict=True):
            if average.dtype.is_floating_point:
                average.lerp_(fresh, 1 - kept)
            else:
                average.copy_(fresh)


def _keep(
    checkpoint: Path,
    net: nn.Module,
    mean_net: nn.Module,
    optimiser: torch.optim.Optimizer,
    step: int,
    loss: float,
) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    unfinished = checkpoint.with_suffix(".part")
    state = {
        "net": net.state_dict(),
        "mean": mean_net.state_dict(),
        "optimiser": optimiser.state_dict(),
        "step": step,
        "loss": loss,
    }
    torch.save(state, unfinished)
    unfinished.replace(checkpoint)
