"""How encoders are called, and what is said of those that cannot be called."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch import nn
from torch_geometric.nn import GAT, GCN, GIN, GATConv, GINEConv, TransformerConv

from pyg_siamex import SiameseGNN
from pyg_siamex.nn.signature import Call, eager


class Anything(nn.Module):
    """An encoder with a forward of the given kind."""

    def __init__(self, forward):
        super().__init__()
        self.gnn = GCN(FEATURES, 4, 1)
        self.forward = forward


REFUSED = {
    "takes a whole graph": [
        lambda data: None,
        lambda graph, return_attention=False: None,
        lambda batch: None,
        lambda data, edge_weight: None,
    ],
    "compares graphs": [
        lambda data1, data2: None,
        lambda graph_q, graph_r: None,
        lambda x1, edge_index1, x2, edge_index2: None,
        lambda anchor, positive, negative: None,
        lambda query, reference: None,
    ],
    "takes no edges": [lambda x: None, lambda h: None],
    "takes other inputs": [lambda z, pos, batch=None: None, lambda x, batch: None],
}


@pytest.mark.parametrize(
    ("message", "forward"), [(m, f) for m, forwards in REFUSED.items() for f in forwards]
)
def test_the_error_shows_the_lines_that_adapt_an_encoder(message, forward):
    with pytest.raises(ValueError, match=message) as raised:
        SiameseGNN(Anything(forward))
    assert "Adapt it" in str(raised.value) and "    " in str(raised.value)


@pytest.mark.parametrize(
    "forward",
    [
        lambda x, edge_index: None,
        lambda h, edges, pos: None,
        lambda node_feats, adj: None,
        lambda z, edge_index, pos, batch: None,
        lambda *inputs: None,
    ],
)
def test_other_names_are_fine(forward):
    assert SiameseGNN(Anything(forward))


def test_edges_may_stand_anywhere():
    graph = random_graph(5, 1)
    del graph.edge_attr
    graph.pos = torch.randn(5, 3)
    gnn = GCN(FEATURES, 4, 1)
    right = gnn(graph.x, graph.edge_index).sum(0, keepdim=True)
    for forward in (
        lambda x, pos, edge_index: gnn(x, edge_index) + 0 * pos.sum(),
        lambda edge_index, x: gnn(x, edge_index),
        lambda x, edge_weight=None, edge_index=None: gnn(x, edge_index, edge_weight),
    ):
        assert torch.allclose(SiameseGNN(Anything(forward), "add").embed(graph), right)


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


def test_a_name_that_keywords_lead_astray_is_dropped():
    class Normed(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin, self.norm = nn.Linear(FEATURES, 4), GIN(4, 4, 1, norm="GraphNorm")

        def forward(self, x, edge_index, **kwargs):
            return self.inner(self.lin(x), edge_index, **kwargs)

        def inner(self, h, edge_index, edge_weight=None):
            return self.norm(h, edge_index)

    model, graph = SiameseGNN(Normed(), "add"), random_graph(5, 1)
    expected = model.encoder(graph.x, graph.edge_index).sum(0, keepdim=True)
    assert "batch" in Call.of(model.encoder).names
    assert torch.allclose(model.embed(graph), expected)
    assert "batch" not in Call.of(model.encoder).names


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


def test_errors_of_the_encoder_itself_are_passed_on():
    class Broken(nn.Module):
        def forward(self, x, edge_index, batch=None):
            return torch.zeros(len(x), 4).sum(whatever=1)

    with pytest.raises(TypeError, match="whatever"):
        SiameseGNN(Broken()).embed(random_graph(3, 1))


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (lambda x: (x, x), "returned a tuple"),
        (lambda x: {"h": x}, "returned a dict"),
        (lambda x: x[:2], "returned 2 rows for 5 nodes"),
        (lambda x: x.sum(), r"returned \[\]"),
    ],
)
def test_outputs_that_are_no_embeddings_are_named(output, message):
    with pytest.raises(ValueError, match=message):
        SiameseGNN(Anything(lambda x, edge_index: output(x))).embed(random_graph(5, 1))


def test_wrappers_come_off():
    gnn = GIN(FEATURES, 4, 1)
    for wrapped in (
        torch.compile(gnn, backend="eager"),
        nn.DataParallel(gnn),
        nn.DataParallel(torch.compile(gnn, backend="eager")),
    ):
        assert eager(wrapped) is gnn
    assert eager(gnn) is gnn
