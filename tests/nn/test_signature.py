"""Which inputs an encoder takes."""

import pytest
import torch
from graphs import FEATURES, random_graph
from nn.encoder_of import Anything
from torch import nn
from torch_geometric.nn import GAT, GCN, GIN, GATConv, GINEConv, TransformerConv

from pyg_siamex import SiameseGNN
from pyg_siamex.nn.signature import eager


def test_what_pyg_says_it_cannot_take_is_left_out():
    taken = {
        GIN(FEATURES, 4, 1): set(),
        GCN(FEATURES, 4, 1): {"edge_weight"},
        GAT(FEATURES, 4, 1): set(),
        GAT(FEATURES, 4, 1, edge_dim=2): {"edge_attr"},
        GATConv(FEATURES, 4): set(),
        GATConv(FEATURES, 4, edge_dim=2): {"edge_attr"},
        TransformerConv(FEATURES, 4): set(),
        GINEConv(nn.Linear(FEATURES, 4)): {"edge_attr"},
    }
    for encoder, names in taken.items():
        found = set(SiameseGNN(encoder).extra_inputs) & {"edge_weight", "edge_attr"}
        assert found == names, encoder


@pytest.mark.parametrize(
    "forward",
    [lambda x, edge_index, *rest: x, lambda *inputs: inputs[0]],
    ids=["beside x and edges", "all"],
)
def test_inputs_without_names_are_refused_where_a_graph_has_some(forward):
    encoder, graph = Anything(forward), random_graph(4, 0)
    del graph.edge_attr
    model = SiameseGNN(encoder, "add")
    assert model.inputs_of([graph]).num_graphs == 1
    graph.edge_weight = torch.ones(graph.num_edges)
    with pytest.raises(ValueError, match=r"graph has edge_weight: it is not clear .* Name them"):
        model.inputs_of([graph])
    model.encoder.forward = lambda x, edge_index, *rest, edge_weight=None: x
    assert SiameseGNN(Anything(model.encoder.forward), "add").inputs_of([graph]).num_graphs == 1


def test_wrappers_come_off():
    gnn = GIN(FEATURES, 4, 1)
    for wrapped in (
        torch.compile(gnn, backend="eager"),
        nn.DataParallel(gnn),
        nn.DataParallel(torch.compile(gnn, backend="eager")),
    ):
        assert eager(wrapped) is gnn
    assert eager(gnn) is gnn


@pytest.mark.parametrize(
    "forward",
    [
        pytest.param(lambda net: lambda x, *, edge_index: net(x, edge_index), id="edges"),
        pytest.param(lambda net: lambda *, x, edge_index: net(x, edge_index), id="both"),
        pytest.param(lambda net: lambda *, edge_index, x: net(x, edge_index), id="turned"),
    ],
)
def test_inputs_that_have_only_names_are_passed_by_name(forward):
    net, graph = GCN(FEATURES, 4, 1), random_graph(5, 1)
    own = Anything(forward(net))
    assert SiameseGNN(own).embed(graph).equal(SiameseGNN(net).embed(graph))
