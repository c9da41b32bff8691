"""Models of pairs written elsewhere refuse graphs as models with one encoder do."""

import pytest
import torch
from graphs import edgeless_graph, random_graph
from pair_models import GMN, OnePair, SimGNN, Triplet, distance
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN, adapt
from pyg_siamex.nn import Library

MODELS = {
    "SimGNN": lambda: adapt(SimGNN()),
    "GMN": lambda: adapt(GMN()),
    "Triplet": lambda: adapt(Triplet(), distance),
}


def changed(**values):
    def change(graph):
        out = graph.clone()
        for name, value in values.items():
            out[name] = value(graph[name]) if callable(value) else value
        return out

    return change


EDGES = r"edge_index .* it must be \[2, num_edges\] of torch.long"
WRONG = {
    "NaN": (changed(x=lambda x: x * float("nan")), "NaN or infinite values in 'x'"),
    "infinite": (changed(x=lambda x: x / 0), "NaN or infinite values in 'x'"),
    "edges from 1": (changed(edge_index=lambda e: e + 5), "has an edge to node"),
    "edges below 0": (changed(edge_index=lambda e: e - 1), "has an edge to node -1"),
    "edges of floats": (changed(edge_index=lambda e: e.float()), EDGES),
    "edges of int16": (changed(edge_index=lambda e: e.short()), EDGES),
    "edges in 3 dimensions": (changed(edge_index=lambda e: e[None]), EDGES),
    "edges in rows": (changed(edge_index=lambda e: e.T), EDGES),
    "dense edges": (changed(edge_index=torch.ones(5, 5)), EDGES),
    "no edges": (
        changed(edge_index=None, edge_attr=None),
        "cannot read {name}: it has no edge_index, set",
    ),
    "values of no edges": (changed(edge_index=None), "{name} has edge_attr of 8 edges and no edge"),
    "no features": (changed(x=None), "cannot read {name}: it has no node features, set data.x"),
    "features in a list": (changed(x=lambda x: x.tolist()), "x of {name} is a list"),
    "double": (changed(x=lambda x: x.double()), "cannot read {name}: .*float32 and x is"),
    "meta": (changed(x=lambda x: x.to("meta")), "x of {name} is on the device 'meta'"),
    "none": (lambda graph: None, "{name} must be a torch_geometric Data or Batch .*NoneType"),
    "text": (lambda graph: "CCO", "{name} must be a torch_geometric Data or Batch .*got str"),
    "dict": (lambda graph: {}, "{name} must be a torch_geometric Data or Batch .*got dict"),
}


@pytest.mark.filterwarnings("ignore:Unable to accurately infer")
@pytest.mark.parametrize("side", ["query", "reference"])
@pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
@pytest.mark.parametrize("wrong", WRONG)
def test_graphs_that_cannot_be_read_are_named(wrong, training, side):
    change, message = WRONG[wrong]
    graph = random_graph(5, 1)
    graphs = {"query": graph, "reference": graph, side: change(graph)}
    for make in MODELS.values():
        with pytest.raises((TypeError, ValueError), match=message.format(name=f"the {side}")):
            make().train(training)(graphs["query"], graphs["reference"])


@pytest.mark.parametrize("wrong", ["NaN", "edges from 1", "double"])
def test_batches_are_compared_as_graphs_are(wrong):
    change, message = WRONG[wrong]
    graphs = [random_graph(5, k) for k in range(3)]
    good, bad = Batch.from_data_list(graphs), Batch.from_data_list([*graphs[:2], change(graphs[2])])
    if wrong == "double":
        bad = change(good)
    else:
        message = f"graph 2 of 3 in the reference .*{message}"
    with pytest.raises(ValueError, match=message.format(name="the reference")):
        MODELS["GMN"]()(good, bad)


@pytest.mark.parametrize("name", MODELS)
def test_graphs_that_can_be_read_have_the_score_of_the_model_itself(name):
    torch.manual_seed(0)
    model = MODELS[name]().eval()
    graphs = [random_graph(5, 1), edgeless_graph(2), random_graph(7, 2)]
    one, other = Batch.from_data_list(graphs), Batch.from_data_list(graphs[::-1])
    net = model.encoder if model.score is None else lambda a, b: model.score(model.encoder, a, b)
    assert torch.equal(model(one, other), net(one, other).flatten())


class FromElsewhere(torch.nn.Module):
    """Reads numbers of elements and sparse edges, not x and edge_index."""

    def __init__(self, name):
        super().__init__()
        self.name, self.lin = name, torch.nn.Linear(1, 1)

    def forward(self, data1, data2):
        rows = [data[self.name].sum().view(1, 1) for data in (data1, data2)]
        return self.lin(rows[0] + rows[1])


def test_models_may_read_other_tensors_than_features_and_edges():
    only = Data(z=torch.rand(5, 2))
    assert adapt(FromElsewhere("z"))(only, only).isfinite().all()
    graph = Data(x=torch.rand(5, 3), adj_t=torch.rand(5, 5).to_sparse())
    assert adapt(FromElsewhere("adj_t"))(graph, graph).isfinite().all()
    unread = random_graph(5, 1)
    unread.edge_attr, unread.y = unread.edge_attr * float("nan"), torch.tensor(float("nan"))
    assert MODELS["GMN"]()(unread, unread).isfinite().all()


class Failing(torch.nn.Module):
    """A model with an error of its own."""

    def forward(self, data1, data2):
        raise KeyError("own")


def test_errors_of_the_model_itself_stay_as_they_are():
    with pytest.raises(KeyError, match="own"):
        adapt(Failing())(random_graph(4), random_graph(4))
    with pytest.raises(AttributeError, match="has no attribute 'u'"):
        adapt(OnePair())(random_graph(4), random_graph(4))


@pytest.mark.parametrize("name", MODELS)
def test_a_library_needs_embeddings(name, tmp_path):
    model, embeddings = MODELS[name](), torch.randn(4, 8)
    with pytest.raises(ValueError, match="has no embedding of one graph"):
        Library(model, embeddings, list("abcd"))
    with pytest.raises(ValueError, match="has no embedding of one graph"):
        Library.embed(model, [random_graph(4)])
    assert len(Library(SiameseGNN(GIN(5, 8, 1)), embeddings, list("abcd"))) == 4


@pytest.mark.parametrize("side", ["query", "reference"])
@pytest.mark.parametrize("model", MODELS)
def test_features_of_another_width_are_named_with_their_side(model, side):
    graph = random_graph(5, 1)
    wide = changed(x=lambda x: torch.cat([x, x[:, :1]], 1))(graph)
    graphs = {"query": graph, "reference": graph, side: wide}
    told = rf"(the {side}|the pair): .*x .*is \[5, {graph.x.size(1) + 1}\].*RuntimeError: "
    with pytest.raises(ValueError, match=f"cannot read {told}"):
        MODELS[model]()(graphs["query"], graphs["reference"])
