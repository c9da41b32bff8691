"""Arrays of NumPy from tensors that are given."""

import numpy as np
import torch
from torch import Tensor


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
