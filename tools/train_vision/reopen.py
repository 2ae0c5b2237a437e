"""Goes on from an exported net: an ONNX file has its normalisations folded into the layers before them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from tools.errors import BadInputError

__all__ = ["MEASURED", "begin", "reopen"]

#: How many pictures tell the statistics well enough.
MEASURED = 256


def begin(net: nn.Module, start: Path | None, pictures: Tensor) -> None:
    """Give `net` the weights of `start` (`.pt`), or else of the exported file beside it (`.onnx`).

    `pictures` as for `reopen`. Without `start` the net stays as it was made. Raises `BadInputError`.
    """
    if start is None:
        return
    exported = start.with_suffix(".onnx")
    if start.exists():
        net.load_state_dict(torch.load(start, weights_only=True))
    elif exported.exists():
        reopen(net, exported, pictures)
    else:
        raise BadInputError(f"there is neither {start} nor {exported.name} beside it")


def reopen(net: nn.Module, path: Path, pictures: Tensor) -> None:
    """Give `net` the weights of the file `path`, its normalisations those of what `pictures` make of them.

    `pictures` (B, H, W, 3) as the net takes them, in hundreds rather than dozens: training goes on from the
    statistics of this one batch. Afterwards the net does to any picture what the file does. Raises
    `BadInputError` where the file is of another net.
    """
    graph = onnx.load(str(path)).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    layers = [node for node in graph.node if node.op_type in {"Conv", "Gemm"}]
    pairs = list(_weighted(net))
    if len(layers) != len(pairs):
        raise BadInputError(f"{path} has {len(layers)} layers with weights, the net has {len(pairs)}")
    hooks = []
    for node, (layer, norm) in zip(layers, pairs, strict=True):
        weight, bias = (torch.from_numpy(np.array(stored[name])) for name in node.input[1:3])
        if weight.shape != layer.weight.shape:
            raise BadInputError(f"{path} has a layer of another shape: {tuple(weight.shape)}")
        layer.weight.data.copy_(weight)
        if norm is None:
            assert layer.bias is not None
            layer.bias.data.copy_(bias)
        else:
            norm.bias.data.copy_(bias)
            hooks.append(norm.register_forward_pre_hook(_measure))
    net.eval()
    with torch.no_grad():
        net(pictures)
    for hook in hooks:
        hook.remove()


def _weighted(net: nn.Module) -> Iterator[tuple[nn.Conv2d | nn.Linear, nn.BatchNorm2d | None]]:
    """Yield the layers with weights in the order of the graph, each with the normalisation behind it."""
    modules = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear | nn.BatchNorm2d)]
    for index, module in enumerate(modules):
        if isinstance(module, nn.BatchNorm2d):
            continue
        after = modules[index + 1] if index + 1 < len(modules) else None
        yield module, after if isinstance(after, nn.BatchNorm2d) else None


def _measure(norm: nn.Module, inputs: tuple[Tensor]) -> None:
    """Let the normalisation expect what comes, and undo its scaling: to the folded bias it adds nothing."""
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    variance, mean = torch.var_mean(inputs[0], dim=(0, 2, 3), correction=0)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.data.copy_((variance + norm.eps).sqrt())
    norm.bias.data += mean
