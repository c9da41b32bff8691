import pytest
import torch
from explain.relevance.jacobian.smooth import SMOOTH, gap
from explain.relevance.models import random_graph, siamese
from torch_geometric.data import Batch
from torch_geometric.nn import GCN

from pyg_siamex.explain.relevance import Integration, jacobian_factors, mean_features
from pyg_siamex.explain.relevance import Path as InputPath


@pytest.mark.parametrize(
    "along", [("features",), ("messages",), ("weights",), ("features", "messages")]
)
@pytest.mark.parametrize("start", ["zero", "own", "mean", "nodes", "function"])
def test_every_path_is_complete(along, start):
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 2, act="tanh"))
    graphs = [random_graph(k, n, e) for k, (n, e) in enumerate(((6, 10), (3, 0), (4, 9)))]
    inputs = model.inputs(Batch.from_data_list(graphs))
    starts = {
        "zero": "zero",
        "own": "own",
        "mean": mean_features(graphs),
        "nodes": torch.randn_like(inputs.x),
        "function": lambda inputs: inputs.x / 2,
    }
    path = InputPath(along, starts[start])
    factors, _, _ = jacobian_factors(model, inputs, path, Integration(48))
    assert gap(factors) < 1e-6
    assert (factors.edge is None) == (along == ("features",))


@pytest.mark.parametrize("name", ["gin", "gat", "sage"])
def test_message_paths_work_without_edge_weights(name):
    torch.manual_seed(0)
    model = siamese(SMOOTH[name]())
    graph = random_graph(3)
    factors, _, _ = jacobian_factors(
        model, model.inputs(graph), InputPath(("features", "messages")), Integration(40)
    )
    assert gap(factors) < (1e-4 if name == "gat" else 1e-6)
    loops = graph.edge_index[0] == graph.edge_index[1]
    assert float(factors.edges(0)[:, loops].abs().sum()) == 0


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"along": ("messages", "weights")}, "'messages' and 'weights'"),
        ({"along": ()}, "goes along"),
        ({"start": "one"}, "start"),
    ],
)
def test_wrong_paths_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        InputPath(**arguments)


def test_features_of_another_shape_are_refused():
    model = siamese(GCN(5, 8, 2))
    with pytest.raises(ValueError, match="shape"):
        jacobian_factors(model, model.inputs(random_graph(0)), InputPath(start=torch.ones(4)))


def test_features_that_stay_start_as_they_are():
    inputs = siamese(GCN(5, 8, 2)).inputs(random_graph(0))
    assert InputPath(("messages",)).start_features(inputs) is inputs.x


def test_mean_features_are_of_graphs_with_the_same_features():
    graphs = [random_graph(k) for k in range(3)]
    torch.testing.assert_close(mean_features(graphs), torch.cat([g.x for g in graphs]).mean(0))
    graphs[1].x = graphs[1].x.tolist()
    with pytest.raises(TypeError, match="x of graph 1 of 3 is a list: it must be a tensor"):
        mean_features(graphs)
    with pytest.raises(ValueError, match="there are no graphs"):
        mean_features([])


def test_biases_fade_in_by_feature_where_rows_are_ambiguous():
    """As many edges as nodes: a node is appended to tell them apart, which moves nothing else."""
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 2, act="tanh"))
    graph, apart = random_graph(0, 6, 6), random_graph(1, 5, 9)
    path, rule = InputPath(("features",), biases=True), Integration(8)
    alone, own, _ = jacobian_factors(model, model.inputs(graph), path, rule, features=True)
    batch = model.inputs(Batch.from_data_list([graph, apart]))
    found, by_feature, _ = jacobian_factors(model, batch, path, rule, features=True)
    torch.testing.assert_close(alone[0], found[0])
    torch.testing.assert_close(own, by_feature[:, :6])
    torch.testing.assert_close(own.sum(-1), alone[0])
    torch.testing.assert_close(alone.sums(), alone.embedding, rtol=1e-5, atol=1e-6)


class LookedUp(torch.nn.Module):
    def __init__(self, table):
        super().__init__()
        self.table, self.gnn = torch.nn.Embedding.from_pretrained(table), GCN(4, 6, 2, act="tanh")

    def forward(self, x, edge_index):
        return self.gnn(self.table(x.view(-1)), edge_index)


class Mapped(LookedUp):
    def forward(self, x, edge_index):
        return self.gnn(x @ self.table.weight, edge_index)


@pytest.mark.parametrize("along", [("features",), ("features", "messages")])
def test_integer_types_move_like_their_one_hot_features(along):
    torch.manual_seed(0)
    table = torch.randn(5, 4)
    by_type = siamese(LookedUp(table))
    mapped = siamese(Mapped(table))
    mapped.load_state_dict(by_type.state_dict())
    graphs = [random_graph(k, n, e) for k, (n, e) in enumerate(((6, 10), (3, 0), (4, 9)))]
    batch = Batch.from_data_list(graphs)
    types = torch.randint(5, (13, 1))
    batch.x = types
    one, _, _ = jacobian_factors(by_type, by_type.inputs(batch), InputPath(along), Integration(9))
    batch.x = torch.nn.functional.one_hot(types.view(-1), 5).double()
    other, _, _ = jacobian_factors(mapped, mapped.inputs(batch), InputPath(along), Integration(9))
    assert torch.allclose(one.node, other.node, atol=1e-9)
    assert one.edge is other.edge is None or torch.allclose(one.edge, other.edge, atol=1e-9)


@pytest.mark.parametrize("value", [float("nan"), float("inf")], ids=str)
def test_a_start_that_is_not_finite_is_refused(value):
    model = siamese(GCN(5, 8, 2, act="tanh"))
    inputs = model.inputs(random_graph(0, 6, 10))
    with pytest.raises(ValueError, match="`reference` has NaN or infinite features"):
        InputPath(("features",), torch.full((5,), value)).start_features(inputs)


def test_a_function_that_returns_nothing_is_named():
    path = InputPath(("features",), start=lambda inputs: None)
    model, graph = siamese(GCN(4, 4, 1)), random_graph(4, 1)
    with pytest.raises(ValueError, match="`reference` returned nothing"):
        path.start_features(model.inputs_of([graph]))
