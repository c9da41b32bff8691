"""One graph of a pair as pictures need it: a number per node, and undirected edges."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex._numbers import whole
from pyg_siamex.explain.elements import (
    Edge,
    connection_weights,
    is_masked,
    node_importance,
    strongest,
    strongest_edges,
    undirected_edges,
    unordered_pairs,
)
from pyg_siamex.explain.explanation import PairExplanation


@dataclass(frozen=True)
class DrawnGraph:
    """Importances of one graph.

    Attributes:
        nodes: Importance of each node, ``[n]``, or ``None`` where the graph was not explained.
        edges: Every undirected edge but self loops, by rising node numbers.
        weighed: Whether the edges have importances; otherwise their values are 0.
        summed: Whether the importance of a node is the sum over its edges.
        connections: The connection itself, with its sign, by the two nodes; empty where it is not
            known.
    """

    nodes: np.ndarray | None
    edges: list[Edge]
    weighed: bool
    summed: bool = False
    connections: dict[tuple[int, int], float] = field(default_factory=dict)

    def strongest(self, count: int) -> list[Edge]:
        """The ``count`` edges of largest magnitude above 0, the strongest first."""
        return strongest_edges(self.edges, count)

    def leading(self, count: int) -> list[int]:
        """The ``count`` nodes of largest magnitude above 0, the strongest first.

        Raises:
            ValueError: If ``count`` is negative.
        """
        whole("regions", count, 0)
        if self.nodes is None:
            return []
        order = strongest(torch.from_numpy(self.nodes), count)
        return [node for node in order if self.nodes[node] != 0]

    def edges_as_strong(self, count: int) -> int:
        """How many edges are left out that are as strong as the last one of ``strongest``."""
        return _as_strong([edge.value for edge in self.edges], count)

    def nodes_as_strong(self, count: int) -> int:
        """How many nodes are left out that are as strong as the last one of ``leading``."""
        return 0 if self.nodes is None else _as_strong(self.nodes.tolist(), count)

    def is_negative(self, edge: Edge) -> bool:
        """Whether the connection itself is negative."""
        return self.connections.get((edge.low, edge.high), 0.0) < 0


def drawn_graphs(explanation: PairExplanation) -> tuple[DrawnGraph, DrawnGraph]:
    """Collect the importances of query and reference.

    A node takes its node mask, summed over features; without one, the sum of the magnitudes of its
    edges' importances, with the sign of their sum; without masks, its row's sum of the pair matrix.

    Raises:
        ValueError: If there is neither a mask nor a pair matrix, or a value is not finite.
    """
    matrix = explanation.relevance
    graphs = (
        _drawn(explanation.query, matrix),
        _drawn(explanation.reference, None if matrix is None else matrix.T),
    )
    if all(graph.nodes is None for graph in graphs):
        raise ValueError("neither graph has a node_mask or an edge_mask, and there is no relevance")
    return graphs


def _drawn(explanation: Explanation, relevance: Tensor | None) -> DrawnGraph:
    mask = explanation.get("edge_mask")
    edges = undirected_edges(explanation) if mask is not None else _unweighed(explanation)
    connections = connection_weights(explanation)
    if relevance is None and not is_masked(explanation):
        return DrawnGraph(None, edges, weighed=False, connections=connections)
    summed = mask is not None and explanation.get("node_mask") is None
    if summed:
        nodes = _sums(edges, int(explanation.num_nodes or 0))
    else:
        nodes = node_importance(explanation, relevance).detach().cpu().double().numpy()
    if not (np.isfinite(nodes).all() and all(np.isfinite(edge.value) for edge in edges)):
        raise ValueError("the explanation has values that are not finite (NaN or infinity)")
    return DrawnGraph(nodes, edges, mask is not None, summed, connections)


def _sums(edges: Sequence[Edge], size: int) -> np.ndarray:
    """Sum of the magnitudes of each node's edges, with the sign of their sum, ``[size]``."""
    net, magnitude = np.zeros(size), np.zeros(size)
    for edge in edges:
        for node in (edge.low, edge.high):
            net[node] += edge.value
            magnitude[node] += abs(edge.value)
    return np.where(net < 0, -magnitude, magnitude)


def _as_strong(values: Sequence[float], count: int) -> int:
    ranked = sorted((abs(value) for value in values if value != 0), reverse=True)
    if not 0 < count < len(ranked):
        return 0
    return ranked[count:].count(ranked[count - 1])


def _unweighed(explanation: Explanation) -> list[Edge]:
    ends = unordered_pairs(explanation.edge_index).ends
    return [Edge(low, high, 0.0) for low, high in ends.T.tolist()]
