"""Sums over neighbours, and the second linear map of a layer."""

from collections.abc import Callable

from torch import Tensor
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex._door import checked
from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep, Signal, collected
from pyg_siamex.explain.relevance.lrp.propagation import Propagation

LINEAR_AGGREGATIONS = ("add", "sum", "mean")
"""Aggregations that split relevance in proportion."""


@checked
def aggregated(
    lrp: Propagation,
    conv: MessagePassing,
    x: Tensor,
    aggregate: Callable[[Tensor], Tensor],
    weights: Tensor | None = None,
) -> Signal:
    """Aggregate ``x``, and the shift of a BatchNorm right before it apart from the data.

    An aggregation that is not linear keeps the two together.

    Args:
        lrp: The propagation.
        conv: The layer.
        x: What neighbours send, ``[N, F]``.
        aggregate: The layer's sum, of any width.
        weights: Weights of the sum, or ``None`` if there are no negative ones.

    Raises:
        ValueError: If weights are negative, and each neighbour's own contribution is asked for.
    """
    if conv.aggr not in LINEAR_AGGREGATIONS:
        return Signal(aggregate(x))
    each = lrp.rule.neighbours == "each"
    if each and weights is not None and bool((weights < 0).any()):
        raise lrp.running.refusal("neighbours='each' for negative edge weights")
    return collected(lrp.origins.signal(x), aggregate)


def with_branch(lrp: Propagation, step: LinearStep, signal: Signal, weight: Tensor) -> LinearStep:
    """``step`` plus a second linear map of the same layer, with one denominator."""
    with lrp.unseen():
        return step.plus(lrp.branch(signal, weight, None, step.gamma))
