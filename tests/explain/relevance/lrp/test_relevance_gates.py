import torch
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import GIN, GCNConv, HypergraphConv

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


def test_a_run_that_starts_again_counts_its_maps_once():
    """Gates follow edges from the start where a layer turns them, after a first try."""

    class Turned(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = nn.ModuleList([GCNConv(5, 4), HypergraphConv(4, 4)])

        def forward(self, x, edge_index):
            x = self.convs[0](x, edge_index).relu()
            return self.convs[1](x, edge_index, num_edges=len(x))

    torch.manual_seed(0)
    model = siamese(Turned())
    inputs = model.inputs(random_graph(1))
    found, _ = lrp_factors(model, inputs, messages=True)
    torch.testing.assert_close(found.node, lrp_factors(model, inputs)[0].node)
