"""Encoders get their inputs, and what they return is checked."""

import pytest
import torch
from graphs import FEATURES, random_graph
from nn.encoder_of import Anything
from torch import nn
from torch_geometric.nn import GCN, GIN

from pyg_siamex import Occlusion, PairDataset, PairExplainer, SiameseGNN, check_model, fit
from pyg_siamex.nn import Library
from pyg_siamex.nn.signature import Call


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


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda h: h.long(), "torch.int64"),
        (lambda h: h > 0, "torch.bool"),
        (lambda h: h.to(torch.complex64), "torch.complex64"),
        (lambda h: h.to_sparse(), "torch.sparse_coo"),
        (lambda h: h[:, :0], r"\[5, 0\]"),
    ],
    ids=["whole", "bool", "complex", "sparse", "narrow"],
)
def test_embeddings_that_cannot_be_compared_are_refused(change, named):
    gnn = GCN(FEATURES, 4, 1)
    model = SiameseGNN(Anything(lambda x, edge_index: change(gnn(x, edge_index))), "add")
    with pytest.raises(ValueError, match=rf"the encoder Anything returned .*{named}"):
        model.embed(random_graph(5, 1))


class Doubling(nn.Module):
    """A GIN of features that are doubled in place."""

    def __init__(self):
        super().__init__()
        self.gnn = GIN(FEATURES, 4, 1)

    def forward(self, x, edge_index):
        return self.gnn(x.mul_(2), edge_index)


@pytest.mark.parametrize("of", ["model", "library", "fit", "check", "explain"])
def test_an_encoder_that_writes_into_its_input_leaves_graphs_as_they_are(of):
    torch.manual_seed(0)
    model = SiameseGNN(Doubling(), "add")
    graphs = [random_graph(4 + k % 3, k) for k in range(20)]
    for k, graph in enumerate(graphs):
        graph.y = torch.tensor(k % 2)
    before = [graph.x.clone() for graph in graphs]
    first = model.eval().embed(graphs[0])
    if of == "model":
        model(graphs[0], graphs[1])
    elif of == "library":
        Library.embed(model, graphs)
    elif of == "fit":
        fit(model, PairDataset(graphs), epochs=1, progress=False)
    elif of == "check":
        check_model(model, graphs)
    else:
        explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
        found = explainer(graphs[0], graphs[1]).query.edge_mask
        without = graphs[0].clone()
        without.edge_index = without.edge_index[:, 1:]
        with torch.no_grad():
            lost = model(graphs[0], graphs[1]) - model(without, graphs[1])
        torch.testing.assert_close(found[:1].to(lost), lost, atol=1e-4, rtol=1e-4)
    assert all(torch.equal(graph.x, x) for graph, x in zip(graphs, before, strict=True))
    if of != "fit":
        assert torch.equal(model.embed(graphs[0]), first)
