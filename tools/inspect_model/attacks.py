"""Small changes of pictures that mislead a net most: along its gradient, and by asking it again and again."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["Net", "fgsm", "pgd", "square_search"]

Floats = NDArray[np.float32]
#: What the attacker wants to be large, one value a picture, from the net's output (n, k).
Aim = Callable[[Tensor], Tensor]
#: A net of pictures (n, H, W, 3) that torch can take gradients of.
Net = Callable[[Tensor], Tensor]


def fgsm(net: Net, pictures: Floats, aim: Aim, levels: float) -> Floats:
    """One step of `levels` grey levels along the gradient's sign (Goodfellow et al. 2015)."""
    return np.asarray(np.clip(pictures + levels * np.sign(_gradient(net, pictures, aim)), 0, 255), np.float32)


def pgd(net: Net, pictures: Floats, aim: Aim, levels: float, steps: int, rng: np.random.Generator) -> Floats:
    """`steps` such steps from a random start, never farther than `levels` from the picture (Madry et al.
    2018).

    `pictures` (n, H, W, 3) float32 0..255.
    """
    stride = 2.5 * levels / steps
    low, high = np.maximum(pictures - levels, 0), np.minimum(pictures + levels, 255)
    now = np.clip(pictures + rng.uniform(-levels, levels, pictures.shape).astype(np.float32), low, high)
    for _ in range(steps):
        now = np.clip(now + np.float32(stride) * np.sign(_gradient(net, now, aim)), low, high)
    return now


def square_search(
    picture: NDArray[np.uint8],
    loss: Callable[[NDArray[np.uint8]], float],
    levels: int,
    queries: int,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Black box: keep each random square of +-`levels` that lowers `loss` (after Andriushchenko et al.
    2020).
    """
    height, width = picture.shape[:2]
    best, least = picture, loss(picture)
    low = np.clip(picture.astype(np.int16) - levels, 0, 255)
    high = np.clip(picture.astype(np.int16) + levels, 0, 255)
    for query in range(queries):
        side = max(4, int(0.3 * min(height, width) * (1 - query / queries) ** 2))
        top, left = (int(rng.integers(0, extent - side + 1)) for extent in (height, width))
        area = (slice(top, top + side), slice(left, left + side))
        trial = best.astype(np.int16)
        trial[area] = np.where(rng.random(3) < 0.5, low[area], high[area])
        changed = trial.astype(np.uint8)
        value = loss(changed)
        if value < least:
            best, least = changed, value
    return best


def _gradient(net: Net, pictures: Floats, aim: Aim) -> Floats:
    given = torch.from_numpy(pictures.copy()).requires_grad_(True)
    aim(net(given)).sum().backward()
    assert given.grad is not None
    return np.asarray(given.grad.numpy(), np.float32)
