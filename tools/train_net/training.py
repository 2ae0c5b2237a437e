"""Training on two CPU cores: seeded, resumable by epoch, with a loss curve."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tools.train_net.features import mirrored, output_bucket, tactical_views, views
from tools.train_net.model import Net

__all__ = ["Recipe", "train"]


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run, beside the records."""

    width: int = 128
    epochs: int = 3
    batch: int = 1024
    rate: float = 2e-3
    final_rate: float = 1e-4
    scale: float = 400.0  # centipawns per logit
    from_search: float = 1.0  # share of the search's score in the target; the rest is the game's result
    averaging: float = 0.99  # weight of the past, for each batch, in the average that is exported
    seed: int = 1
    threads: int = 1  # a second waits more than it works unless the machine is idle


# Inputs and tactics of both sides, output buckets, targets.
_Pair = tuple[torch.Tensor, torch.Tensor]
_Batch = tuple[_Pair, _Pair, torch.Tensor, torch.Tensor]


def _batches(
    records: NDArray[np.void],
    recipe: Recipe,
    order: NDArray[np.int64],
    mirror: np.random.Generator | None = None,
) -> Iterator[_Batch]:
    for start in range(0, len(order), recipe.batch):
        part = records[order[start : start + recipe.batch]]
        squares = part["squares"]
        if mirror is not None:
            flip = mirror.random(len(part)) < 0.5
            squares = np.where(flip[:, None], mirrored(squares), squares)
        inputs = views(squares, part["side"])
        tactics = tactical_views(part)
        searched = 1 / (1 + np.exp(-part["score"].astype(np.float32) / recipe.scale))
        played = (part["result"].astype(np.float32) + 1) / 2
        target = recipe.from_search * searched + (1 - recipe.from_search) * played
        yield (
            (torch.from_numpy(inputs[0]), torch.from_numpy(inputs[1])),
            (torch.from_numpy(tactics[0]), torch.from_numpy(tactics[1])),
            torch.from_numpy(output_bucket(part["squares"])),
            torch.from_numpy(target.astype(np.float32)),
        )


def _mean_loss(net: Net, records: NDArray[np.void], recipe: Recipe) -> float:
    total, count = 0.0, 0
    with torch.no_grad():
        for inputs, tactics, bucket, target in _batches(records, recipe, np.arange(len(records))):
            total += float(((torch.sigmoid(net(inputs, tactics, bucket)) - target) ** 2).sum())
            count += len(target)
    return total / max(count, 1)


def train(
    training: NDArray[np.void],
    validation: NDArray[np.void],
    recipe: Recipe,
    folder: Path,
    start: Net | None = None,
) -> Net:
    """Train a net; `folder` gets `state.pt` after each epoch (a rerun goes on from it) and `curve.jsonl`.

    Half of the positions, drawn anew each epoch, are seen in the mirror. The loss is the squared
    error of the win probability. `start` is a net that goes on learning. The same records, recipe,
    start and torch build give the same net.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    torch.use_deterministic_algorithms(True)
    net = Net(recipe.width) if start is None else start
    # The average of the weights of many steps judges better than those of any one step.
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(recipe.averaging))
    optimiser = torch.optim.Adam(net.parameters(), lr=recipe.rate)
    folder.mkdir(parents=True, exist_ok=True)
    state_path, first_epoch = folder / "state.pt", 0
    if state_path.exists():
        state = torch.load(state_path, weights_only=True)
        if state["recipe"] == asdict(recipe):
            net.load_state_dict(state["net"])
            average.load_state_dict(state["average"])
            optimiser.load_state_dict(state["optimiser"])
            first_epoch = state["epoch"]
    decay = (recipe.final_rate / recipe.rate) ** (1 / max(recipe.epochs - 1, 1))
    for epoch in range(first_epoch, recipe.epochs):
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * decay**epoch
        chance = np.random.default_rng([recipe.seed, epoch])
        order = chance.permutation(len(training))
        total = 0.0
        for inputs, tactics, bucket, target in _batches(training, recipe, order, mirror=chance):
            optimiser.zero_grad(set_to_none=True)
            loss = ((torch.sigmoid(net(inputs, tactics, bucket)) - target) ** 2).mean()
            loss.backward()
            optimiser.step()
            net.clip()
            average.update_parameters(net)
            total += float(loss.detach()) * len(target)
        held_out = _mean_loss(average.module, validation, recipe)
        line = {"epoch": epoch + 1, "loss": total / len(training), "held_out": held_out}
        with (folder / "curve.jsonl").open("a", encoding="utf-8") as curve:
            curve.write(json.dumps(line) + "\n")
        torch.save(
            {
                "net": net.state_dict(),
                "average": average.state_dict(),
                "optimiser": optimiser.state_dict(),
                "epoch": epoch + 1,
                "recipe": asdict(recipe),
            },
            state_path,
        )
    averaged: Net = average.module
    return averaged
