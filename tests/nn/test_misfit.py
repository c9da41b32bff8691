import pytest
import torch
from graphs import FEATURES, random_graph
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN, GINEConv, RGCNConv

from pyg_siamex import Occlusion, PairDataset, PairExplainer, SiameseGNN, check_model, fit
from pyg_siamex.nn import GINE, Library, build_siamese

EDGES = torch.tensor([[0, 1], [1, 2]])


@pytest.mark.parametrize("encoder", [GIN, GCN])
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.rand(3, 4).double(), r"computes in torch.float32 and x is torch.float64: convert"),
        (torch.rand(3, 7), "takes 4 node features, and the graphs have 7"),
        (torch.rand(3), r"must be \[num_nodes, num_features\], and x is \[3\]"),
        (torch.rand(3, 4, 2), r"and x is \[3, 4, 2\]"),
    ],
)
def test_what_an_encoder_cannot_read_is_told_in_words(encoder, x, message):
    model = SiameseGNN(encoder(4, 8, 2))
    with pytest.raises(ValueError, match=f"the encoder cannot read the graphs: .*{message}"):
        model.embed(Data(x=x, edge_index=EDGES))


def test_integers_are_converted_by_the_user():
    with pytest.raises(ValueError, match=r"x is torch.int64: convert it, graph.x = graph.x.float"):
        SiameseGNN(GCN(4, 8, 2)).embed(Data(x=torch.ones(3, 4).long(), edge_index=EDGES))


def test_other_errors_stay_as_they_are():
    class Broken(torch.nn.Module):
        def forward(self, x, edge_index):
            raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError, match="out of luck"):
        SiameseGNN(Broken()).embed(Data(x=torch.rand(3, 4), edge_index=EDGES))


def graph(**values):
    return Data(x=torch.rand(3, 4), edge_index=torch.tensor([[0, 1, 1], [1, 0, 2]]), **values)


NEEDY = {
    "GINE": lambda: GINE(4, 8, 2, edge_dim=3),
    "GAT": lambda: GAT(4, 8, 2, edge_dim=3),
    "layer": lambda: GINEConv(nn.Linear(4, 8), edge_dim=3),
    "own": lambda: Bonds(),
}


class Bonds(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin, self.gnn = nn.Linear(3, 1), GCN(4, 8, 2)

    def forward(self, x, edge_index, edge_attr=None):
        return self.gnn(x, edge_index, self.lin(edge_attr).squeeze(-1).relu())


@pytest.mark.parametrize("encoder", ["GINE", "layer", "own"])
def test_inputs_that_graphs_lack_are_named(encoder):
    model = SiameseGNN(NEEDY[encoder]()).eval()
    told = "the encoder cannot read the graphs: it takes edge_attr, and the graphs have none"
    assert told in str(check_model(model, [graph()]))
    doors = [
        lambda: model(graph(), graph()),
        lambda: Library.embed(model, [graph()]),
        lambda: PairExplainer(model, Occlusion(), edge_mask_type="object")(graph(), graph()),
        lambda: fit(model, PairDataset([graph(y=k % 2) for k in range(20)]), progress=False),
    ]
    for door in doors:
        with pytest.raises(ValueError, match=told):
            door()


@pytest.mark.parametrize("encoder", NEEDY)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (torch.rand(3, 2), r"takes 3 columns of edge_attr, and the graphs have 2"),
        (torch.rand(3, 3, 2), r"takes 3 columns of edge_attr, and the graphs have 2"),
        (torch.rand(3, 3).double(), r"computes in torch.float32 and edge_attr is torch.float64"),
    ],
    ids=["narrow", "deep", "double"],
)
def test_features_of_edges_that_do_not_fit_are_named(encoder, value, message):
    model = SiameseGNN(NEEDY[encoder]()).eval()
    assert model.embed(graph(edge_attr=torch.rand(3, 3))).isfinite().all()
    with pytest.raises(ValueError, match=f"the encoder cannot read the graphs: .*{message}"):
        model.embed(graph(edge_attr=value))


@pytest.mark.parametrize("name", ["GCN", "WeightedGCN", "WeightedGIN", "HigherOrderGCN"])
def test_weights_in_another_precision_are_named(name):
    model = build_siamese(name, in_channels=4, hidden_channels=8, num_layers=2).eval()
    with pytest.raises(ValueError, match=r"and edge_weight is torch.float64: convert it, graph"):
        model.embed(graph(edge_weight=torch.rand(3).double()))


@pytest.mark.parametrize(
    ("shape", "message"),
    [((2, 3), "have 3 columns of it: build the encoder with edge_dim=3"), ((2,), r"it is \[2\]")],
    ids=["columns", "no columns"],
)
def test_layers_without_a_width_of_edge_features_name_the_option(shape, message):
    model = build_siamese("GINE", in_channels=4, hidden_channels=4, num_layers=2)
    graph = Data(x=torch.rand(3, 4), edge_index=EDGES, edge_attr=torch.rand(shape))
    with pytest.raises(ValueError, match=f"the encoder cannot read the graphs: .*{message}"):
        model.embed(graph)


def test_errors_of_values_stay_as_they_are():
    class Broken(torch.nn.Module):
        def forward(self, x, edge_index):
            raise ValueError("out of luck")

    with pytest.raises(ValueError, match=r"^out of luck$"):
        SiameseGNN(Broken()).embed(Data(x=torch.rand(3, 4), edge_index=EDGES))


@pytest.mark.parametrize(
    ("types", "error", "message"),
    [
        (torch.tensor([0, 1]), ValueError, "edge_type has 2 rows, and there are 3 edges"),
        ([0, 1, 1], TypeError, "edge_type is a list: it must be a tensor"),
        (torch.rand(3), ValueError, "edge_type is torch.float32: convert it"),
        (torch.ones(3).bool(), ValueError, "edge_type is torch.bool: convert it"),
        (torch.tensor([0, -1, 1]), ValueError, "edge_type is from -1 to 1, and .* 3 relations"),
        (torch.tensor([0, 3, 1]), ValueError, "edge_type is from 0 to 3, and .* 0 to 2"),
    ],
    ids=["short", "list", "float", "bool", "negative", "beyond"],
)
def test_types_of_edges_that_are_no_relations_of_the_encoder_are_named(types, error, message):
    model = SiameseGNN(RGCNConv(4, 8, 3), "mean")
    with pytest.raises(error, match=message):
        model.embed(graph(edge_type=types))


@pytest.mark.parametrize("name", ["edge_weight", "edge_type"])
def test_one_number_for_all_edges_is_named_where_a_layer_takes_a_tensor(name):
    encoder = RGCNConv(4, 8, 3) if name == "edge_type" else GCN(4, 8, 2)
    with pytest.raises(ValueError, match=f"{name} is the number 1.0: give a tensor with a row"):
        SiameseGNN(encoder, "mean").embed(graph(**{name: 1.0}))


class Further(torch.nn.Module):
    """Reads places of nodes and a row for each graph."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(FEATURES, 4)

    def forward(self, x, edge_index, pos, u, batch):
        return self.layer(x) + pos.sum(-1, keepdim=True) + u[batch].sum(-1, keepdim=True)


def further(seed, **parts):
    graph = random_graph(6, seed)
    graph.pos, graph.u = torch.rand(6, 3), torch.rand(1, 2)
    for name, value in parts.items():
        graph[name] = value
    return graph


FURTHER = {
    "pos is a list": ({"pos": [1.0, 2.0]}, "pos"),
    "pos is a text": ({"pos": "here"}, "pos"),
    "u is a list": ({"u": [1.0, 2.0]}, "u"),
    "pos is a row short": ({"pos": torch.rand(5, 3)}, "pos has 5 rows, and there are 6 nodes"),
    "pos is a row long": ({"pos": torch.rand(7, 3)}, "pos has 7 rows, and there are 6 nodes"),
    "u has no row": ({"u": torch.rand(0, 2)}, "u"),
}


def read_by(use, wrong):
    model = SiameseGNN(Further(), "add").eval()
    graphs = [further(k) for k in range(4)]
    bad = further(9, **wrong)
    return {
        "both": lambda: model(bad, bad),
        "pair": lambda: model(graphs[0], bad),
        "library": lambda: Library.embed(model, [*graphs, bad]),
        "explanation": lambda: PairExplainer(model, Occlusion(), node_mask_type="object")(
            graphs[0], bad
        ),
    }[use]()


@pytest.mark.parametrize("use", ["both", "pair", "library", "explanation"])
@pytest.mark.parametrize("wrong", FURTHER)
def test_a_further_input_that_cannot_be_read_is_named(wrong, use):
    parts, told = FURTHER[wrong]
    with pytest.raises((TypeError, ValueError), match=rf"\b{told}\b") as caught:
        read_by(use, parts)
    if use == "library" and "row" not in wrong:
        assert "graph 4" in str(caught.value)


def test_a_further_input_that_can_be_read_is():
    assert len(read_by("library", {})) == 5


class Types(nn.Module):
    """Looks types of nodes up."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(20, 6)

    def forward(self, x, edge_index):
        return self.table(x[:, 0])


def test_types_must_be_whole_numbers():
    model = SiameseGNN(Types(), "add").eval()
    with pytest.raises(ValueError, match=r"looks types up .* x is torch.float32: convert it"):
        model(random_graph(4), random_graph(5))
