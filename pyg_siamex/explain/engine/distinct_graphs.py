"""The distinct graphs of a union, so that a query with many references is masked only once."""

import hashlib

import torch
from torch import Tensor

from pyg_siamex.data.content import bytes_of
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.ragged import places, starts


def distinct_graphs(union: GraphInputs) -> tuple[Tensor, Tensor]:
    """First position of each distinct graph, ``[U]``, and distinct graph of each graph, ``[G]``.

    Graphs are equal if all inputs of the encoder are equal, in the same order.
    """
    seen: dict[bytes, int] = {}
    first: list[int] = []
    which: list[int] = []
    nodes = union.batch.bincount(minlength=union.num_graphs).tolist()
    order = union.edge_graph.argsort(stable=True)
    edges = union.edge_graph.bincount(minlength=union.num_graphs).tolist()
    node_parts = [v.split(nodes) for v in (union.x, *_sorted(union.node_extras))]
    edge_parts = [v[order].split(edges) for v in (union.edge_index.T, *_sorted(union.edge_extras))]
    others = [
        joined.split()
        for name, joined in sorted(union.extras.items())
        if name not in union.node_extras and name not in union.edge_extras
    ]
    start = 0
    for graph, count in enumerate(nodes):
        content = hashlib.blake2b(digest_size=16)
        for part in node_parts:
            content.update(bytes_of(part[graph]))
        for k, part in enumerate(edge_parts):
            content.update(bytes_of(part[graph] - start if k == 0 else part[graph]))
        for parts in others:
            content.update(bytes_of(parts[graph].value))
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


def items_of(home: Tensor, which: Tensor, graph: Tensor) -> Tensor:
    """Item of a distinct graph that each item of all graphs equals, ``[M]``.

    Args:
        home: Distinct graph of each of its items, ``[M']``.
        which: Distinct graph of each graph, ``[G]``.
        graph: Graph of each item of all graphs, ``[M]``; the items of a graph have the same order
            as in its distinct graph.
    """
    members = home.argsort(stable=True)
    begin = starts(home.bincount(minlength=int(which.max()) + 1 if len(which) else 0))
    return members[begin[which[graph]] + places(graph)]


def _sorted(extras: object) -> list[Tensor]:
    return [value for _, value in sorted(dict(extras).items())]  # type: ignore[call-overload]
