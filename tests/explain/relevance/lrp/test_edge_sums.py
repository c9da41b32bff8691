"""Sums over edges, in both directions of a layer."""

import copy

import pytest
import torch
from explain.relevance.lrp.cases import RULES
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GATConv, GATv2Conv, GENConv, NNConv, ResGatedGraphConv

from pyg_siamex.explain.relevance import lrp_factors


class Once(nn.Module):
    def __init__(self, conv):
        super().__init__()
        self.conv = conv

    def forward(self, x, edge_index, edge_attr):
        return self.conv(x, edge_index, edge_attr).relu()


LAYERS = {
    "ResGated": lambda **kind: ResGatedGraphConv(5, 4, edge_dim=3, **kind),
    "NNConv": lambda **kind: NNConv(5, 4, nn.Linear(3, 20), **kind),
    "GAT": lambda **kind: GATConv(5, 4, edge_dim=3, add_self_loops=False, **kind),
    "GATv2": lambda **kind: GATv2Conv(5, 4, edge_dim=3, add_self_loops=False, **kind),
    "GEN": lambda **kind: GENConv(5, 4, aggr="mean", edge_dim=3, **kind),
}


@pytest.mark.parametrize("rule", RULES[:2], ids=str)
@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_against_the_edges_is_the_layer_along_turned_edges(layer, rule):
    torch.manual_seed(0)
    along = siamese(Once(LAYERS[layer]()))
    against = copy.deepcopy(along)
    against.encoder.conv = LAYERS[layer](flow="target_to_source").double().eval()
    against.encoder.conv.load_state_dict(along.encoder.conv.state_dict())
    graph = random_graph(1, 6, 9)
    graph.edge_attr = torch.randn(graph.num_edges, 3).double()
    turned = Data(x=graph.x, edge_index=graph.edge_index.flip(0), edge_attr=graph.edge_attr)
    assert torch.allclose(along.embed(graph), against.embed(turned), atol=1e-12)
    assert not torch.allclose(along.embed(graph), against.embed(graph), atol=1e-3)
    one, *_ = lrp_factors(along, along.inputs(graph), rule)
    other, *_ = lrp_factors(against, against.inputs(turned), rule)
    assert torch.allclose(one.node, other.node, atol=1e-10)
