import pytest
import torch
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.models import Residual, random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import (
    GAT,
    GCN,
    GIN,
    EdgeCNN,
    GCNConv,
    GraphConv,
    GraphSAGE,
    MFConv,
    SAGEConv,
)

from pyg_siamex.explain.relevance import GammaRule, jacobian_factors, lrp_factors
from pyg_siamex.nn import GINE

CONSERVING = {
    "gcn": lambda: GCN(5, 8, 3),
    "gin": lambda: GIN(5, 8, 3),
    "sage": lambda: GraphSAGE(5, 8, 3),
    "sage_max": lambda: GraphSAGE(5, 8, 2, aggr="max"),
    "sage_sum": lambda: GraphSAGE(5, 8, 2, aggr="sum"),
    "sage_project": lambda: GraphSAGE(5, 8, 2, project=True),
    "gat": lambda: GAT(5, 8, 2, heads=2),
    "gatv2": lambda: GAT(5, 8, 2, heads=2, v2=True),
    "gat_residual": lambda: GAT(5, 8, 2, heads=2, residual=True),
    "gine": lambda: GINE(5, 8, 2, edge_dim=3),
    "edge_cnn": lambda: EdgeCNN(5, 8, 2),
    "batch_norm": lambda: GCN(5, 8, 3, norm="batch_norm"),
    "batch_norm_first": lambda: GIN(5, 8, 3, norm="batch_norm", act_first=True),
    "layer_norm": lambda: GraphSAGE(5, 8, 3, norm="layer_norm"),
    "graph_norm": lambda: GraphSAGE(5, 8, 3, norm="graph_norm"),
    "instance_norm": lambda: GraphSAGE(5, 8, 3, norm="instance_norm"),
    "jk_cat": lambda: GIN(5, 8, 3, jk="cat"),
    "jk_max": lambda: GCN(5, 8, 3, jk="max"),
    "dropout": lambda: GCN(5, 8, 3, dropout=0.4),
    "gelu": lambda: GCN(5, 8, 3, act="gelu"),
    "elu": lambda: GIN(5, 8, 3, act="elu"),
    "tanh": lambda: GAT(5, 8, 3, act="tanh"),
    "leaky": lambda: GraphSAGE(5, 8, 3, act="leaky_relu"),
    "residual": lambda: Residual(lambda w: GCNConv(w, w)),
    "residual_graph_conv": lambda: Residual(lambda w: GraphConv(w, w), activation=torch.tanh),
    "normalised": lambda: Residual(lambda w: SAGEConv(w, w, normalize=True)),
}


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("pool", ["mean", "add", "max"])
@pytest.mark.parametrize("name", CONSERVING)
def test_terms_close_the_sum(name, pool, rule):
    torch.manual_seed(0)
    model = siamese(CONSERVING[name](), pool)
    graphs = [random_graph(1), random_graph(2, 4, 4), random_graph(3, 1, 0), random_graph(4, 5, 5)]
    factors, _ = lrp_factors(model, model.inputs(Batch.from_data_list(graphs)), rule)
    total = factors.sums() + sum(factors.parts.values())
    scale = max(float(part.abs().max()) for part in (factors.embedding, *factors.parts.values()))
    assert float((total - factors.embedding).abs().max()) < 1e-10 * max(scale, 1)


@pytest.mark.parametrize("gamma", [0.0, 0.25, 2.0])
@pytest.mark.parametrize("kind", ["generalised", "source"])
@pytest.mark.parametrize(
    "make",
    [
        lambda: GCN(5, 8, 3, bias=False),
        lambda: GIN(5, 8, 3),
        lambda: GraphSAGE(5, 8, 3, bias=False),
        lambda: GAT(5, 8, 3, heads=2, bias=False),
        lambda: GAT(5, 8, 2, heads=2, v2=True),
        lambda: GCN(5, 8, 3, norm="batch_norm", jk="max"),
        lambda: Residual(lambda w: GCNConv(w, w, bias=False), bias=False),
    ],
)
def test_without_biases_relevance_is_conserved(make, kind, gamma):
    torch.manual_seed(0)
    model = siamese(make(), bias=False)
    for parameter_name, parameter in model.named_parameters():
        if parameter_name.endswith("bias"):
            nn.init.zeros_(parameter)
    inputs = model.inputs(Batch.from_data_list([random_graph(k) for k in range(3)]))
    factors, _ = lrp_factors(model, inputs, GammaRule(gamma, 1e-12, kind))
    tolerance = 1e-8 if kind == "generalised" else 1e-4
    torch.testing.assert_close(factors.sums(), factors.embedding, rtol=tolerance, atol=tolerance)


def test_edge_features_carry_what_nodes_do_not():
    torch.manual_seed(0)
    model = siamese(GINE(5, 8, 3, edge_dim=3), bias=False)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
    factors, _ = lrp_factors(model, model.inputs(random_graph(0)), GammaRule())
    assert relative(factors.sums(), factors.embedding) > 0.05
    both = factors.sums() + factors.edges(0).sum(1)
    torch.testing.assert_close(both, factors.embedding, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("pool", ["mean", "add", "max"])
@pytest.mark.parametrize(
    "make",
    [
        lambda: GCN(5, 8, 3, norm="batch_norm"),
        lambda: GIN(5, 8, 3, jk="max"),
        lambda: GraphSAGE(5, 8, 3, aggr="max"),
        lambda: Residual(lambda w: GCNConv(w, w)),
    ],
)
def test_gamma_zero_is_gradient_times_input_for_relu(make, pool):
    torch.manual_seed(0)
    model = siamese(make(), pool)
    inputs = model.inputs(random_graph(5))
    inputs.x.requires_grad_()
    h = model.encode(inputs)[0]
    rows = [torch.autograd.grad(v, inputs.x, retain_graph=True)[0] for v in h]
    expected = torch.stack([(row * inputs.x).sum(1) for row in rows]).detach()
    inputs.x.requires_grad_(False)
    found, _ = lrp_factors(model, inputs, GammaRule(0.0))
    assert relative(found[0], expected) < 1e-6


@pytest.mark.parametrize("make", [lambda: GCN(5, 8, 3, bias=False), lambda: GIN(5, 8, 3)])
def test_gamma_zero_equals_integrated_jacobians_without_biases(make):
    torch.manual_seed(0)
    model = siamese(make(), bias=False)
    inputs = model.inputs(random_graph(6))
    found, _ = lrp_factors(model, inputs, GammaRule(0.0))
    expected, _, _ = jacobian_factors(model, inputs)
    assert relative(found[0], expected[0]) < 1e-7


@pytest.mark.parametrize("name", ["gcn", "gine", "gatv2", "batch_norm"])
def test_float32_is_close_to_float64(name):
    torch.manual_seed(0)
    model = siamese(CONSERVING[name]())
    inputs = model.inputs(random_graph(9))
    exact, _ = lrp_factors(model, inputs, GammaRule())
    single = random_graph(9)
    single.x, single.edge_attr = single.x.float(), single.edge_attr.float()
    found, _ = lrp_factors(model.float(), model.inputs(single), GammaRule())
    assert relative(found.node.double(), exact.node) < 1e-4


def test_batched_factors_equal_single_factors():
    torch.manual_seed(0)
    model = siamese(GAT(5, 8, 2, heads=2))
    graphs = [random_graph(1), random_graph(2, 3, 0), random_graph(3, 9, 20)]
    together, _ = lrp_factors(model, model.inputs(Batch.from_data_list(graphs)), GammaRule())
    for k, graph in enumerate(graphs):
        alone, _ = lrp_factors(model, model.inputs(graph), GammaRule())
        torch.testing.assert_close(together[k], alone[0])


def test_factors_follow_a_permutation_of_the_nodes():
    torch.manual_seed(0)
    model = siamese(GraphSAGE(5, 8, 2))
    graph = random_graph(4)
    order = torch.randperm(graph.num_nodes)
    moved = graph.clone()
    moved.x, place = graph.x[order], order.argsort()
    moved.edge_index = place[graph.edge_index]
    found, _ = lrp_factors(model, model.inputs(moved), GammaRule())
    expected, _ = lrp_factors(model, model.inputs(graph), GammaRule())
    torch.testing.assert_close(found[0], expected[0][:, order])


def test_graphs_that_influence_each_other_are_explained_one_at_a_time():
    """The norm inside a GIN's network is not told which graph a node is of."""
    model = siamese(GIN(5, 8, 2, norm="graph_norm"))
    graphs = [random_graph(0), random_graph(1)]
    both, _ = lrp_factors(model, model.inputs(Batch.from_data_list(graphs)), GammaRule())
    for k, graph in enumerate(graphs):
        alone, _ = lrp_factors(model, model.inputs(graph), GammaRule())
        assert torch.allclose(both[k], alone[0], atol=1e-12)


def test_rows_that_are_part_of_the_nodes_are_booked_graph_by_graph():
    """A layer with weights for each degree maps a few nodes at a time, as many as there are graphs
    in the worst case.
    """

    class ByDegree(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = MFConv(5, 4)

        def forward(self, x, edge_index):
            return self.conv(x, edge_index)

    torch.manual_seed(0)
    model = siamese(ByDegree())
    for count in (1, 2, 3, 4):
        graphs = [random_graph(k, 3 + k, 2 + 2 * k) for k in range(count)]
        factors, _ = lrp_factors(model, model.inputs(Batch.from_data_list(graphs)))
        total = factors.sums() + sum(factors.parts.values())
        torch.testing.assert_close(total, factors.embedding, rtol=1e-10, atol=1e-12)
        for k, graph in enumerate(graphs):
            alone, _ = lrp_factors(model, model.inputs(graph))
            torch.testing.assert_close(factors[k], alone[0])
            torch.testing.assert_close(factors.parts["bias"][k], alone.parts["bias"][0])
