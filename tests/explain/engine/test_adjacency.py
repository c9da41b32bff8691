"""An encoder that reads a sparse adjacency in a way of its own is refused."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch import nn
from torch_geometric.nn import GCNConv, GINConv
from torch_geometric.transforms import ToSparseTensor

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.adjacency import check_adjacency


class Encoder(nn.Module):
    """A layer, with another factor for a sparse adjacency."""

    def __init__(self, conv, factor=1.0):
        super().__init__()
        self.conv, self.factor = conv, factor

    def forward(self, x, edge_index):
        return self.conv(x, edge_index) * (self.factor if edge_index.layout != torch.strided else 1)


GRAPH = ToSparseTensor(attr=None, layout=torch.sparse_csr)(random_graph(6, 1))


@pytest.mark.parametrize(
    "conv", [GCNConv(FEATURES, 4), GINConv(nn.Linear(FEATURES, 4))], ids=["GCN", "GIN"]
)
def test_the_same_from_both_is_accepted(conv):
    model = SiameseGNN(Encoder(conv), "add").eval()
    check_adjacency(model, GRAPH)
    with pytest.raises(ValueError, match="computes something else from data"):
        check_adjacency(SiameseGNN(Encoder(conv, 1.01), "add").eval(), GRAPH)


def test_an_encoder_that_reads_edges_alone_is_accepted():
    class Unpacks(nn.Module):
        def forward(self, x, edge_index):
            row, col = edge_index
            return torch.zeros_like(x).index_add(0, col, x[row])

    check_adjacency(SiameseGNN(Unpacks(), "add").eval(), GRAPH)
