"""Extend the consensus of distinct graphs to all graphs."""

import torch
from torch import Tensor

from pyg_siamex.data.ragged import places, starts
from pyg_siamex.explain.self_learned.invariance.consensus import Consensus
from pyg_siamex.explain.self_learned.invariance.levels import by_level
from pyg_siamex.explain.self_learned.invariance.order import Order


def to_all(one: Consensus, distinct: Tensor, which: Tensor, graph: Tensor) -> Consensus:
    """Copy a consensus over the distinct graphs to all graphs.

    Args:
        one: Consensus over the M' elements of the distinct graphs.
        distinct: Distinct graph of each of these elements, ``[M']``.
        which: Distinct graph of each graph, ``[G]``.
        graph: Graph of each element of all graphs, ``[M]``; the elements of a graph have the same
            order as in its distinct graph.
    """
    elements = graph.argsort(stable=True)
    source, _ = _members(distinct, which)
    score = torch.empty(len(graph), dtype=one.score.dtype, device=graph.device)
    score = score.index_copy(0, elements, one.score[source])
    # Levels and relations are items of graphs, like elements.
    order = one.order
    home = by_level(distinct, order.level)  # [L']
    _, owner = _members(home, which)
    begin, place = starts(owner.bincount(minlength=len(which))), places(home)
    level = torch.empty_like(graph)
    level = level.index_copy(0, elements, place[order.level[source]] + begin[graph[elements]])
    relations, owner = _members(home[order.upper], which)
    upper, lower = (begin[owner] + place[ends[relations]] for ends in (order.upper, order.lower))
    return Consensus(score, Order(level, upper, lower, order.confidence[relations]))


def _members(group: Tensor, which: Tensor) -> tuple[Tensor, Tensor]:
    """The items of the group of each graph in turn, and the graph of each item."""
    groups = int(which.max()) + 1
    counts = group.bincount(minlength=groups)
    sizes = counts[which]
    owner = torch.arange(len(which), device=which.device).repeat_interleave(sizes)
    place = torch.arange(len(owner), device=which.device) - starts(sizes)[owner]
    return group.argsort(stable=True)[starts(counts)[which[owner]] + place], owner
