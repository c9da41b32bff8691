"""GIN with edge weights against dense matrices and PyG's own GIN."""

import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN
from torch_geometric.utils import to_dense_adj

from pyg_siamex.nn import WeightedGIN, WeightedGINConv

D = torch.double
GRAPH = random_graph(7, 1, D)


def test_a_layer_is_the_network_of_the_weighted_sum():
    torch.manual_seed(0)
    network = torch.nn.Linear(FEATURES, 3).to(D)
    weight = torch.rand(GRAPH.num_edges, dtype=D)
    conv = WeightedGINConv(network, eps=0.25)
    adjacency = to_dense_adj(GRAPH.edge_index, edge_attr=weight, max_num_nodes=7)[0]
    expected = network(1.25 * GRAPH.x + adjacency.T @ GRAPH.x)
    torch.testing.assert_close(conv(GRAPH.x, GRAPH.edge_index, weight), expected)


def test_without_weights_it_is_gin():
    weighted, plain = WeightedGIN(FEATURES, 8, 2).to(D), GIN(FEATURES, 8, 2).to(D)
    plain.load_state_dict(weighted.state_dict())
    expected = plain(GRAPH.x, GRAPH.edge_index)
    ones = torch.ones(GRAPH.num_edges, dtype=D)
    torch.testing.assert_close(weighted(GRAPH.x, GRAPH.edge_index), expected)
    torch.testing.assert_close(weighted(GRAPH.x, GRAPH.edge_index, edge_weight=ones), expected)
