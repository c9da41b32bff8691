"""Data sets of pairs count columns as PyG's data sets of graphs do."""

import torch
from torch_geometric.data import Data

from pyg_siamex import NodePairs, PairDataset

EDGES = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
GRAPHS = [
    Data(x=torch.randn(3, 5), edge_index=EDGES, edge_attr=torch.randn(4, 2), y=torch.tensor(k % 3))
    for k in range(9)
]


def test_columns_are_those_of_the_graphs():
    for pairs in (PairDataset(GRAPHS), NodePairs(GRAPHS[0], [(0, 1)], 1)):
        assert (pairs.num_features, pairs.num_node_features, pairs.num_edge_features) == (5, 5, 2)
    assert PairDataset(GRAPHS).num_classes == 3
    assert PairDataset.unlabelled(GRAPHS).num_classes == 0
