"""From the consensus of distinct graphs to that of all graphs."""

import torch
from torch import Tensor

from pyg_siamex.explain.self_learned.invariance.consensus import Consensus
from pyg_siamex.explain.self_learned.invariance.order import Order


def to_all(one: Consensus, distinct: Tensor, which: Tensor, graph: Tensor) -> Consensus:
    """Carry a consensus over the distinct graphs to all graphs.

    Args:
        one: Consensus over the M' elements of the distinct graphs.
        distinct: Distinct graph of each of them, ``[M']``.
        which: Distinct graph of each graph, ``[G]``.
        graph: Graph of each element of all graphs, ``[M]``; graphs have their elements in the
            order in which their distinct graph has them.
    """
    elements = graph.argsort(stable=True)
    source, _ = _members(distinct, which)
    score = torch.empty(len(graph), dtype=one.score.dtype, device=graph.device)
    score = score.index_copy(0, elements, one.score[source])
    # Levels and relations are items of graphs, as elements are.
    order = one.order
    levels = int(order.level.max()) + 1 if len(order.level) else 0
    home = distinct.new_zeros(levels).index_copy(0, order.level, distinct)  # [L']
    _, owner = _members(home, which)
    begin, place = _starts(owner, len(which)), _place(home)
    level = torch.empty_like(graph)
    level = level.index_copy(0, elements, place[order.level[source]] + begin[graph[elements]])
    relations, owner = _members(home[order.upper], which)
    upper, lower = (begin[owner] + place[ends[relations]] for ends in (order.upper, order.lower))
    return Consensus(score, Order(level, upper, lower, order.confidence[relations]))


def _members(group: Tensor, which: Tensor) -> tuple[Tensor, Tensor]:
    """For each graph in turn, the items of its group; and the graph of each."""
    groups = int(which.max()) + 1
    counts = group.bincount(minlength=groups)
    sizes = counts[which]
    owner = torch.arange(len(which), device=which.device).repeat_interleave(sizes)
    place = torch.arange(len(owner), device=which.device) - (sizes.cumsum(0) - sizes)[owner]
    return group.argsort(stable=True)[_starts(group, groups)[which[owner]] + place], owner


def _starts(group: Tensor, groups: int) -> Tensor:
    counts = group.bincount(minlength=groups)
    return counts.cumsum(0) - counts


def _place(group: Tensor) -> Tensor:
    """Position of each item within its group."""
    order = group.argsort(stable=True)
    place = torch.arange(len(group), device=group.device)
    starts = _starts(group, int(group.max()) + 1 if len(group) else 0)
    return torch.empty_like(order).index_copy(0, order, place - starts[group[order]])
