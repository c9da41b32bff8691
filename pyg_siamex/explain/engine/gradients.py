"""Gradients by masks, with zeros for masks without effect."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pyg_siamex._door import checked


@checked
def gradients(total: Tensor, leaves: Sequence[Tensor], retain: bool = False) -> list[Tensor]:
    """Gradient of a number by each leaf.

    If the embedding does not depend on any mask element, as for a graph without edges or with only
    self loops, all gradients are 0.

    Args:
        total: The number.
        leaves: Tensors that require gradients.
        retain: Keep the graph of operations for another pass.

    Raises:
        TypeError: If a leaf is not a tensor.
        ValueError: If ``total`` is not one number, or a leaf does not require gradients.
    """
    for k, leaf in enumerate(leaves):
        if not isinstance(leaf, Tensor):
            raise TypeError(f"leaves[{k}] must be a tensor (got {type(leaf).__name__})")
    if not total.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    if total.numel() != 1:
        raise ValueError(f"total must be one number (got {list(total.shape)}): use its .sum()")
    for k, leaf in enumerate(leaves):
        if not leaf.requires_grad:
            raise ValueError(f"leaves[{k}] requires no gradients: use its .requires_grad_()")
    if not len(leaves):
        return []
    return list(
        torch.autograd.grad(
            total, list(leaves), retain_graph=retain, allow_unused=True, materialize_grads=True
        )
    )
