"""Whole numbers are read as the numbers that they are, or refused."""

import pytest
import torch
from graphs import FEATURES, random_graph
from nn.encoder_of import Anything
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import GAT, GCN, GIN, EdgeCNN, GraphSAGE

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN, adapt
from pyg_siamex.nn import Library, WeightedGCN, WeightedGIN

TYPES = {
    "bool": torch.bool,
    "uint8": torch.uint8,
    "int8": torch.int8,
    "int16": torch.int16,
    "int32": torch.int32,
    "int64": torch.int64,
}
SMALL = ("bool", "uint8", "int8", "int16")
GNNS = {cls.__name__: cls for cls in (GCN, GIN, GraphSAGE, GAT, EdgeCNN, WeightedGCN, WeightedGIN)}


def graph_of(kind: str, seed: int = 1):
    graph = random_graph(6, seed)
    del graph.edge_attr
    most = 1 if kind == "bool" else 100
    graph.x = torch.randint(0, most + 1, (6, FEATURES)).to(TYPES[kind])
    return graph


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("gnn", GNNS)
def test_features_are_summed_as_numbers_or_refused(gnn, kind):
    model, graph = SiameseGNN(GNNS[gnn](FEATURES, 8, 2)).eval(), graph_of(kind)
    wide = graph.clone()
    wide.x = graph.x.float()
    try:
        found = model.embed(graph)
    except ValueError as error:
        assert f"x is torch.{kind}" in str(error)
        assert "graph.x = graph.x.float()" in str(error)
    else:
        torch.testing.assert_close(found, model.embed(wide))


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("door", ["embed", "model", "library", "explain", "adapt"])
def test_small_types_are_refused_at_every_door(kind, door):
    gnn = GIN(FEATURES, 8, 2)
    model, a, b = SiameseGNN(gnn).eval(), graph_of(kind), graph_of(kind, 2)

    def score(net, one, other):
        h, g = (net(data.x, data.edge_index).sum(0) for data in (one, other))
        return (h * g).sum().view(1)

    doors = {
        "embed": lambda: model.embed(Batch.from_data_list([a, b])),
        "model": lambda: model(a, b),
        "library": lambda: Library.embed(model, [a, b]),
        "explain": lambda: PairExplainer(model, Occlusion(), edge_mask_type="object")(a, b),
        "adapt": lambda: adapt(gnn, score)(a, b),
    }
    with pytest.raises(ValueError, match=rf"x is torch.{kind}, and the encoder would sum it"):
        doors[door]()


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_looked_up_or_converted_is_no_sum(kind):
    table, gnn = nn.Embedding(101, FEATURES), GIN(FEATURES, 8, 2)
    looks_up = Anything(lambda x, edge_index: gnn(table(x[:, 0].long()), edge_index))
    converts = Anything(lambda x, edge_index: gnn(x.float(), edge_index))
    for encoder in (looks_up, converts):
        assert SiameseGNN(encoder).eval().embed(graph_of(kind)).isfinite().all()


@pytest.mark.parametrize("kind", SMALL)
def test_the_largest_of_neighbours_is_no_sum(kind):
    model, graph = SiameseGNN(GIN(FEATURES, 8, 1, aggr="max")).eval(), graph_of(kind)
    wide = graph.clone()
    wide.x = graph.x.float()
    torch.testing.assert_close(model.embed(graph), model.embed(wide))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("gnn", ["GCN", "WeightedGCN", "WeightedGIN"])
def test_weights_of_edges_are_numbers_or_refused(gnn, kind):
    model, graph = SiameseGNN(GNNS[gnn](FEATURES, 8, 2)).eval(), graph_of("bool")
    graph.x = graph.x.float()
    graph.edge_weight = torch.ones(graph.num_edges).to(TYPES[kind])
    wide = graph.clone()
    wide.edge_weight = graph.edge_weight.float()
    try:
        found = model.embed(graph)
    except ValueError as error:
        assert f"edge_weight is torch.{kind}" in str(error)
    else:
        torch.testing.assert_close(found, model.embed(wide))
