"""Writes trained nets as ONNX files with a manifest of their hashes."""

import hashlib
import json
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from tools.train_vision.cost import multiply_adds
from tools.train_vision.nets import LocatorNet, PieceNet, parameter_count
from vision.classify import CANVAS_CELL_PIXELS, CANVAS_MARGIN_CELLS
from vision.glyphs import CLOSE_UP_PIXELS
from vision.locate import LOCATOR_PIXELS
from vision.model_files import MANIFEST

__all__ = ["export", "write_manifest"]

_OPSET = 17


def export(net: nn.Module, path: Path) -> None:
    """Write the net to `path`, its weights beside it (`.pt`); only the batch may vary in size."""
    net.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), path.with_suffix(".pt"))
    example: Tensor = torch.zeros(2, *_input_shape(net))
    with warnings.catch_warnings():
        # The tracing exporter is the one without further packages; torch announces another as successor.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net,
            (example,),
            str(path),
            input_names=["picture"],
            output_names=["scores"],
            dynamic_axes={"picture": {0: "batch"}, "scores": {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )


def write_manifest(folder: Path, nets: dict[str, nn.Module], seed: int) -> None:
    """Write `manifest.json` for the model files of `folder`."""
    models = {}
    for name, net in nets.items():
        content = (folder / name).read_bytes()
        models[name] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "parameters": parameter_count(net),
            "multiply_adds": multiply_adds(net, _input_shape(net)),
        }
    text = json.dumps({"format": 1, "seed": seed, "models": models}, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _input_shape(net: nn.Module) -> tuple[int, int, int]:
    """Height, width and colours of the net's input."""
    if isinstance(net, LocatorNet):
        return LOCATOR_PIXELS, LOCATOR_PIXELS, 3
    if isinstance(net, PieceNet):
        width, height = (round((cells + 2 * CANVAS_MARGIN_CELLS) * CANVAS_CELL_PIXELS) for cells in (8, 9))
        return height, width, 3
    return CLOSE_UP_PIXELS, CLOSE_UP_PIXELS, 3
