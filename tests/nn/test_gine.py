"""GIN with edge features."""

import torch
from graphs import random_graph

from pyg_siamex.nn import GINE


def test_one_layer_is_its_formula():
    graph = random_graph(5, 0)
    gnn = GINE(5, 4, 1, edge_dim=3).eval()
    conv = gnn.convs[0]
    row, col = graph.edge_index
    with torch.no_grad():
        messages = (graph.x[row] + conv.lin(graph.edge_attr)).relu()
        collected = torch.zeros_like(graph.x).index_add(0, col, messages)
        expected = conv.nn((1 + conv.eps) * graph.x + collected)
        found = gnn(graph.x, graph.edge_index, edge_attr=graph.edge_attr)
    assert torch.allclose(found, expected, atol=1e-6)
    assert gnn.supports_edge_attr and not gnn.supports_edge_weight
