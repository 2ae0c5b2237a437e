"""The exported graph as torch operations, so that gradients can be asked of exactly the net that is
shipped.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from tools.errors import BadInputError

__all__ = ["TorchTwin"]

_Attributes = dict[str, object]
_Values = Sequence[Tensor | None]


class TorchTwin:
    """A net read from an ONNX file, run by torch. Raises `BadInputError` where a graph has other
    operations.
    """

    def __init__(self, path: Path) -> None:
        """Read `path`; its weights are kept fixed."""
        graph = onnx.load(str(path)).graph
        self._nodes = list(graph.node)
        self._weights = {
            each.name: torch.from_numpy(np.array(numpy_helper.to_array(each))) for each in graph.initializer
        }
        self._input, self._output = graph.input[0].name, graph.output[0].name
        unknown = sorted({node.op_type for node in self._nodes} - set(_OPERATIONS))
        if unknown:
            raise BadInputError(f"{path} has operations that the twin does not know: {', '.join(unknown)}")

    def __call__(self, pictures: Tensor) -> Tensor:
        """Run the net on pictures (n, H, W, 3) float32 BGR 0..255."""
        values: dict[str, Tensor] = {**self._weights, self._input: pictures}
        for node in self._nodes:
            attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            given = [values[name] if name else None for name in node.input]
            values[node.output[0]] = _OPERATIONS[node.op_type](given, attributes)
        return values[self._output]


def _need(value: Tensor | None) -> Tensor:
    assert value is not None
    return value


def _integers(attributes: _Attributes, name: str, default: Sequence[int]) -> list[int]:
    value = attributes.get(name, default)
    assert isinstance(value, Sequence)
    return [int(each) for each in value]


def _conv(given: _Values, attributes: _Attributes) -> Tensor:
    picture, weight = _need(given[0]), _need(given[1])
    top, left, bottom, right = _integers(attributes, "pads", (0, 0, 0, 0))
    padded = torch.nn.functional.pad(picture, (left, right, top, bottom))
    return torch.nn.functional.conv2d(
        padded,
        weight,
        given[2] if len(given) > 2 else None,
        stride=tuple(_integers(attributes, "strides", (1, 1))),
        dilation=tuple(_integers(attributes, "dilations", (1, 1))),
        groups=int(str(attributes.get("group", 1))),
    )


def _gemm(given: _Values, attributes: _Attributes) -> Tensor:
    left, right = _need(given[0]), _need(given[1])
    left = left.T if attributes.get("transA") else left
    right = right.T if attributes.get("transB") else right
    product = float(str(attributes.get("alpha", 1.0))) * (left @ right)
    return product if len(given) < 3 else product + float(str(attributes.get("beta", 1.0))) * _need(given[2])


def _constant(given: _Values, attributes: _Attributes) -> Tensor:
    del given
    value = attributes["value"]
    assert isinstance(value, onnx.TensorProto)
    return torch.from_numpy(np.array(numpy_helper.to_array(value)))


def _reduce_mean(given: _Values, attributes: _Attributes) -> Tensor:
    axes = _need(given[1]).tolist() if len(given) > 1 else _integers(attributes, "axes", ())
    kept = bool(attributes.get("keepdims", 1))
    return _need(given[0]).mean(dim=tuple(int(axis) for axis in axes), keepdim=kept)


def _resize(given: _Values, attributes: _Attributes) -> Tensor:
    picture, scales = _need(given[0]), given[2]
    size = _need(given[3]).tolist()[2:] if scales is None or not scales.numel() else None
    factor = None if size is not None else tuple(float(value) for value in _need(scales).tolist()[2:])
    mode = attributes.get("mode", b"nearest")
    if mode == b"linear":
        corners = attributes.get("coordinate_transformation_mode") == b"align_corners"
        return torch.nn.functional.interpolate(picture, size, factor, "bilinear", align_corners=corners)
    return torch.nn.functional.interpolate(picture, size, factor, "nearest")


def _concat(given: _Values, attributes: _Attributes) -> Tensor:
    return torch.cat([_need(each) for each in given], dim=int(str(attributes["axis"])))


def _flatten(given: _Values, attributes: _Attributes) -> Tensor:
    return torch.flatten(_need(given[0]), int(str(attributes.get("axis", 1))))


def _slice(given: _Values, attributes: _Attributes) -> Tensor:
    del attributes
    whole = _need(given[0])
    starts, ends = (_need(part).tolist() for part in given[1:3])
    axes = _need(given[3]).tolist() if len(given) > 3 else range(len(starts))
    steps = _need(given[4]).tolist() if len(given) > 4 else [1] * len(starts)
    cuts = [slice(None)] * whole.dim()
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        cuts[int(axis)] = slice(int(start), int(end), int(step))
    return whole[tuple(cuts)]


def _grid_sample(given: _Values, attributes: _Attributes) -> Tensor:
    corners = bool(attributes.get("align_corners", 0))
    padding = attributes.get("padding_mode", b"zeros")
    assert isinstance(padding, bytes)
    return torch.nn.functional.grid_sample(
        _need(given[0]), _need(given[1]), "bilinear", padding.decode(), align_corners=corners
    )


def _transpose(given: _Values, attributes: _Attributes) -> Tensor:
    return _need(given[0]).permute(*_integers(attributes, "perm", ()))


def _clip(given: _Values, attributes: _Attributes) -> Tensor:
    del attributes
    bounds = [None if each is None else float(each) for each in (*given[1:], None, None)[:2]]
    return torch.clamp(_need(given[0]), *bounds)


_OPERATIONS: dict[str, Callable[[_Values, _Attributes], Tensor]] = {
    "Add": lambda given, _: _need(given[0]) + _need(given[1]),
    "Clip": _clip,
    "Concat": _concat,
    "Constant": _constant,
    "Conv": _conv,
    "Div": lambda given, _: _need(given[0]) / _need(given[1]),
    "Flatten": _flatten,
    "Gemm": _gemm,
    "GlobalAveragePool": lambda given, _: _need(given[0]).mean(dim=(2, 3), keepdim=True),
    "GridSample": _grid_sample,
    "HardSwish": lambda given, _: torch.nn.functional.hardswish(_need(given[0])),
    "Identity": lambda given, _: _need(given[0]),
    "Mul": lambda given, _: _need(given[0]) * _need(given[1]),
    "Reshape": lambda given, _: _need(given[0]).reshape([int(side) for side in _need(given[1])]),
    "ReduceMax": lambda given, attributes: _need(given[0]).amax(
        dim=tuple(_integers(attributes, "axes", ())), keepdim=bool(attributes.get("keepdims", 1))
    ),
    "ReduceMean": _reduce_mean,
    "Relu": lambda given, _: torch.relu(_need(given[0])),
    "Resize": _resize,
    "Shape": lambda given, _: torch.tensor(_need(given[0]).shape),
    "Slice": _slice,
    "Sigmoid": lambda given, _: torch.sigmoid(_need(given[0])),
    "Sqrt": lambda given, _: torch.sqrt(_need(given[0])),
    "Sub": lambda given, _: _need(given[0]) - _need(given[1]),
    "Transpose": _transpose,
}
