"""Graphs of motifs, and an encoder whose embedding counts the nodes of each motif."""

import torch
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN

MOTIFS = 3


class _Nodes(torch.nn.Module):
    """Nodes as they are: one coordinate for each motif."""

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
        return x


def counting(head: str) -> SiameseGNN:
    """A model whose embedding is the sum of the nodes' features."""
    return SiameseGNN(_Nodes(), "add", head).eval()


def of_motifs(*counts: float) -> Data:
    """A graph with cliques of nodes, one for each motif: as many nodes as its count's magnitude.

    Each node has 1 at its motif's coordinate, or -1 if the count is negative.
    """
    rows, edges, first = [], [], 0
    for motif, count in enumerate(counts):
        size = abs(int(count))
        row = torch.zeros(MOTIFS, dtype=torch.double)
        row[motif] = 1.0 if count > 0 else -1.0
        rows += [row] * size
        nodes = range(first, first + size)
        edges += [(u, v) for u in nodes for v in nodes if u != v]
        first += size
    index = torch.tensor(edges, dtype=torch.long).view(-1, 2).T
    return Data(x=torch.stack(rows), edge_index=index)
