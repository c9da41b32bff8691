"""Positions in rows of different lengths that are stored in sequence."""

import torch
from torch import Tensor


def starts(sizes: Tensor) -> Tensor:
    """Where each row begins, ``[G, ...]``: the sum of the sizes before it, along the first axis."""
    return sizes.cumsum(0) - sizes


def places(group: Tensor, groups: int | None = None) -> Tensor:
    """Position of each item among the items of its group, ``[M]``; items may be in any order.

    Args:
        group: Group of each item, ``[M]``.
        groups: Number of groups. Default: the largest group number plus one.
    """
    order = group.argsort(stable=True)
    count = group.bincount(minlength=groups or 0)
    place = torch.arange(len(order), device=group.device) - starts(count)[group[order]]
    return torch.empty_like(order).index_copy(0, order, place)
