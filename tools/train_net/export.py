"""The trained net as the integers that the core reads, and back.

Layout, little-endian: the 8 bytes `QIYOUNN2`, u32 width, u32 inputs, u32 tactics, u32 outputs, i32 scale
(centipawns per logit), then i16 biases (width), i16 input weights (inputs x width), i16 tactical weights
(tactics x width), i16 output weights (outputs x 2 width), i32 output biases (outputs), and the SHA-256 of
all before it. `QIYOUNN1`, which the core no longer reads, had no tactics.

Inputs are scaled by 255 and outputs by 64, so a squared activation times an output weight is
255 * 255 * 64 a unit.
"""

import hashlib
import struct
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tools.errors import BadInputError
from tools.train_net.features import BUCKETS, INPUTS, OUTPUTS, PLAIN_INPUTS, TACTICS
from tools.train_net.model import Net

__all__ = ["INPUT_SCALE", "OUTPUT_SCALE", "export_net", "import_net"]

INPUT_SCALE = 255
OUTPUT_SCALE = 64
_MAGIC = b"QIYOUNN2"
_MAGIC_BEFORE = b"QIYOUNN1"
_DIGEST_BYTES = 32


def _rounded(values: NDArray[np.float64], scale: float, kind: str) -> bytes:
    return np.rint(values * scale).astype(kind).tobytes()


def export_net(net: Net, scale: float, path: Path) -> str:
    """Write the integer net; returns the SHA-256 (hex) that ends the file."""
    weights = {name: value.detach().double().numpy() for name, value in net.state_dict().items()}
    body = _MAGIC + struct.pack("<IIIIi", net.width, INPUTS, TACTICS, OUTPUTS, round(scale))
    body += _rounded(weights["bias"], INPUT_SCALE, "<i2")
    body += _rounded(net.columns().detach().double().numpy(), INPUT_SCALE, "<i2")
    body += _rounded(weights["tactics"], INPUT_SCALE, "<i2")
    body += _rounded(weights["output.weight"], OUTPUT_SCALE, "<i2")
    body += _rounded(weights["output.bias"], INPUT_SCALE * INPUT_SCALE * OUTPUT_SCALE, "<i4")
    digest = hashlib.sha256(body).digest()
    path.write_bytes(body + digest)
    return digest.hex()


def import_net(path: Path) -> Net:
    """The net of a file, rounded as it is there, so that it can go on learning.

    A file without tactics gets naughts for them. Raises BadInputError when it is no such file.
    """
    content = path.read_bytes()
    body, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest or body[:8] not in (_MAGIC, _MAGIC_BEFORE):
        raise BadInputError(f"{path}: no evaluation net, or an altered one")
    before = body.startswith(_MAGIC_BEFORE)
    shape = struct.unpack_from("<III" if before else "<IIII", body, 8)
    width, inputs, tactics, outputs = (*shape[:2], 0, shape[2]) if before else shape
    if (inputs, outputs) != (INPUTS, OUTPUTS) or tactics not in (0, TACTICS):
        raise BadInputError(f"{path}: a net of another shape than this training makes")
    at = 24 if before else 28

    def take(count: int, kind: str, scale: float) -> torch.Tensor:
        nonlocal at
        values = np.frombuffer(body, kind, count, at)
        at += values.nbytes
        return torch.from_numpy((values / scale).astype(np.float32))

    net = Net(width)
    with torch.no_grad():
        net.bias.copy_(take(width, "<i2", INPUT_SCALE))
        columns = take(inputs * width, "<i2", INPUT_SCALE).reshape(BUCKETS, PLAIN_INPUTS, width)
        # What all buckets have in common goes on being learnt once.
        net.shared.copy_(columns.mean(dim=0))
        net.bucketed.copy_((columns - net.shared).reshape(inputs, width))
        if tactics:
            net.tactics.copy_(take(tactics * width, "<i2", INPUT_SCALE).reshape(tactics, width))
        net.output.weight.copy_(take(outputs * 2 * width, "<i2", OUTPUT_SCALE).reshape(outputs, 2 * width))
        net.output.bias.copy_(take(outputs, "<i4", INPUT_SCALE * INPUT_SCALE * OUTPUT_SCALE))
    return net
