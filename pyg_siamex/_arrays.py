"""Arrays of NumPy from tensors and lists that are given."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._visible import in_one_line


def as_array(values: Tensor) -> np.ndarray:
    """The values of a tensor as an array, without its gradient.

    Tensors that NumPy does not read are taken as well: such as carry gradients, are on another
    device, are views with other signs, or are of bfloat16, which becomes single precision.

    Args:
        values: A dense tensor with values.

    Example:
        >>> as_array(torch.ones(2, dtype=torch.bfloat16, requires_grad=True))
        array([1., 1.], dtype=float32)
    """
    values = values.detach().cpu().resolve_conj().resolve_neg()
    found: np.ndarray = (values.float() if values.dtype is torch.bfloat16 else values).numpy()
    return found


def regular(name: str, values: Any, dtype: Any = None) -> np.ndarray:
    """The values of a tensor, an array or nested lists as an array.

    Args:
        name: What is given, for messages.
        values: The values.
        dtype: Type of the array. Default: that of the values.

    Raises:
        ValueError: If lists have rows of different lengths, or values are not of that type.

    Example:
        >>> regular("rows", [[1, 2], [3]])
        Traceback (most recent call last):
            ...
        ValueError: rows must be an array, its rows of one length (got rows of 2 and 1)
    """
    if isinstance(values, Tensor):
        return as_array(values)
    try:
        return np.asarray(values, dtype=dtype)
    except (TypeError, ValueError) as error:
        sizes = _sizes(values)
        if len(sizes) < 2 and "inhomogeneous" not in str(error):
            told = in_one_line(str(error), 100)
            raise ValueError(f"{name} cannot be an array of numbers: {told}") from error
        got = f" (got rows of {' and '.join(map(str, sizes[:3]))})" if len(sizes) > 1 else ""
        raise ValueError(f"{name} must be an array, its rows of one length{got}") from error


def _sizes(values: Any) -> list[int]:
    """Different lengths of the rows of a list; a single value is of none."""
    if not isinstance(values, list | tuple):
        return []
    return list(dict.fromkeys(len(row) if hasattr(row, "__len__") else 0 for row in values))
