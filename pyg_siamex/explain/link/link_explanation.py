"""The explanation of a link by masks on the graph around both of its nodes."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.explain.elements import (
    Edge,
    node_importance,
    strongest,
    strongest_edges,
    undirected_edges,
)
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.unpack import without_masks


@dataclass
class LinkExplanation:
    """Explanation of the score of a link by one mask on the graph.

    Attributes:
        link: The two nodes.
        pair: Explanation of the graph around both nodes as the query, for measures. The reference
            is the same graph without masks, and is not read.
        num_hops: Hops around each node.
        removed: Whether the link's own edges were removed from the graph.
    """

    link: tuple[int, int]
    pair: PairExplanation
    num_hops: int
    removed: bool = False

    @property
    def graph(self) -> Explanation:
        """The graph around both nodes with its masks, ``n_id``, ``e_id`` and ``root_index``."""
        return self.pair.query

    @property
    def prediction(self) -> float:
        """Score of the link."""
        return self.pair.prediction

    @property
    def algorithm(self) -> str:
        """Name of the explainer."""
        return self.pair.algorithm

    @property
    def info(self) -> dict[str, Any]:
        """Further results of the explainer."""
        return self.pair.info

    @checked
    def top_edges(self, k: int = 10) -> list[Edge]:
        """The ``k`` strongest edges, in numbers of the whole graph.

        Both directions are one edge with one value.

        Raises:
            ValueError: If ``k`` is below 1.
        """
        whole("k", k)
        n_id = self.graph.n_id.tolist()
        found = strongest_edges(undirected_edges(self.graph), k)
        ends = [sorted((n_id[low], n_id[high])) for low, high, _ in found]
        return [Edge(u, v, edge.value) for (u, v), edge in zip(ends, found, strict=True)]

    @checked
    def top_nodes(self, k: int = 10) -> list[tuple[int, float]]:
        """The ``k`` strongest nodes, in numbers of the whole graph, with their values.

        Raises:
            ValueError: If ``k`` is below 1.
        """
        whole("k", k)
        values = node_importance(self.graph)
        return [(int(self.graph.n_id[node]), float(values[node])) for node in strongest(values, k)]

    @checked
    def on(self, data: Data) -> Explanation:
        """The masks on the whole graph, 0 outside of what was explained.

        Args:
            data: The graph that was explained, without ``n_id`` of its own.

        Raises:
            ValueError: If it is another graph: smaller, or with other edges.
        """
        graph = self.graph
        nodes, edges = int(data.num_nodes or 0), data.num_edges
        if max(int(graph.n_id.max()), -1) >= nodes or (graph.e_id >= edges).any():
            raise ValueError(
                f"the explanation has nodes and edges that a graph of {nodes} nodes and {edges} "
                f"edges lacks: give the whole graph"
            )
        ends = graph.n_id[graph.edge_index].to(data.edge_index.device)
        if not torch.equal(data.edge_index[:, graph.e_id], ends):
            raise ValueError(
                "the graph has other edges than the one that was explained: give that one"
            )
        out = Explanation(**without_masks(data))
        out.link = torch.tensor(self.link)
        rows = {"node_mask": (graph.n_id, nodes), "edge_mask": (graph.e_id, edges)}
        for name, (place, size) in rows.items():
            mask: Tensor | None = graph.get(name)
            if mask is not None and len(mask) == len(place):
                out[name] = mask.new_zeros(size, *mask.shape[1:]).index_copy(0, place.cpu(), mask)
            elif mask is not None:  # one value for each feature
                out[name] = mask
        return out
