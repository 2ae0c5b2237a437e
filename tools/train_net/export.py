"""The trained net as the integers that the core reads.

Layout, little-endian: the 8 bytes `QIYOUNN1`, u32 width, u32 inputs, u32 outputs, i32 scale
(centipawns per logit), then i16 biases (width), i16 input weights (inputs x width), i16 output
weights (outputs x 2 width), i32 output biases (outputs), and the SHA-256 of all before it.

Inputs are scaled by 255 and outputs by 64, so a squared activation times an output weight is
255 * 255 * 64 a unit.
"""

import hashlib
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.train_net.features import INPUTS, OUTPUTS
from tools.train_net.model import Net

__all__ = ["INPUT_SCALE", "OUTPUT_SCALE", "export_net"]

INPUT_SCALE = 255
OUTPUT_SCALE = 64
_MAGIC = b"QIYOUNN1"


def _rounded(values: NDArray[np.float64], scale: float, kind: str) -> bytes:
    return np.rint(values * scale).astype(kind).tobytes()


def export_net(net: Net, scale: float, path: Path) -> str:
    """Write the integer net; returns the SHA-256 (hex) that ends the file."""
    weights = {name: value.detach().double().numpy() for name, value in net.state_dict().items()}
    body = _MAGIC + struct.pack("<IIIi", net.width, INPUTS, OUTPUTS, round(scale))
    body += _rounded(weights["bias"], INPUT_SCALE, "<i2")
    body += _rounded(net.columns().detach().double().numpy(), INPUT_SCALE, "<i2")
    body += _rounded(weights["output.weight"], OUTPUT_SCALE, "<i2")
    body += _rounded(weights["output.bias"], INPUT_SCALE * INPUT_SCALE * OUTPUT_SCALE, "<i4")
    digest = hashlib.sha256(body).digest()
    path.write_bytes(body + digest)
    return digest.hex()
