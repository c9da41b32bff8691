"""What differs between the weights of a module and those of a file."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.parameter import is_lazy

Shapes = Mapping[str, tuple[torch.dtype | None, list[int]]]
"""Type and shape of each weight of a file by name; ``None`` for an unknown type."""


def weights_misfit(weights: Mapping[str, Tensor], shapes: Shapes, whose: str) -> str:
    """The first difference in names, shapes or kinds of numbers, in words; empty if none.

    Weights of lazy modules have no shape yet, and fit any.

    Args:
        weights: The weights of the module.
        shapes: Those of the file.
        whose: The module, in words.

    Example:
        >>> weights = {"bias": torch.zeros(3)}
        >>> weights_misfit(weights, {"bias": (torch.float32, [2])}, "the model")
        "weights 'bias' are [2] in the file and [3] in the model"
    """
    if odd := weights.keys() ^ shapes.keys():
        name = min(odd)
        return f"only {whose if name in weights else 'the file'} has weights '{name[:80]}'"
    for name, tensor in weights.items():
        dtype, shape = shapes[name]
        if not is_lazy(tensor) and list(tensor.shape) != shape:
            return f"weights '{name}' are {shape} in the file and {list(tensor.shape)} in {whose}"
        if dtype is None or _kind(dtype) != _kind(tensor.dtype):
            return f"weights '{name}' are {dtype} in the file and {tensor.dtype} in {whose}"
    return ""


def shapes_of(weights: Mapping[str, Tensor]) -> Shapes:
    """Type and shape of each weight.

    Args:
        weights: Weights that were read.
    """
    return {name: (one.dtype, list(one.shape)) for name, one in weights.items()}


def _kind(dtype: torch.dtype) -> tuple[bool, bool]:
    return dtype.is_floating_point, dtype.is_complex
