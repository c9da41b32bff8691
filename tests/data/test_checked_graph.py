"""Graphs that cannot be computed with are refused by name at every door of the library."""

import numpy as np
import pytest
import torch
from graphs import FEATURES, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GCN, GIN

from pyg_siamex import Occlusion, PairDataset, PairExplainer, SiameseGNN
from pyg_siamex.data.checked_graph import check_own_values
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain import Invariance, overview
from pyg_siamex.nn import Library
from pyg_siamex.nn.training import fit, pair_auc

NAN = float("nan")
X = torch.rand(4, FEATURES, generator=torch.Generator().manual_seed(0))
CHANGES = {
    "x is missing": {"x": None},
    "x is a list": {"x": [[1.0] * FEATURES] * 4},
    "x is an array": {"x": np.ones((4, FEATURES))},
    "x is text": {"x": "CCO"},
    "x is complex": {"x": X + 0j},
    "x is double": {"x": X.double()},
    "x is of 8 bits": {"x": X.to(torch.float8_e4m3fn)},
    "x is flat": {"x": X[:, 0]},
    "x has too many columns": {"x": torch.rand(4, FEATURES + 2)},
    "x has no rows": {"x": X[:0]},
    "x is a number": {"x": torch.tensor(1.0)},
    "x is sparse": {"x": X.to_sparse()},
    "x has no values": {"x": X.to("meta")},
    "x is NaN": {"x": torch.where(torch.eye(4, FEATURES) > 0, NAN, X)},
    "x is infinite": {"x": X / 0},
    "edges are negative": {"edge_index": torch.tensor([[0, -1], [1, 0]])},
    "edges count from 1": {"edge_index": torch.tensor([[1, 4], [4, 1]])},
    "edges are far off": {"edge_index": torch.tensor([[0], [10**12]])},
    "edges are int32": {"edge_index": torch.zeros(2, 2, dtype=torch.int32)},
    "edges are floats": {"edge_index": torch.zeros(2, 2)},
    "edges are transposed": {"edge_index": torch.zeros(3, 2, dtype=torch.long)},
    "edges are a list": {"edge_index": [[0, 1], [1, 0]]},
    "edges are sparse": {"edge_index": torch.tensor([[0, 1], [1, 0]]).to_sparse()},
    "edges are missing": {"edge_index": None, "edge_attr": torch.ones(2, 3)},
    "weights without edges": {"edge_index": None, "edge_weight": torch.ones(2)},
}
GOOD = [random_graph(4, seed=k) for k in range(8)]
for k, graph in enumerate(GOOD):
    graph.y = torch.tensor(k % 2)
    del graph.edge_attr


def changed(change):
    graph = GOOD[3].clone()
    for name, value in CHANGES[change].items():
        graph[name] = value
    return graph


def with_bad(graph):
    return [*GOOD[:3], graph, *GOOD[4:]]


def explainer(model):
    return PairExplainer(model, Occlusion(), edge_mask_type="object")


def trained(model, graphs):
    pairs = PairDataset(GOOD)
    return fit(model, PairDataset(graphs), validation=pairs, epochs=1, progress=False)


DOORS = {
    "model": lambda model, graph: model(graph, GOOD[0]),
    "embed": lambda model, graph: model.embed(graph),
    "Library": lambda model, graph: Library.embed(model, with_bad(graph)),
    "explainer": lambda model, graph: explainer(model)(GOOD[0], graph),
    "pair_auc": lambda model, graph: pair_auc(model, PairDataset(with_bad(graph))),
    "fit": lambda model, graph: trained(model, with_bad(graph)),
    "overview": lambda model, graph: overview(model, with_bad(graph), [[0] * 4] * 8),
    "Invariance": lambda model, graph: Invariance.learn(model, with_bad(graph)),
}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("door", DOORS)
def test_what_cannot_be_computed_with_is_refused_at_every_door(model, door, change):
    with pytest.raises((ValueError, TypeError)) as error:
        DOORS[door](model, changed(change))
    message = str(error.value)
    assert "\n" not in message and len(message) < 300
    assert any(word in message for word in ("x", "edge", "features"))
    own = [entry for entry in error.traceback if "pyg_siamex" in str(entry.path)]
    assert own[-1].path == error.traceback[-1].path, "the last word is the library's"


@pytest.mark.parametrize("graphs", [None, "CCO", 3, X, GOOD[0], 0.5])
def test_what_holds_no_graphs_is_refused(model, graphs):
    for read in (
        lambda: Library.embed(model, graphs),
        lambda: PairDataset(graphs),
        lambda: fit(model, graphs),
        lambda: pair_auc(model, graphs),
        lambda: model.inputs_of(graphs),
    ):
        with pytest.raises((TypeError, ValueError), match=r"graphs|pairs"):
            read()


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_an_edge_that_leaves_its_graph_is_found_in_any_batch(data):
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    graphs = [
        Data(x=torch.ones(n, 2), edge_index=torch.randint(0, n, (2, data.draw(st.integers(0, 4)))))
        for n in sizes
    ]
    inputs = GraphInputs.from_graphs(graphs)
    for batch in (Batch.from_data_list(graphs), Batch.from_data_list(graphs).sort(False)):
        assert torch.equal(GraphInputs.from_data(batch).x, inputs.x)
    place = data.draw(st.integers(0, len(sizes) - 1))
    size = sizes[place]
    wrong = data.draw(st.integers(-7, -1) | st.integers(size, size + 7))
    ends = data.draw(st.permutations([wrong, data.draw(st.sampled_from([0, wrong]))]))
    edge = torch.tensor([[ends[0]], [ends[1]]])
    graphs[place].edge_index = torch.cat([graphs[place].edge_index, edge], dim=1)
    name = f"graph {place} of {len(sizes)}" if len(sizes) > 1 else "the graph"
    with pytest.raises(ValueError, match=f"{name} has an edge to node {wrong}, and {size} nodes"):
        GraphInputs.from_graphs(graphs)
    with pytest.raises(ValueError, match=f"{name} has an edge to node {wrong}, and {size} nodes"):
        GraphInputs.from_data(Batch.from_data_list(graphs))


def test_a_batch_may_have_its_edges_in_another_order_or_fewer_of_them():
    batch = Batch.from_data_list(GOOD[:3])
    batch.edge_index = batch.edge_index[:, torch.randperm(batch.num_edges)]
    assert GraphInputs.from_data(batch).num_graphs == 3
    batch.edge_index = batch.edge_index[:, 1:]
    assert GraphInputs.from_data(batch).num_graphs == 3
    batch.edge_index = torch.tensor([[0], [5]])
    with pytest.raises(ValueError, match="graph 0 of 3 has an edge to another graph"):
        GraphInputs.from_data(batch)


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (torch.tensor([1, 0]), "must be sorted"),
        (torch.tensor([0]), "has 1 entries, and there are 2 nodes"),
        (torch.tensor([0.0, 1.0]), "must be the graph of each node"),
        (torch.tensor([-1, 0]), "must be sorted"),
        ([0, 1], "must be the graph of each node"),
    ],
)
def test_numbers_of_graphs_that_do_not_fit_are_refused(batch, message):
    edges = torch.empty(2, 0, dtype=torch.long)
    made = Batch(x=torch.ones(2, 1), edge_index=edges, batch=batch)
    made._num_graphs = 2
    with pytest.raises(ValueError, match=message):
        GraphInputs.from_data(made)


@pytest.mark.parametrize(
    ("dtype", "fine", "beyond"),
    [(torch.float, 1.8e19, 1.9e19), (torch.double, 1.3e154, 1.4e154), (torch.half, 6e4, None)],
)
def test_values_whose_squares_overflow_are_refused(dtype, fine, beyond):
    edges = torch.tensor([[0], [1]])
    graph = Data(x=torch.full((4, 2), fine, dtype=dtype), edge_index=edges)
    assert float(GraphInputs.from_data(graph).x.max()) == pytest.approx(fine, rel=1e-3)
    if beyond is not None:
        graph.x[2, 1] = -beyond
        with pytest.raises(
            ValueError, match=r"in 'x' beyond .*, whose squares are beyond .*: scale them"
        ):
            GraphInputs.from_data(graph)


def test_graphs_without_values_are_finite():
    graph = Data(x=torch.ones(2, 0), edge_index=torch.tensor([[0], [1]]))
    assert GraphInputs.from_data(graph).x.shape == (2, 0)


def test_further_inputs_must_be_finite(model):
    weighted = SiameseGNN(GCN(FEATURES, 8, 2))
    graphs = [graph.clone() for graph in GOOD]
    for graph in graphs:
        graph.edge_weight = torch.ones(graph.num_edges)
    graphs[2].edge_weight[1] = NAN
    with pytest.raises(ValueError, match=r"graph 2 of 8 has NaN or infinite .* 'edge_weight'"):
        weighted.inputs_of(graphs)
    with pytest.raises(ValueError, match=r"graph 2 of 8 has NaN or infinite .* 'edge_weight'"):
        weighted.embed(Batch.from_data_list(graphs))


def test_graphs_that_lack_targets_are_trained_on_with_labels(model):
    graphs = [graph.clone() for graph in GOOD]
    del graphs[3].y, graphs[5].y
    with pytest.raises(ValueError, match="graph 3 has no target y"):
        PairDataset(graphs)
    pairs = PairDataset(graphs, labels=[0, 1] * 4)
    assert fit(model, pairs, validation=pairs, epochs=1, progress=False).best_epoch == 0


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([2**60 + k for k in range(8)], "labels beyond 9007199254740992 cannot be told apart"),
        (torch.arange(8) + 2**60, "cannot be told apart"),
        (torch.ones(8) + 0j, "`labels` has complex numbers"),
        ([1j] * 8, r"`labels` must be .* .entry 0 is complex"),
        ([2**70] * 8, "labels must be real numbers"),
    ],
)
def test_labels_that_would_merge_are_refused(labels, message):
    with pytest.raises((ValueError, TypeError), match=message):
        PairDataset(GOOD, labels=labels)


def test_values_too_large_for_single_precision_are_refused():
    values = [1e300 * k for k in range(8)]
    with pytest.raises(ValueError, match=r"values must be finite and below 3\.4e38"):
        PairDataset.from_difference(GOOD, values=values, max_difference=1e299)
    with pytest.raises(ValueError, match="scores must be finite"):
        PairDataset.from_pairs(GOOD, [(0, 1), (1, 2)], [float("inf"), 1.0])


@pytest.mark.parametrize(
    "rates",
    [
        {"lr": 0},
        {"lr": -1},
        {"lr": NAN},
        {"lr": 1 / 1e-320},
        {"weight_decay": NAN},
        {"patience": 0},
    ],
)
def test_rates_that_train_nothing_are_refused(model, rates):
    with pytest.raises(ValueError, match=f"{next(iter(rates))}`? must"):
        fit(model, PairDataset(GOOD), validation=PairDataset(GOOD), **rates)


def weighted(count, *more):
    edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    return Data(x=torch.ones(3, 1), edge_index=edges, edge_weight=torch.ones(count, *more))


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (weighted(3), "edge_weight has 3 rows, and there are 4 edges"),
        (weighted(5), "edge_weight has 5 rows, and there are 4 edges"),
        (weighted(4, 3), "edge_weight must be a number for each edge"),
    ],
)
def test_values_of_edges_are_as_many_as_the_edges(graph, words):
    with pytest.raises(ValueError, match=words):
        GraphInputs.from_data(graph, ("edge_weight",))
    with pytest.raises(ValueError, match=rf"{words}|graph 1 of 2 has edge_weight .* make them"):
        GraphInputs.from_graphs([weighted(4), graph], ("edge_weight",))
    GraphInputs.from_graphs([weighted(4), weighted(4)], ("edge_weight",))


def test_a_number_of_nodes_that_features_deny_is_refused():
    graph = weighted(4)
    graph.num_nodes = 5
    with pytest.raises(ValueError, match="has num_nodes 5, and x of 3 nodes"):
        GraphInputs.from_data(graph)
    graph.num_nodes = 3.0
    with pytest.raises(TypeError, match=r"has num_nodes 3\.0, which is no whole number: leave it"):
        GraphInputs.from_data(graph)
    graph.num_nodes = 3
    assert GraphInputs.from_data(graph).num_graphs == 1
    assert GraphInputs.from_data(Batch.from_data_list([graph, graph])).num_graphs == 2


@pytest.mark.parametrize("count", [1, 2])
def test_a_batch_among_graphs_is_refused(count):
    batch = Batch.from_data_list([weighted(4)] * count)
    with pytest.raises(TypeError, match=rf"graph 1 of 2 is a Batch of {count} graphs: list its"):
        GraphInputs.from_graphs([weighted(4), batch])


@pytest.mark.parametrize("name", ["edge_weight", "edge_attr"])
def test_one_number_for_all_edges_is_refused(name):
    graph = weighted(4)
    del graph.edge_weight
    graph[name] = torch.tensor(1.0)
    with pytest.raises(ValueError, match=f"{name} of g is one number: it must have a row for each"):
        check_own_values(graph, "g")


def test_a_class_that_hides_its_edges_is_named():
    class Hidden(Data):
        edge_index = None

    with pytest.raises(ValueError, match=r"g is a Hidden whose edge_index is None: give a plain"):
        check_own_values(Hidden(x=torch.ones(3, 2)), "g")


@pytest.mark.parametrize("key", ["edge_weight", "edge_attr"])
def test_sparse_values_of_edges_are_named(key):
    graph = Data(x=torch.rand(3, 2), edge_index=torch.tensor([[0, 1], [1, 2]]))
    graph[key] = torch.rand(2).to_sparse()
    with pytest.raises(ValueError, match=f"^{key} of the query is sparse: give"):
        check_own_values(graph, "the query")


def test_values_of_edges_on_no_device_are_named():
    graph = GOOD[0].clone()
    graph.edge_attr = torch.ones(graph.num_edges, 3, device="meta")
    with pytest.raises(ValueError, match="'edge_attr' of a graph is on the device 'meta'"):
        check_own_values(graph, "a graph")


def test_a_graph_without_edges_needs_no_edge_index():
    plain = Data(x=GOOD[0].x[:1], edge_attr=torch.ones(0, 3))
    assert len(SiameseGNN(GIN(FEATURES, 4, 2)).eval()(plain, GOOD[1])) == 1


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("edges", [True, False], ids=["edges", "no edges"])
@pytest.mark.parametrize("first", [1, 2])
def test_features_whose_first_dimension_counts_no_nodes_are_told_by_their_shape(
    model, door, edges, first
):
    found = GOOD[3].edge_index if edges else GOOD[3].edge_index[:, :0]
    graph = Data(x=torch.stack([GOOD[3].x] * first), edge_index=found, y=GOOD[3].y)
    with pytest.raises(ValueError, match=r"x|features") as error:
        DOORS[door](model, graph)
    assert f"[{first}, 4, {FEATURES}]" in str(error.value) or f"[4, {FEATURES}]" in str(error.value)
