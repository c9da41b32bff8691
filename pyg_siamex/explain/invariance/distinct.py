"""The distinct graphs of a union: a query with ten references is explained to itself once."""

import hashlib

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.invariance.consensus import Consensus, Order


def distinct_graphs(union: GraphInputs) -> tuple[Tensor, Tensor]:
    """First positions of the distinct graphs, ``[U]``, and which of them each graph is, ``[G]``.

    Graphs are the same if what the encoder reads of them is the same, in the same order.
    """
    seen: dict[bytes, int] = {}
    first: list[int] = []
    which: list[int] = []
    nodes = union.batch.bincount(minlength=union.num_graphs).tolist()
    order = union.edge_graph.argsort(stable=True)
    edges = union.edge_graph.bincount(minlength=union.num_graphs).tolist()
    node_parts = [v.split(nodes) for v in (union.x, *_sorted(union.node_extras))]
    edge_parts = [v[order].split(edges) for v in (union.edge_index.T, *_sorted(union.edge_extras))]
    start = 0
    for graph, count in enumerate(nodes):
        content = hashlib.blake2b(digest_size=16)
        for part in node_parts:
            content.update(_bytes(part[graph]))
        for k, part in enumerate(edge_parts):
            content.update(_bytes(part[graph] - start if k == 0 else part[graph]))
        content.update(f"{count} {edges[graph]}".encode())
        place = seen.setdefault(content.digest(), len(seen))
        if place == len(first):
            first.append(graph)
        which.append(place)
        start += count
    return (
        torch.tensor(first, device=union.x.device),
        torch.tensor(which, dtype=torch.long, device=union.x.device),
    )


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
    relations, owner = _members(distinct[one.order.upper], which)
    begin = _starts(graph, len(which))[owner]
    place = _place(distinct)
    upper, lower = (
        elements[begin + place[ends[relations]]] for ends in (one.order.upper, one.order.lower)
    )
    return Consensus(score, Order(upper, lower, one.order.confidence[relations]))


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


def _sorted(extras: object) -> list[Tensor]:
    return [value for _, value in sorted(dict(extras).items())]  # type: ignore[call-overload]


def _bytes(values: Tensor) -> bytes:
    return values.detach().cpu().contiguous().numpy().tobytes()
