"""What one run of a net costs: its multiplications, counted while it runs."""

import torch
from torch import Tensor, nn

__all__ = ["multiply_adds"]


def multiply_adds(net: nn.Module, shape: tuple[int, ...]) -> int:
    """Count the multiply-adds of convolutions and linear layers for one input of `shape` (without batch)."""
    total = 0

    def count(module: nn.Module, _: object, output: Tensor) -> None:
        nonlocal total
        if isinstance(module, nn.Conv2d):
            kernel = module.kernel_size[0] * module.kernel_size[1]
            total += output[0].numel() * kernel * module.in_channels // module.groups
        elif isinstance(module, nn.Linear):
            total += module.in_features * module.out_features

    hooks = [module.register_forward_hook(count) for module in net.modules()]
    was_training = net.training
    net.eval()
    with torch.no_grad():
        net(torch.zeros(1, *shape))
    net.train(was_training)
    for hook in hooks:
        hook.remove()
    return total
