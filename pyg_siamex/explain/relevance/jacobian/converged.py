"""What a path integral misses."""

import torch
from torch import Tensor

_ROUNDING = {torch.float64: 1e-12, torch.float32: 5e-7}


def rounding(h: Tensor, start: Tensor) -> Tensor:
    """Gap between h(x) - h(x0) and its integral that is put down to rounding, ``[...]``.

    Args:
        h: h(x), ``[..., D]``.
        start: h(x0), ``[..., D]``.
    """
    least: Tensor = _ROUNDING.get(h.dtype, 1e-2) * (h.norm(dim=-1) + start.norm(dim=-1))
    return least


def relative_gaps(h: Tensor, start: Tensor, carried: Tensor) -> Tensor:
    """Part of each graph's h(x) - h(x0) that its integral misses, ``[G]``; 0 for rounding.

    Args:
        h: h(x), ``[G, D]``.
        start: h(x0), ``[G, D]``.
        carried: The integral, ``[G, D]``.
    """
    change = h - start
    missing = (change - carried).norm(dim=1)
    missing = missing.masked_fill(missing <= rounding(h, start), 0.0)
    share: Tensor = missing / change.norm(dim=1).clamp_min(torch.finfo(change.dtype).tiny)
    return share
