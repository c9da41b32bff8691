"""Keys of graphs that are equal for graphs which message passing cannot tell apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.checked_graph import check_edges, check_ends, check_nodes_first, check_not_meta

READ = ("x", "z", "node_type", "edge_attr", "edge_weight", "edge_type")
"""What encoders usually read besides the edges."""

_AT_ONCE = 1 << 20
"""Nodes plus edges that are refined at once."""

_NUMBERS = 1 << 23
"""Node features that are held at once."""

_WHOLE = (torch.uint8, torch.int8, torch.int16, torch.int32)

_FIRST, _SECOND = -0x40A7B892E31B1A47, -0x6B2FB644ECCEEE15
_SOURCE, _TARGET, _COLUMN = 0x1E3779B97F4A7C15, 0x2545F4914F6CDD1D, 0x5851F42D4C957F2D


def graph_keys(graphs: Iterable[Data], reads: Sequence[str] = READ) -> list[int]:
    """A key per graph; graphs that are equal up to the numbers of their nodes have equal keys.

    Nodes are coloured by what is read of them, then again and again by the colours around them,
    until no colour of the graph divides any further (Weisfeiler and Leman, 1968; Shervashidze et
    al., JMLR 2011). The key is made of the colours that occur and of how often. No message passing
    network tells two graphs of equal keys apart (Xu et al., ICLR 2019), whatever its weights and
    its depth. Colours are hashed to 64 bits.

    Args:
        graphs: The graphs.
        reads: Attributes that the model reads besides the edges; those that a graph lacks are
            skipped. Positions (``pos``) are read too of graphs without ``x`` and ``z``.

    Raises:
        TypeError: If edges are no tensor.
        ValueError: If edges have another shape or type, or lead to nodes that are not there.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> one, other = (Data(x=torch.tensor(x), edge_index=path) for x in ([6, 6, 8], [8, 6, 6]))
        >>> len(set(graph_keys([one, other])))
        1
    """
    found: list[int] = []
    for some in _chunks(graphs):
        found += _refined(some, reads, len(found))
    return found


def joined_keys(*keys: Sequence[Any]) -> list[int]:
    """One key per item; items that share any of their keys, or are linked by others, have the same.

    Args:
        *keys: Keys of the same items by several criteria, each hashable.

    Example:
        >>> joined_keys(["a", "b", "c", "d"], [1, 1, 2, 3])
        [0, 0, 2, 3]
    """
    root = list(range(len(keys[0])))

    def find(item: int) -> int:
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    for criterion in keys:
        first: dict[Any, int] = {}
        for item, key in enumerate(criterion):
            one, other = sorted((find(item), find(first.setdefault(key, item))))
            root[other] = one
    return [find(item) for item in range(len(root))]


@dataclass(frozen=True)
class _Union:
    """Some graphs as one, with hashes of what is read of nodes ``[N]`` and of edges ``[E]``."""

    nodes: Tensor
    edges: Tensor
    edge_index: Tensor
    graph: Tensor
    size: int


def _chunks(graphs: Iterable[Data]) -> Iterator[list[Data]]:
    some: list[Data] = []
    count = numbers = 0
    for k, graph in enumerate(graphs):
        edges = graph.get("edge_index")
        if isinstance(edges, Tensor) and edges.layout is not torch.strided:
            check_edges(edges, f"graph {k}")  # raises: PyG cannot count them
        some.append(graph)
        count += int(graph.num_nodes or 0) + graph.num_edges
        numbers += graph.x.numel() if isinstance(graph.x, torch.Tensor) else 0
        if count >= _AT_ONCE or numbers >= _NUMBERS:
            yield some
            some, count, numbers = [], 0, 0
    if some:
        yield some


def _refined(graphs: list[Data], reads: Sequence[str], before: int) -> list[int]:
    union = _union(graphs, reads, before)
    source, target = union.edge_index
    colour, key = union.nodes, torch.zeros(union.size, dtype=torch.long)
    count = torch.zeros(union.size, dtype=torch.long)
    while True:
        found = _distinct(colour, union)
        growing = found > count
        # The round in which a graph's colours stop to divide is the same for equal graphs.
        key = torch.where(growing, key, torch.where(key == 0, _hashed(colour, union), key))
        if not growing.any():
            return key.tolist()
        count = torch.maximum(found, count)
        around = torch.zeros_like(colour)
        around.index_add_(0, target, _mixed(union.edges + _mixed(colour[source] ^ _SOURCE)))
        around.index_add_(0, source, _mixed(union.edges + _mixed(colour[target] ^ _TARGET)))
        colour = _mixed(_mixed(colour) + around)


def _union(graphs: list[Data], reads: Sequence[str], before: int) -> _Union:
    """Some graphs as one; ``before`` others came before them."""
    nodes = torch.tensor([int(graph.num_nodes or 0) for graph in graphs])
    first = nodes.cumsum(0) - nodes
    parts = [_read(graph, reads, f"graph {before + k}") for k, graph in enumerate(graphs)]
    shifted = [edges + int(start) for (_, _, edges), start in zip(parts, first, strict=True)]
    return _Union(
        torch.cat([own for own, _, _ in parts]),
        torch.cat([own for _, own, _ in parts]),
        torch.cat(shifted, dim=1),
        torch.arange(len(graphs)).repeat_interleave(nodes),
        len(graphs),
    )


def _read(graph: Data, reads: Sequence[str], name: str) -> tuple[Tensor, Tensor, Tensor]:
    """Hashes ``[n]`` and ``[E]`` of what is read of each node and edge, and the edges."""
    edges, values = _edges(graph, name)
    nodes = torch.zeros(int(graph.num_nodes or 0), dtype=torch.long)
    check_nodes_first(graph.get("x"), edges, name)
    check_ends(edges, len(nodes), name)
    links = torch.zeros(edges.size(1), dtype=torch.long)
    if values is not None:
        links = links + _rows(values, "adj_t")
    placed = () if graph.get("x") is not None or graph.get("z") is not None else ("pos",)
    for key in (*reads, *placed):
        value = graph.get(key)
        if not isinstance(value, Tensor):
            continue
        check_not_meta(value, f"{key} of {name}")
        value = value.detach().cpu()
        if "edge" not in key and value.dim() and len(value) == len(nodes):
            nodes = nodes + _rows(value, key)
        elif value.dim() and len(value) == len(links):
            links = links + _rows(value, key)
        else:  # of the whole graph
            nodes = nodes + _rows(value.reshape(1, -1), key)
    return nodes, links, edges


def _edges(graph: Data, name: str) -> tuple[Tensor, Tensor | None]:
    edges = graph.get("edge_index")
    if edges is not None:
        own = torch.as_tensor(edges).detach().as_subclass(Tensor)
        own = own.long() if own.dtype in _WHOLE else own
        check_edges(own, name)
        return own.cpu(), None
    adjacency = graph.get("adj_t")
    if adjacency is None:
        return torch.empty(2, 0, dtype=torch.long), None
    from torch_geometric.utils import to_edge_index

    (target, source), values = to_edge_index(adjacency)
    return torch.stack([source, target]).cpu(), None if values is None else values.detach().cpu()


def _rows(values: Tensor, name: str) -> Tensor:
    """Hash of each row, ``[n]``, of values of any type and shape."""
    if values.is_sparse or values.layout != torch.strided:
        values = values.to_dense()
    flat = values.flatten(1) if values.dim() > 1 else values[:, None]
    if flat.is_floating_point():
        flat = (flat.double() + 0.0).view(torch.long)  # 0.0 for -0.0
    salt = sum((k + 1) * ord(letter) for k, letter in enumerate(name))
    column = _mixed(torch.arange(flat.size(1)) + salt * 0x10001)
    return _mixed(flat.long() + column).sum(1) + _mixed(column + _COLUMN).sum()


def _distinct(colour: Tensor, union: _Union) -> Tensor:
    """Number of colours in each graph, ``[b]``."""
    order = colour.argsort(stable=True)
    order = order[union.graph[order].argsort(stable=True)]
    colour, graph = colour[order], union.graph[order]
    new = torch.ones_like(colour, dtype=torch.bool)
    new[1:] = (colour[1:] != colour[:-1]) | (graph[1:] != graph[:-1])
    return torch.zeros(union.size, dtype=torch.long).index_add_(0, graph, new.long())


def _hashed(colour: Tensor, union: _Union) -> Tensor:
    """Hash of the colours of each graph, ``[b]``, whatever their order; never 0."""
    total = torch.zeros(union.size, dtype=torch.long)
    total.index_add_(0, union.graph, _mixed(colour ^ _COLUMN))
    return _mixed(total) | 1


def _mixed(values: Tensor) -> Tensor:
    """Integers mapped one to one to integers that look random (SplitMix64)."""
    values = values + _SOURCE
    values = (values ^ ((values >> 30) & 0x3FFFFFFFF)) * _FIRST
    values = (values ^ ((values >> 27) & 0x1FFFFFFFFF)) * _SECOND
    return values ^ ((values >> 31) & 0x1FFFFFFFF)
