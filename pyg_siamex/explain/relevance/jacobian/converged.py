"""When a path integral has converged."""

import torch
from torch import Tensor

_ROUNDING = {torch.float64: 1e-12, torch.float32: 5e-7}


def rounding(h: Tensor, start: Tensor) -> Tensor:
    """Gap between h(x) - h(x0) and its integral that is put down to rounding, ``[...]``.

    Args:
        h: h(x), ``[..., D]``.
        start: h(x0), ``[..., D]``.
    """
    return _ROUNDING.get(h.dtype, 1e-2) * (h.norm(dim=-1) + start.norm(dim=-1))
