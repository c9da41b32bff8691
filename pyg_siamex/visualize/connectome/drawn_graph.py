"""One graph of a pair as pictures need it: a number per node, and undirected edges."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.explain.elements import (
    Edge,
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
    """

    nodes: np.ndarray | None
    edges: list[Edge]
    weighed: bool

    def strongest(self, count: int) -> list[Edge]:
        """The ``count`` edges of largest magnitude above 0, the strongest first."""
        return strongest_edges(self.edges, count)

    def leading(self, count: int) -> list[int]:
        """The ``count`` nodes of largest magnitude above 0, the strongest first.

        Raises:
            ValueError: If ``count`` is negative.
        """
        if count < 0:
            raise ValueError(f"regions must be at least 0 (got {count})")
        if self.nodes is None:
            return []
        order = strongest(torch.from_numpy(self.nodes), count)
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
    """Collect the importances of query and reference.

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
    edges = undirected_edges(explanation) if mask is not None else _unweighed(explanation)
    if relevance is None and not is_masked(explanation):
        return DrawnGraph(None, edges, weighed=False)
    nodes = node_importance(explanation, relevance).detach().cpu().double().numpy()
    if not (np.isfinite(nodes).all() and all(np.isfinite(edge.value) for edge in edges)):
        raise ValueError("the explanation has values that are not finite (NaN or infinity)")
    return DrawnGraph(nodes, edges, mask is not None)


def _unweighed(explanation: Explanation) -> list[Edge]:
    ends = unordered_pairs(explanation.edge_index).ends
    return [Edge(low, high, 0.0) for low, high in ends.T.tolist()]
