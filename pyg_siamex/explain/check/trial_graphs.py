"""Graphs to check explainers on: a few plain graphs, and odd graphs made from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from pyg_siamex._door import checked
from pyg_siamex._memory import check_memory
from pyg_siamex._numbers import whole

FEATURES = 6
"""Number of node features of :func:`trial_graphs`."""

_EDGES = 16
"""Numbers that are held for the edges of a node."""


@checked
def trial_graphs(
    sizes: Sequence[int] = (7, 5, 6), dtype: torch.dtype = torch.float64, seed: int = 0
) -> list[Data]:
    """Small undirected graphs without self loops, the same for the same arguments.

    Each is a ring with a chord. No two nodes have the same neighbours and every node has at least
    two, so values sorted by a pool or a maximum do not tie.

    Args:
        sizes: Number of nodes of each graph, at least 5.
        dtype: Type of the node features.
        seed: Seed of features and edges.

    Raises:
        ValueError: If a size is below 5, or the graphs do not fit into memory.

    Returns:
        Graphs with ``x``, ``[n, 6]``, and ``edge_index``.

    Example:
        >>> graphs = trial_graphs()
        >>> for graph in graphs:
        ...     graph.edge_attr = torch.ones(graph.num_edges, 3).double()
    """
    for nodes in sizes:
        whole("the size of a trial graph", nodes, 5)
    numbers = sum(sizes) * (FEATURES + _EDGES)
    check_memory(8 * numbers, "trial graphs of these `sizes`", "take smaller ones")
    generator = torch.Generator().manual_seed(seed)
    graphs = []
    for nodes in sizes:
        ring = torch.stack([torch.arange(nodes), torch.arange(1, nodes + 1) % nodes])
        across = torch.randint(2, nodes - 1, (1,), generator=generator)
        edges = torch.cat([ring, torch.stack([torch.zeros_like(across), across])], dim=1)
        x = torch.randn(nodes, FEATURES, generator=generator, dtype=torch.float64).to(dtype)
        graphs.append(Data(x=x, edge_index=to_undirected(edges, num_nodes=nodes)))
    return graphs


@dataclass(frozen=True)
class CheckGraph:
    """A graph and its name in messages."""

    name: str
    data: Data
    odd: bool = False


def odd_graphs(graphs: Sequence[Data]) -> list[CheckGraph]:
    """Make odd graphs from the first three, with all attributes of nodes and edges.

    Self loops and duplicate edges take the attributes of an edge, so they are left out for graphs
    without edges.
    """
    one, two, three = graphs[:3]
    found = {"one node": keep_edges(one, []).subgraph(torch.tensor([0]))}
    if two.num_edges:
        found["no edges"] = keep_edges(two, [])
        found["self loops alone"] = _loops_alone(three)
    if one.num_edges > 1 and one.num_nodes > 2:
        edges = range(one.num_edges)
        found["isolated nodes"] = _isolated(one)
        found["duplicate edges"] = keep_edges(one, [0, *edges, 1, 0])
        found["self loops among edges"] = _loops_between(two)
    return [CheckGraph(name, data, odd=True) for name, data in found.items()]


def keep_edges(graph: Data, edges: Sequence[int] | Tensor) -> Data:
    """The graph with the edges at the positions ``edges``, in this order, with their attributes."""
    edges = torch.as_tensor(edges, dtype=torch.long)
    out = graph.clone()
    for name, value in graph.to_dict().items():
        if name == "edge_index" or (graph.is_edge_attr(name) and not _points(graph, name)):
            out[name] = value.index_select(graph.__cat_dim__(name, value), edges)
    return out


def renumbered(graph: Data, order: Tensor) -> Data:
    """The graph with its nodes in another order.

    Args:
        graph: The graph.
        order: Old number of each new node, ``[n]``.
    """
    out, place = graph.clone(), order.argsort()
    for name, value in graph.to_dict().items():
        if _points(graph, name):
            out[name] = place[value]
        elif name != "edge_index" and graph.is_node_attr(name):
            out[name] = value.index_select(graph.__cat_dim__(name, value), order)
    return out


def _points(graph: Data, name: str) -> bool:
    """Whether an attribute holds numbers of nodes."""
    value = graph[name]
    step = graph.__inc__(name, value) if isinstance(value, Tensor) else 0
    return not isinstance(step, Tensor) and step == graph.num_nodes and graph.num_nodes > 0


def _loops_alone(graph: Data) -> Data:
    count = min(3, graph.num_nodes, graph.num_edges)
    out = keep_edges(graph, range(count))
    out.edge_index = torch.arange(count).repeat(2, 1)
    return out


def _loops_between(graph: Data) -> Data:
    half = graph.num_edges // 2
    out = keep_edges(graph, [*range(half), 0, 1, *range(half, graph.num_edges)])
    loops = torch.tensor([graph.num_nodes - 1, 0])
    edge_index = out.edge_index.clone()
    edge_index[:, half : half + 2] = loops
    out.edge_index = edge_index
    return out


def _isolated(graph: Data) -> Data:
    """The graph without the edges of its first and its last node."""
    ends = (graph.edge_index == 0) | (graph.edge_index == graph.num_nodes - 1)
    return keep_edges(graph, (~ends.any(0)).nonzero().flatten())
