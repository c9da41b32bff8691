"""Derivatives of every embedding coordinate: one backward pass per coordinate, or many at once."""

from collections.abc import Sequence

import torch
from torch import Tensor

SMALL = 40_000
"""Numbers in the largest layer up to which a vectorised backward pass wins on a CPU."""

_VECTORISED = 1_000_000
"""Numbers that a vectorised backward pass may hold per layer."""


def rows_at_once(size: int, outputs: int) -> int:
    """How many outputs to send back in one pass.

    Args:
        size: Numbers in the largest layer, about edges times hidden channels.
        outputs: Number D of outputs.

    Returns:
        1 for a batch of graphs, where one pass per output moves the least memory. Up to ``outputs``
        for a single small graph, where launching operations costs the most.
    """
    if size > SMALL or torch.is_anomaly_enabled():  # anomalies are looked for one pass at a time
        return 1
    return max(1, min(outputs, _VECTORISED // max(size, 1)))


def output_gradients(
    outputs: Tensor, leaves: Sequence[Tensor], chunk: int = 1, keep: bool = False
) -> list[Tensor]:
    r"""Gradient of the sum over rows of each output column, for every leaf.

    Args:
        outputs: ``[B, D]``. Each element of a leaf must reach one row alone, so that summing over
            rows mixes nothing.
        leaves: Tensors to derive by, of any shape ``[...]``.
        chunk: Columns per backward pass.
        keep: Keep the graph for further passes.

    Returns:
        One tensor ``[D, ...]`` per leaf, with zeros where nothing depends on it.
    """
    width = outputs.size(1)
    found = [leaf.new_zeros(width, *leaf.shape) for leaf in leaves]
    if not outputs.requires_grad:
        return found
    for start in range(0, width, chunk):
        rows = slice(start, min(start + chunk, width))
        for store, grad in zip(
            found, _pass(outputs, leaves, rows, keep or rows.stop < width), strict=True
        ):
            if grad is not None:
                store[rows] = grad
    return found


def _pass(
    outputs: Tensor, leaves: Sequence[Tensor], rows: slice, keep: bool
) -> Sequence[Tensor | None]:
    if rows.stop - rows.start == 1:
        total = outputs[:, rows.start].sum()
        grads = torch.autograd.grad(total, leaves, retain_graph=keep, allow_unused=True)
        return [None if grad is None else grad.unsqueeze(0) for grad in grads]
    chosen = torch.eye(outputs.size(1), dtype=outputs.dtype, device=outputs.device)[rows]
    seeds = chosen.unsqueeze(1).expand(-1, *outputs.shape)
    return torch.autograd.grad(
        outputs, leaves, seeds, retain_graph=keep, allow_unused=True, is_grads_batched=True
    )


def layer_size(edges: int, nodes: int, model: torch.nn.Module) -> int:
    """Numbers in the largest layer of ``model`` on a graph of this size, roughly."""
    widths = [max(p.shape) for p in model.parameters() if p.dim() > 1]
    return (edges + nodes) * max(widths, default=1)
