import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.nn import (
    GIN,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors


def test_message_relevance_is_what_flows_through_edges():
    """One bias-free layer: messages along edges and the node's own part make up everything."""
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 1), bias=False)
    graph = random_graph(2)
    graph.edge_index = graph.edge_index[:, graph.edge_index[0] != graph.edge_index[1]]
    graph.edge_attr = None
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(), messages=True)
    sources = torch.zeros(8, graph.num_nodes, dtype=torch.float64)
    sources.index_add_(1, graph.edge_index[0], found.edges(0))
    own = found[0] - sources  # what a node gives to itself
    isolated = ~torch.isin(torch.arange(graph.num_nodes), graph.edge_index.flatten())
    assert torch.allclose(own[:, isolated], found[0][:, isolated])
    assert found.edges(0).shape == (8, graph.num_edges)
    total = found.edges(0).sum(1) + own.sum(1)
    torch.testing.assert_close(total, found.embedding[0], rtol=1e-6, atol=1e-9)
