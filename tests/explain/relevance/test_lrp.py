import pytest
import torch
from explain.relevance import dense
from explain.relevance.models import Residual, random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import (
    GAT,
    GCN,
    GIN,
    ChebConv,
    EdgeCNN,
    GCNConv,
    GraphConv,
    GraphSAGE,
    SAGEConv,
    global_mean_pool,
)

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance import GammaRule, jacobian_factors, layers_of, lrp_factors
from pyg_siamex.nn import GINE

TWO_LAYERS = {
    "gcn": (lambda bias: GCN(5, 6, 2, 4, bias=bias), dense.gcn_layers),
    "gin": (lambda bias: GIN(5, 6, 2, 4), dense.gin_layers),
    "sage": (lambda bias: GraphSAGE(5, 6, 2, 4, bias=bias), dense.sage_layers),
    "gat": (lambda bias: GAT(5, 6, 2, 4, heads=2, bias=bias), dense.gat_layers),
    "gat_mean": (lambda bias: GAT(5, 6, 2, 4, heads=2, concat=False, bias=bias), dense.gat_layers),
}

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

RULES = [
    GammaRule(0.0),
    GammaRule(0.25),
    GammaRule(0.25, kind="source"),
    GammaRule(1.0, epsilon=0.01),
]


def relative(a, b):
    return float((a - b).abs().max() / b.abs().max())


@pytest.mark.parametrize("kind", ["generalised", "source"])
@pytest.mark.parametrize("gamma", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", TWO_LAYERS)
def test_two_layer_encoders_equal_dense_matrices(name, bias, gamma, kind):
    make, layers_of_encoder = TWO_LAYERS[name]
    torch.manual_seed(1)
    model = siamese(make(bias), bias=bias)
    for seed in range(3):
        graph = random_graph(seed)
        args = (graph.edge_index, graph.num_nodes)
        args = (graph.x, *args) if name.startswith("gat") else args
        with torch.no_grad():
            layers = layers_of_encoder(model.encoder, *args)
            pool = torch.full((graph.num_nodes,), 1 / graph.num_nodes, dtype=torch.float64)
            expected, h = dense.dense_factor(graph.x, layers, pool, gamma, 1e-12, kind)
        found, _ = lrp_factors(model, model.inputs(graph), GammaRule(gamma, 1e-12, kind))
        assert relative(found.embedding[0], h) < 1e-12
        assert relative(found[0], expected) < 1e-8


@pytest.mark.parametrize("kind", ["generalised", "source"])
def test_aggregation_then_linear_is_the_composed_step(kind):
    """On non-negative inputs both rules equal one step on the whole dense map."""
    graph = random_graph(3, signed=kind == "source")
    torch.manual_seed(0)
    model = siamese(GCN(5, 4, 1))
    conv = model.encoder.convs[0]
    with torch.no_grad():
        (layer,) = dense.gcn_layers(model.encoder, graph.edge_index, graph.num_nodes)
        out = model.encoder(graph.x, graph.edge_index)
        h = out.mean(0)
        expected = []
        for k in range(4):
            R = torch.zeros_like(out)
            R[:, k] = out[:, k] / graph.num_nodes
            args = (graph.x, layer.mixing[0], conv.lin.weight, conv.bias, R, 0.25, kind)
            expected.append(dense.composed_step(*args).sum(1))
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.25, 1e-12, kind))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], torch.stack(expected)) < 1e-8


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


def test_batch_norm_equals_its_folded_weights():
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 2, norm="batch_norm"))
    folded = siamese(GCN(5, 8, 2))
    with torch.no_grad():
        for conv, own in zip(folded.encoder.convs, model.encoder.convs, strict=True):
            conv.load_state_dict(own.state_dict())
        norm = model.encoder.norms[0].module
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        first = folded.encoder.convs[0]
        first.lin.weight.mul_(scale.unsqueeze(1))
        first.bias.copy_((first.bias - norm.running_mean) * scale + norm.bias)
    inputs = model.inputs(random_graph(7))
    for rule in RULES:
        found, expected = lrp_factors(model, inputs, rule)[0], lrp_factors(folded, inputs, rule)[0]
        torch.testing.assert_close(found.node, expected.node, rtol=1e-6, atol=1e-9)
        torch.testing.assert_close(
            found.parts["bias"], expected.parts["bias"], rtol=1e-6, atol=1e-8
        )


class NormFirst(nn.Module):
    def __init__(self, norm, conv):
        super().__init__()
        self.norm = norm
        self.conv = conv(5, 4)

    def forward(self, x, edge_index):
        return self.conv(self.norm(x), edge_index)


@pytest.mark.parametrize("conv", [GCNConv, SAGEConv, GraphConv])
def test_batch_norm_at_the_input_folds_into_the_layer_after(conv):
    """For LRP-0 that is the gradient of the folded layer: the shift takes no share of its own."""
    torch.manual_seed(0)
    model = siamese(NormFirst(nn.BatchNorm1d(5), conv))
    inputs = model.inputs(random_graph(8))
    inputs.x.requires_grad_()
    rows = [torch.autograd.grad(v, inputs.x, retain_graph=True)[0] for v in model.encode(inputs)[0]]
    expected = torch.stack([(row * inputs.x).sum(1) for row in rows]).detach()
    inputs.x.requires_grad_(False)
    found, _ = lrp_factors(model, inputs, GammaRule(0.0))
    assert relative(found[0], expected) < 1e-6


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


def test_schedule_by_map_by_layer_and_spread():
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 3, jk="cat"))
    layers = layers_of(model, model.inputs(random_graph(0)))
    assert len(layers) == 7 and len(set(layers)) == 4
    assert GammaRule((0.5, 0.25, 0.1, 0.0)).schedule(layers) == [0.5] * 2 + [0.25] * 2 + [
        0.1
    ] * 2 + [0.0]
    assert GammaRule((0.3, 0.1)).schedule(layers) == [0.3] * 4 + [0.1] * 3
    assert GammaRule(tuple(range(7))).schedule(layers) == list(range(7))
    with pytest.raises(ValueError, match=r"5 values.*4 layers.*7 linear maps"):
        GammaRule((0.1,) * 5).schedule(layers)


def test_constant_schedule_equals_one_gamma():
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 3))
    inputs = model.inputs(random_graph(0))
    one, _ = lrp_factors(model, inputs, GammaRule(0.25))
    many, _ = lrp_factors(model, inputs, GammaRule((0.25, 0.25, 0.25)))
    torch.testing.assert_close(one.node, many.node)


def test_message_relevance_is_what_flows_through_edges():
    """One bias-free layer: messages along edges and the node's own part make up everything."""
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 1), bias=False)
    graph = random_graph(2)
    graph.edge_index = graph.edge_index[:, graph.edge_index[0] != graph.edge_index[1]]
    graph.edge_attr = None
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(), messages=True)
    sources = torch.zeros(8, graph.num_nodes, dtype=torch.float64)
    sources.index_add_(1, graph.edge_index[0], found.edges(0))
    own = found[0] - sources  # what a node gives to itself
    isolated = ~torch.isin(torch.arange(graph.num_nodes), graph.edge_index.flatten())
    assert torch.allclose(own[:, isolated], found[0][:, isolated])
    assert found.edges(0).shape == (8, graph.num_edges)
    total = found.edges(0).sum(1) + own.sum(1)
    torch.testing.assert_close(total, found.embedding[0], rtol=1e-6, atol=1e-9)


class Uses(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.conv = GCNConv(5, 8)
        self.function = function
        self.gate = nn.Linear(8, 8)

    def forward(self, x, edge_index):
        return self.function(self, self.conv(x, edge_index))


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda self, x: torch.sigmoid(x), "sigmoid"),
        (lambda self, x: x * self.gate(x), "product of two inputs"),
        (lambda self, x: x / x.abs().sum(), "operation 'abs'"),
        (lambda self, x: x.exp(), "exp"),
        (lambda self, x: x**2, "pow"),
        (lambda self, x: torch.softmax(x, 0) * 2, "softmax"),
        (lambda self, x: nn.functional.softplus(x), "softplus"),
        (lambda self, x: x.clamp(max=1.0), "clamp"),
        (lambda self, x: torch.einsum("nd,de->ne", x, self.gate.weight), "einsum"),
    ],
)
def test_operations_without_a_rule_are_refused_by_name(function, word):
    model = siamese(Uses(function))
    with pytest.raises(ValueError, match=f"{word}.*encoder"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())


def test_graphs_that_influence_each_other_are_explained_one_at_a_time():
    """The norm inside a GIN's network is not told which graph a node is of."""
    model = siamese(GIN(5, 8, 2, norm="graph_norm"))
    graphs = [random_graph(0), random_graph(1)]
    both, _ = lrp_factors(model, model.inputs(Batch.from_data_list(graphs)), GammaRule())
    for k, graph in enumerate(graphs):
        alone, _ = lrp_factors(model, model.inputs(graph), GammaRule())
        assert torch.allclose(both[k], alone[0], atol=1e-12)


def test_unknown_convolutions_are_named():
    model = siamese(Residual(lambda w: ChebConv(w, w, 2)))
    with pytest.raises(ValueError, match=r"encoder\.first' \(ChebConv\).*GATv2Conv"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())


class Doubled(GCNConv):
    def message(self, x_j, edge_weight):
        return 2 * super().message(x_j, edge_weight)


def test_a_subclass_that_computes_something_else_is_refused():
    model = siamese(Residual(lambda w: Doubled(w, w)))
    with pytest.raises(ValueError, match="Doubled"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())


def test_the_model_is_found_as_it_was_after_an_error():
    model = siamese(Uses(lambda self, x: torch.sigmoid(x))).train()
    before = {name: len(m._forward_hooks) for name, m in model.named_modules()}
    with pytest.raises(ValueError, match="sigmoid"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())
    assert {name: len(m._forward_hooks) for name, m in model.named_modules()} == before
    assert not any(m._forward_pre_hooks for m in model.modules())
    assert model.training and all(p.requires_grad for p in model.parameters())
    assert torch.is_grad_enabled()
    with torch.no_grad(), untouched(model):
        model.encode(model.inputs(random_graph(0)))


def test_pooling_inside_the_encoder():
    class Pooled(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.lin = GCNConv(5, 8), nn.Linear(8, 4)

        def forward(self, x, edge_index, batch):
            return self.lin(global_mean_pool(self.conv(x, edge_index).relu(), batch))

    torch.manual_seed(0)
    model = siamese(Pooled(), pool=None)
    factors, _ = lrp_factors(model, model.inputs(random_graph(0)), GammaRule())
    total = factors.sums() + sum(factors.parts.values())
    torch.testing.assert_close(total, factors.embedding)


def test_plain_matrix_products_are_linear_maps():
    class ByHand(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.randn(5, 4))
            self.bias = nn.Parameter(torch.randn(4))

        def forward(self, x, edge_index):
            return x @ self.weight + self.bias

    class Layer(nn.Module):
        def __init__(self, other):
            super().__init__()
            self.lin = nn.Linear(5, 4)
            self.lin.weight = nn.Parameter(other.weight.detach().T.clone())
            self.lin.bias = nn.Parameter(other.bias.detach().clone())

        def forward(self, x, edge_index):
            return self.lin(x)

    by_hand = ByHand()
    a, b = (SiameseGNN(m).double().eval() for m in (by_hand, Layer(by_hand)))
    inputs = a.inputs(random_graph(0))
    for rule in RULES:
        found, expected = lrp_factors(a, inputs, rule)[0], lrp_factors(b, inputs, rule)[0]
        torch.testing.assert_close(found.node, expected.node)
        torch.testing.assert_close(found.parts["bias"], expected.parts["bias"])


def test_embedding_tables_end_the_relevance_of_integer_features():
    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.conv = nn.Embedding(9, 5), GCNConv(5, 4, bias=False)

        def forward(self, x, edge_index):
            return self.conv(self.table(x).sum(1), edge_index)

    model = SiameseGNN(Table()).double().eval()
    graph = random_graph(0)
    graph.x = torch.randint(0, 9, (6, 2))
    factors, _ = lrp_factors(model, model.inputs(graph), GammaRule())
    torch.testing.assert_close(factors.sums(), factors.embedding, rtol=1e-7, atol=1e-9)
