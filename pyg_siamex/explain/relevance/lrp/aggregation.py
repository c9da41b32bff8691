"""Sums over neighbours, and the second linear map of a layer."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep, Signal
from pyg_siamex.explain.relevance.lrp.propagation import Propagation

LINEAR_AGGREGATIONS = ("add", "sum", "mean")
"""Aggregations that split relevance in proportion."""


def aggregated(
    lrp: Propagation, conv: MessagePassing, x: Tensor, aggregate: Callable[[Tensor], Tensor]
) -> Signal:
    """Aggregate ``x``, and the shift of a BatchNorm right before it apart from the data.

    An aggregation that is not linear keeps the two together.
    """
    signal = lrp.origins.signal(x)
    if signal.constant is None or conv.aggr not in LINEAR_AGGREGATIONS:
        return Signal(aggregate(x))
    data = aggregate(signal.data)
    with lrp.unseen(), torch.no_grad():
        return Signal(data, aggregate(signal.constant))


def with_branch(lrp: Propagation, step: LinearStep, signal: Signal, weight: Tensor) -> LinearStep:
    """``step`` plus a second linear map of the same layer, with one denominator."""
    with lrp.unseen():
        return step.plus(lrp.branch(signal, weight, None, step.gamma))
