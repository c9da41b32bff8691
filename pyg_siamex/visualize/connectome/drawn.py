"""One graph of a pair as its picture needs it: a number per node, and undirected edges by rank."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.importance import node_importance


class Edge(NamedTuple):
    """An undirected edge, its lower node first, and its importance."""

    low: int
    high: int
    value: float


@dataclass(frozen=True)
class DrawnGraph:
    """Importances of one graph.

    Attributes:
        nodes: Importance of each node, ``[n]``, or ``None`` where the graph was not explained.
        edges: Every undirected edge but self loops, in the graph's order. The two entries of an
            edge are averaged, and the entries of parallel edges.
        weighed: Whether the edges have importances; otherwise their values are 0.
    """

    nodes: np.ndarray | None
    edges: list[Edge]
    weighed: bool

    def strongest(self, count: int) -> list[Edge]:
        """The ``count`` edges of largest magnitude above 0, the strongest first."""
        edges = [edge for edge in self.edges if edge.value != 0]
        return sorted(edges, key=lambda edge: (-abs(edge.value), edge.low, edge.high))[:count]

    def leading(self, count: int) -> list[int]:
        """The ``count`` nodes of largest magnitude above 0, the strongest first.

        Raises:
            ValueError: If ``count`` is negative.
        """
        if count < 0:
            raise ValueError(f"regions must be at least 0 (got {count})")
        if self.nodes is None:
            return []
        order = np.argsort(-np.abs(self.nodes), kind="stable")[:count].tolist()
        return [node for node in order if self.nodes[node] != 0]

    def cuts_edge_tie(self, count: int) -> bool:
        """Whether the first edge left out is as strong as the last one of ``strongest``."""
        values = [edge.value for edge in self.strongest(count + 1)]
        return 0 < count < len(values) and abs(values[-1]) == abs(values[-2])

    def cuts_node_tie(self, count: int) -> bool:
        """Whether the first node left out is as strong as the last one of ``leading``."""
        nodes = self.leading(count + 1)
        if self.nodes is None or not 0 < count < len(nodes):
            return False
        return bool(abs(self.nodes[nodes[-1]]) == abs(self.nodes[nodes[-2]]))


def drawn_graphs(explanation: PairExplanation) -> tuple[DrawnGraph, DrawnGraph]:
    """Query and reference as their picture needs them.

    A node takes its node mask, summed over features; without one, its strongest edge; without
    masks, its row's sum of the pair matrix.

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
    edges = _undirected(explanation, mask)
    if mask is not None or explanation.get("node_mask") is not None:
        values = node_importance(explanation)
    elif relevance is not None:
        values = relevance.sum(1)
    else:
        return DrawnGraph(None, edges, weighed=False)
    nodes = values.detach().cpu().double().numpy()
    if not (np.isfinite(nodes).all() and all(np.isfinite(edge.value) for edge in edges)):
        raise ValueError("the explanation has values that are not finite (NaN or infinity)")
    return DrawnGraph(nodes, edges, mask is not None)


def _undirected(explanation: Explanation, mask: Tensor | None) -> list[Edge]:
    values = [0.0] * explanation.num_edges if mask is None else mask.tolist()
    entries: dict[tuple[int, int], list[float]] = {}
    for (u, v), value in zip(explanation.edge_index.T.tolist(), values, strict=True):
        if u != v:
            entries.setdefault((min(u, v), max(u, v)), []).append(value)
    return [Edge(*ends, sum(found) / len(found)) for ends, found in entries.items()]
