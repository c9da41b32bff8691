"""Types of nodes and edges that do not fit are named."""

import pytest
import torch
from torch_geometric.data import Data, HeteroData
from torch_geometric.explain import Explanation
from torch_geometric.nn import GCN, GIN, GraphSAGE, HeteroConv, HGTConv, SAGEConv, to_hetero

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.nn import HeteroEncoder

pytestmark = pytest.mark.filterwarnings("ignore:There exist node types")


def shop():
    data = HeteroData()
    data["user"].x, data["movie"].x = torch.eye(3), torch.eye(2, 4)
    data["user", "rates", "movie"].edge_index = torch.tensor([[0, 1, 2], [0, 0, 1]])
    data["movie", "rated_by", "user"].edge_index = torch.tensor([[0, 0, 1], [0, 1, 2]])
    return data


@pytest.fixture(scope="module")
def encoder():
    data = shop()
    found = HeteroEncoder(to_hetero(GraphSAGE((-1, -1), 8, 2), data.metadata()), data)
    found.eval()(**arguments(found.to_homogeneous(data)))  # learns its widths
    return found


def arguments(graph):
    given = {name: graph[name] for name in ("x", "edge_index", "node_type", "edge_type")}
    batch = torch.zeros(graph.num_nodes, dtype=torch.long)
    return {**given, "batch": batch, "num_graphs": 1}


@pytest.mark.parametrize("wrong", [GIN(3, 8, 2), GCN(3, 8, 1), SAGEConv(3, 8)])
def test_encoders_of_one_type_are_refused(wrong):
    with pytest.raises(TypeError, match=f"{type(wrong).__name__} reads graphs of one type: make"):
        HeteroEncoder(wrong, shop())


def test_encoders_of_several_types_are_taken():
    data = shop()
    convs = {kind: SAGEConv((-1, -1), 4) for kind in data.edge_types}
    for encoder in (HeteroConv(convs), HGTConv({"user": 3, "movie": 4}, 4, data.metadata())):
        assert HeteroEncoder(encoder, data).node_types == ["user", "movie"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: HeteroData(), "data has no nodes"),
        (lambda data: data["user"].pop("x") is None or data, "'user' have no features x"),
        (lambda data: setattr(data["user"], "x", torch.ones(3)) or data, r"x of type 'user' must"),
    ],
    ids=["empty", "without", "flat"],
)
def test_nodes_without_features_are_refused(encoder, change, message):
    with pytest.raises(ValueError, match=message):
        HeteroEncoder(encoder.encoder, change(shop()))


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ([], "node_types names no type"),
        (["tag"], "no nodes of type 'tag'"),
        (["user", "user"], "`node_types` has 'user' twice"),
    ],
)
def test_types_that_are_read_are_named(encoder, types, message):
    with pytest.raises(ValueError, match=message):
        HeteroEncoder(encoder.encoder, shop(), node_types=types)


def test_an_explanation_of_another_model_has_no_types(encoder):
    torch.manual_seed(0)
    graph = Data(x=torch.rand(4, 3), edge_index=torch.tensor([[0, 1, 2], [1, 2, 3]]))
    explainer = PairExplainer(SiameseGNN(GIN(3, 4, 1)), Occlusion(), edge_mask_type="object")
    other = explainer(graph, graph).query
    for ask in (encoder.types_of, encoder.to_hetero):
        with pytest.raises(ValueError, match="the graph has no node_type: give a graph of Hetero"):
            ask(other)
    with pytest.raises(ValueError, match="no features x"):
        encoder.types_of(Explanation())


@pytest.mark.parametrize("name", ["node_type", "edge_type"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda types: types[:-1], "must be"),
        (lambda types: types.float(), "must be"),
        (lambda types: types + 1, "has 2, and there are 2 types"),
        (lambda types: types - 1, "has -1"),
    ],
    ids=["short", "float", "beyond", "negative"],
)
def test_numbers_that_are_no_types_are_refused(encoder, name, change, message):
    graph = encoder.to_homogeneous(shop())
    graph[name] = change(graph[name])
    with pytest.raises(ValueError, match=f"{name} {message}"):
        encoder(**arguments(graph))
    with pytest.raises(ValueError, match=f"{name} {message}"):
        encoder.to_hetero(Explanation(**graph.to_dict()))
