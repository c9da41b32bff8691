import copy

import pytest
import torch
from graphs import ENCODERS, FEATURES, edgeless_graph, odd_graphs, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.explain import DummyExplainer, Explainer
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GCN, GIN, GATConv, SumAggregation, global_add_pool

from pyg_siamex import Pair, SiameseGNN
from pyg_siamex.nn import TwoTowerGNN


@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclidean", "rbf", "bilinear", "mlp"])
def test_batch_equals_one_by_one(encoder, similarity):
    model = SiameseGNN(encoder.double(), "add", similarity).double().eval()
    graphs = odd_graphs(torch.double)
    others = [random_graph(4, 9, torch.double), *graphs[:3]]
    batched = model(Batch.from_data_list(graphs), Batch.from_data_list(others))
    single = torch.cat([model(q, r) for q, r in zip(graphs, others, strict=True)])
    assert batched.shape == (4,)
    assert torch.allclose(batched, single, atol=1e-10)


@given(seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_node_order_does_not_matter(seed):
    torch.manual_seed(seed)
    model = SiameseGNN(ENCODERS["GIN"]().double()).eval()
    graph = random_graph(6, seed, torch.double)
    order = torch.randperm(6)
    place = order.argsort()
    permuted = Data(x=graph.x[order], edge_index=place[graph.edge_index])
    assert torch.allclose(model.embed(graph), model.embed(permuted), atol=1e-10)


@pytest.mark.parametrize("pool", ["mean", "add", "sum", "max", "median", SumAggregation()])
def test_pools_by_name_and_instance(pool):
    model = SiameseGNN(GIN(FEATURES, 8, 2), pool)
    assert model.embed(Batch.from_data_list(odd_graphs())).shape == (4, 8)


def test_add_is_the_sum_over_nodes():
    model = SiameseGNN(GCN(FEATURES, 8, 2), "add").eval()
    graph = random_graph(6)
    nodes = model.encoder(graph.x, graph.edge_index)
    assert torch.allclose(model.embed(graph), nodes.sum(0, keepdim=True), atol=1e-5)


def test_encoder_that_pools_itself():
    class Pooled(nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = GCN(FEATURES, 8, 2)

        def forward(self, x, edge_index, batch):
            return global_add_pool(self.gnn(x, edge_index), batch)

    model = SiameseGNN(Pooled(), pool=None)
    assert model.embed(Batch.from_data_list(odd_graphs())).shape == (4, 8)
    with pytest.raises(ValueError, match="use pool=None"):
        SiameseGNN(Pooled(), pool="mean").embed(random_graph(5))
    with pytest.raises(ValueError, match="name a pool"):
        SiameseGNN(GCN(FEATURES, 8, 2), pool=None).embed(random_graph(5))


def test_edge_weights_are_taken_from_the_data():
    model = SiameseGNN(GCN(FEATURES, 8, 2)).eval()
    graph = random_graph(6)
    plain = model.embed(graph)
    graph.edge_weight = torch.full((graph.num_edges,), 0.1)
    weighted = model.embed(graph)
    expected = model.encoder(graph.x, graph.edge_index, graph.edge_weight).mean(0, keepdim=True)
    assert not torch.allclose(plain, weighted)
    assert torch.allclose(weighted, expected, atol=1e-6)


def test_what_the_encoder_needs_and_the_graph_lacks_is_named():
    class Needy(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = GATConv(FEATURES, 8)

        def forward(self, x, edge_index, pos):
            return self.conv(torch.cat([x[:, 2:], pos], dim=1), edge_index)

    graph = random_graph(5)
    with pytest.raises(ValueError, match=r"needs 'pos'"):
        SiameseGNN(Needy()).embed(graph)
    graph.pos = torch.randn(5, 2)
    assert SiameseGNN(Needy()).embed(graph).shape == (1, 8)


def test_caching_layers_are_refused():
    with pytest.raises(ValueError, match=r"convs\.0.*cached=True"):
        SiameseGNN(GCN(FEATURES, 8, 2, cached=True))


def test_bad_graphs_are_named():
    model = SiameseGNN(GCN(FEATURES, 8, 2))
    with pytest.raises(TypeError, match="must be a torch_geometric Data"):
        model.embed("CCO")
    with pytest.raises(ValueError, match="no node features"):
        model.embed(Data(edge_index=torch.empty(2, 0, dtype=torch.long)))
    empty = Data(x=torch.empty(0, FEATURES), edge_index=torch.empty(2, 0, dtype=torch.long))
    full = random_graph(3)
    del full.edge_attr
    with pytest.raises(ValueError, match=r"graph 1 of 2 has no nodes"):
        model.embed(Batch.from_data_list([full, empty]))


def test_table_row_without_edges_is_a_graph():
    row = Data(x=torch.randn(1, FEATURES))
    assert SiameseGNN(GIN(FEATURES, 8, 2)).embed(row).shape == (1, 8)


def test_stock_loader_collates_pairs():
    graphs = odd_graphs()
    pairs = [Pair(q, r, torch.tensor(1.0)) for q in graphs for r in graphs]
    batch = next(iter(DataLoader(pairs, batch_size=5)))
    assert isinstance(batch, Pair)
    assert isinstance(batch.query, Batch) and batch.query.num_graphs == 5
    assert batch.y.shape == (5,)
    assert SiameseGNN(GIN(FEATURES, 8, 2))(batch.query, batch.reference).shape == (5,)


def test_against_equals_the_pair_and_encodes_the_reference_once():
    model = SiameseGNN(GIN(FEATURES, 8, 2, dropout=0.5))
    model.train()
    query, reference = random_graph(6, 1), random_graph(4, 2)
    against = model.against(reference)
    assert model.training
    model.eval()
    value = against(query.x, query.edge_index)
    assert value.shape == (1,)
    assert torch.allclose(value, model(query, reference))
    batch = Batch.from_data_list([query, reference])
    both = against(batch.x, batch.edge_index, batch=batch.batch)
    assert both[1].item() == pytest.approx(1, abs=1e-6)
    assert set(against.state_dict()) == {f"model.{key}" for key in model.state_dict()}


class Scaled(torch.nn.Module):
    """Reads a row for each node, a row for each edge and a number."""

    def forward(self, x, edge_index, levels, weights, factor):
        sent = weights * x[edge_index[0]]
        return factor * (levels * x).index_add(0, edge_index[1], sent)


def test_what_is_bound_need_not_be_passed_and_gives_way_to_what_is():
    graphs = []
    for seed, nodes in enumerate((6, 4)):
        graph = random_graph(nodes, seed)
        graph.levels, graph.weights = torch.rand(nodes, 1), torch.rand(graph.num_edges, 1)
        graph.factor = 0.5
        graphs.append(graph)
    model = SiameseGNN(Scaled(), "add", "dot").eval()
    query, reference = graphs
    against = model.against(reference, query)
    value = against(query.x, query.edge_index)
    torch.testing.assert_close(value, model(query, reference))
    other = query.clone()
    other.levels, other.factor = 2 * query.levels, 3.0
    found = against(query.x, query.edge_index, levels=other.levels, factor=3.0)
    torch.testing.assert_close(found, model(other, reference))
    assert not torch.allclose(found, value)


def test_probability_is_monotone_in_the_similarity():
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    graphs = Batch.from_data_list([random_graph(5, seed) for seed in range(8)])
    other = random_graph(5, 99)
    order = model(graphs, other).argsort()
    probability = model.probability(graphs, other)
    assert ((probability > 0) & (probability < 1)).all()
    assert (probability[order].diff() >= 0).all()


def test_embedding_leaves_no_trace():
    model = SiameseGNN(ENCODERS["GINjk"]()).eval()
    before = copy.deepcopy(model.state_dict())
    model(random_graph(4), edgeless_graph(3))
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())


@pytest.mark.parametrize("training", [True, False])
def test_a_stock_explainer_leaves_the_mode_of_the_model(training):
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").train(training)
    query, reference = random_graph(5, 1), random_graph(6, 2)
    explainer = Explainer(
        model.against(reference),
        DummyExplainer(),
        explanation_type="model",
        edge_mask_type="object",
        model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
    )
    explainer(query.x, query.edge_index)
    assert model.training is training
    assert model.encoder.training is training


def no_number() -> Data:
    graph = random_graph(5, 1)
    graph.x[0, 0] = torch.nan
    return graph


@pytest.mark.parametrize("towers", [False, True])
@pytest.mark.parametrize("bad", [None, 3, Data(), no_number()], ids=["None", "3", "empty", "NaN"])
def test_a_side_that_cannot_be_read_is_named(bad, towers):
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add")
    if towers:
        model = TwoTowerGNN(GIN(FEATURES, 8, 2), GIN(FEATURES, 8, 2), "add")
    good = random_graph(5, 2)
    with pytest.raises((TypeError, ValueError), match=r"^the query "):
        model(bad, good)
    with pytest.raises((TypeError, ValueError), match=r"^the reference "):
        model(good, bad)
    if isinstance(bad, Data) and bad.x is not None:
        with pytest.raises(ValueError, match=r"^graph 1 of 2 in the reference has NaN"):
            model(good, Batch.from_data_list([good, bad]))
        if not towers:
            with pytest.raises(ValueError, match=r"^the graph has NaN"):
                model.embed(bad)


def test_a_subclass_may_embed_in_its_own_way():
    class Doubled(SiameseGNN):
        def embed(self, data):
            return 2 * super().embed(data)

    torch.manual_seed(0)
    model = Doubled(GIN(FEATURES, 8, 1), "add", "dot")
    one, other = random_graph(5, 1), random_graph(6, 2)
    h = [SiameseGNN.embed(model, graph) for graph in (one, other)]
    torch.testing.assert_close(model(one, other), 4 * (h[0] * h[1]).sum(1))
    other.x[0, 0] = torch.nan
    with pytest.raises(ValueError, match=r"^the reference has NaN"):
        model(one, other)
