"""A model whose right explanation is known, and explanations of it, right and wrong."""

import itertools

import torch
from torch_geometric.data import Data
from torch_geometric.explain import Explanation
from torch_geometric.nn import MessagePassing

from pyg_siamex import PairExplanation, SiameseGNN


class MotifEdges(MessagePassing):
    """Counts the edges between motif nodes: the sum of x_i x_j over edges, in column 0."""

    def __init__(self):
        super().__init__(aggr="add")

    def forward(self, x, edge_index):
        return self.propagate(edge_index, x=x[:, :1])

    def message(self, x_i, x_j):
        return x_i * x_j


def planted_model(similarity="dot"):
    return SiameseGNN(MotifEdges(), "add", similarity)


def planted_graph(motif_edges=2, edges=10):
    """A directed cycle among motif nodes and one among the others; features are (motif, 1)."""
    others = edges - motif_edges
    index = torch.cat([_cycle(motif_edges), _cycle(others) + motif_edges], dim=1)
    motif = (torch.arange(edges) < motif_edges).double()
    return Data(x=torch.stack([motif, torch.ones(edges)], dim=1).double(), edge_index=index)


def planted_truth(graph):
    """Edges between motif nodes, bool ``[E]``."""
    return (graph.x[graph.edge_index, 0] > 0).all(0)


def explained(query, reference, edge_mask=None, node_mask=None, model=None):
    """An explanation of the query with the given masks, of the planted model by default."""
    prediction = float((model or planted_model())(query, reference))
    masks = {"edge_mask": edge_mask, "node_mask": node_mask}
    masks = {name: mask for name, mask in masks.items() if mask is not None}
    return PairExplanation(
        Explanation(**query.to_dict(), **masks), Explanation(**reference.to_dict()), prediction
    )


def set_distinct_masks(explanations):
    """Masks in a random order without ties, so that a choice by hand is the only one.

    Masks of equal elements differ by rounding, which depends on the processor.
    """
    for explanation, side in itertools.product(explanations, ("query", "reference")):
        graph = getattr(explanation, side)
        for name in ("edge_mask", "node_mask"):
            if (mask := graph.get(name)) is not None:
                order = torch.randperm(mask.numel(), generator=torch.Generator().manual_seed(0))
                graph[name] = (order + 1).to(mask).view(mask.shape)


def _cycle(nodes):
    node = torch.arange(nodes)
    return torch.stack([node, (node + 1) % nodes])
