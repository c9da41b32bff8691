import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric import nn as pyg
from torch_geometric.data import Batch, Data
from torch_geometric.utils import degree

from pyg_siamex.explain import BiLRP, IntegratedJacobians, PairExplainer
from pyg_siamex.explain.relevance import GammaRule, lrp_factors
from pyg_siamex.nn import SiameseGNN


class Two(nn.Module):
    """Two layers with a ReLU between."""

    def __init__(self, make):
        super().__init__()
        self.first, self.second = make(5, 6), make(6, 4)

    def forward(self, x, edge_index):
        return self.second(self.first(x, edge_index).relu(), edge_index)


HOPS = {
    "sg": lambda i, o: pyg.SGConv(i, o, 2),
    "ssg": lambda i, o: pyg.SSGConv(i, o, alpha=0.2, K=3),
    "tag": lambda i, o: pyg.TAGConv(i, o, 2),
    "cheb": lambda i, o: pyg.ChebConv(i, o, 3),
    "cluster": lambda i, o: pyg.ClusterGCNConv(i, o, diag_lambda=0.3),
    "le": lambda i, o: pyg.LEConv(i, o),
}


def mean_pool(n):
    return torch.full((n,), 1 / n, dtype=torch.float64)


@pytest.mark.parametrize("kind", ["generalised", "source"])
@pytest.mark.parametrize("gamma", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("name", HOPS)
def test_layers_of_pyg_equal_dense_matrices(name, gamma, kind):
    torch.manual_seed(1)
    model = siamese(Two(HOPS[name]))
    for seed in range(3):
        graph = random_graph(seed)
        n = graph.num_nodes
        with torch.no_grad():
            convs = (model.encoder.first, model.encoder.second)
            layers = [dense.hops(conv, graph.edge_index, n) for conv in convs]
            layers[0].relu = True
            args = (graph.x, layers, mean_pool(n), gamma, 1e-12, kind)
            expected, h = dense.dense_factor(*args)
        found, _ = lrp_factors(model, model.inputs(graph), GammaRule(gamma, 1e-12, kind))
        assert relative(found.embedding[0], h) < 1e-12
        assert relative(found[0], expected) < 1e-8


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_appnp_splits_in_proportion_after_the_linear_map(rule):
    class Predict(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin, self.spread = nn.Linear(5, 4), pyg.APPNP(K=3, alpha=0.2)

        def forward(self, x, edge_index):
            return self.spread(self.lin(x), edge_index)

    torch.manual_seed(0)
    model, graph = siamese(Predict()), random_graph(3)
    n, eye = graph.num_nodes, torch.eye(graph.num_nodes, dtype=torch.float64)
    M, A = eye, dense.normalised(dense.with_loops(dense.adjacency(graph.edge_index, n)))
    for _ in range(3):
        M = 0.8 * A @ M + 0.2 * eye
    lin = model.encoder.lin
    layer = dense.Layer([eye], lin.weight.detach(), lin.bias.detach(), False)
    args = (graph.x, [layer], mean_pool(n) @ M, rule.gamma, 1e-12, rule.kind)
    expected, h = dense.dense_factor(*args)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(rule.gamma, 1e-12, rule.kind))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], expected) < 1e-8


class Own(pyg.MessagePassing):
    """GCN as tutorials write it: the linear map, then normalised messages, then the bias."""

    def __init__(self, inputs, outputs):
        super().__init__(aggr="add")
        self.lin, self.bias = (
            nn.Linear(inputs, outputs, bias=False),
            nn.Parameter(torch.zeros(outputs)),
        )

    def forward(self, x, edge_index):
        row, col = edge_index
        norm = degree(col, len(x), x.dtype).clamp(min=1).rsqrt()
        norm = norm[row] * norm[col]
        return self.propagate(edge_index, x=self.lin(x), norm=norm) + self.bias

    def message(self, x_j, norm):
        return norm.view(-1, 1) * x_j


class OwnWithRoot(Own):
    """A mean of neighbours and a map of the node itself, as in SAGE."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs)
        self.root = nn.Linear(inputs, outputs)

    def forward(self, x, edge_index):
        return super().forward(x, edge_index) + self.root(x)


def layer_of(conv, graph):
    A, n = dense.adjacency(graph.edge_index, graph.num_nodes), graph.num_nodes
    d = A.sum(1).clamp(min=1).rsqrt()
    M, eye = d.unsqueeze(1) * A * d, torch.eye(n, dtype=torch.float64)
    if isinstance(conv, OwnWithRoot):
        weight = torch.cat([conv.lin.weight, conv.root.weight], 1)
        return dense.Layer([M, eye], weight, conv.bias + conv.root.bias, False)
    return dense.Layer([M], conv.lin.weight, conv.bias, False)


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
@pytest.mark.parametrize("make", [Own, OwnWithRoot])
def test_an_own_layer_with_linear_messages_is_one_step(make, rule):
    torch.manual_seed(0)
    model, graph = siamese(Two(make)), random_graph(4)
    with torch.no_grad():
        layers = [layer_of(conv, graph) for conv in model.encoder.children()]
        layers[0].relu = True
        args = (graph.x, layers, mean_pool(graph.num_nodes), rule.gamma, 1e-12, rule.kind)
        expected, _ = dense.dense_factor(*args)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(rule.gamma, 1e-12, rule.kind))
    assert relative(found[0], expected) < 1e-8


class LinearWithin(pyg.MessagePassing):
    def __init__(self, inputs, outputs):
        super().__init__(aggr="mean")
        self.lin = nn.Linear(inputs, outputs)

    def forward(self, x, edge_index):
        return self.propagate(edge_index, x=x)

    def message(self, x_j):
        return x_j * torch.arange(1.0, 1 + x_j.size(1), dtype=x_j.dtype)

    def update(self, out):
        return self.lin(out)


def test_messages_with_weights_of_their_own_are_a_step_of_their_own():
    """Messages that scale channels do not commute with a map of channels."""
    torch.manual_seed(0)
    model, graph = siamese(Two(LinearWithin)), random_graph(5)
    A = dense.adjacency(graph.edge_index, graph.num_nodes)
    M = A / A.sum(1, keepdim=True).clamp(min=1)
    with torch.no_grad():
        layers = [
            dense.Layer([M], c.lin.weight * torch.arange(1.0, 1 + c.lin.in_features), c.lin.bias, r)
            for c, r in zip(model.encoder.children(), (True, False), strict=True)
        ]
        args = (graph.x, layers, mean_pool(graph.num_nodes), 0.25, 1e-12, "generalised")
        expected, _ = dense.dense_factor(*args)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.25, 1e-12))
    assert relative(found[0], expected) < 1e-8


class Messages(pyg.MessagePassing):
    """A layer whose messages are a function of what is sent."""

    def __init__(self, inputs, outputs, function):
        super().__init__(aggr="add")
        self.lin, self.function = nn.Linear(inputs, outputs), function

    def forward(self, x, edge_index):
        return self.propagate(edge_index, x=self.lin(x))

    def message(self, x_i, x_j):
        return self.function(x_i, x_j)


@pytest.mark.parametrize(
    "function",
    [
        lambda x_i, x_j: x_j.relu(),
        lambda x_i, x_j: torch.tanh(1e-3 * x_j),
        lambda x_i, x_j: torch.where(x_j.abs() < 1e3, x_j, 0 * x_j),
        lambda x_i, x_j: torch.maximum(x_i, x_j),
        lambda x_i, x_j: x_j * torch.sigmoid(x_i),
    ],
)
def test_messages_that_are_not_linear_are_refused_by_the_name_of_the_layer(function):
    model = siamese(Two(lambda i, o: Messages(i, o, function)))
    with pytest.raises(ValueError, match=r"first' \(Messages\).*not linear.*register_rule"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())


def test_messages_of_both_ends_are_linear_together():
    model = siamese(Two(lambda i, o: Messages(i, o, lambda x_i, x_j: 2 * x_j - x_i)), bias=False)
    nn.init.zeros_(model.encoder.first.lin.bias)
    nn.init.zeros_(model.encoder.second.lin.bias)
    found, _ = lrp_factors(model, model.inputs(random_graph(0)), GammaRule())
    torch.testing.assert_close(found.sums(), found.embedding, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("make", [Own, OwnWithRoot, *HOPS.values()])
def test_edges_and_batches_change_nothing(make):
    torch.manual_seed(0)
    model = siamese(Two(make))
    graphs = [random_graph(1), random_graph(2, 3, 0), random_graph(3, 9, 20)]
    inputs = model.inputs(Batch.from_data_list(graphs))
    together, _ = lrp_factors(model, inputs, GammaRule(), messages=True)
    for k, graph in enumerate(graphs):
        alone, _ = lrp_factors(model, model.inputs(graph), GammaRule())
        torch.testing.assert_close(together[k], alone[0])


def test_single_precision_is_enough_to_tell_linear_messages():
    torch.manual_seed(0)
    model = siamese(Two(OwnWithRoot))
    exact, _ = lrp_factors(model, model.inputs(random_graph(9)), GammaRule())
    graph = random_graph(9)
    graph.x = graph.x.float()
    found, _ = lrp_factors(model.float(), model.inputs(graph), GammaRule())
    assert relative(found.node.double(), exact.node) < 1e-4


class Weighted(pyg.MessagePassing):
    """Weighted sums of what an own map with a bias sends."""

    def __init__(self, inputs, outputs, aggr="add", flow="source_to_target", normed=False):
        super().__init__(aggr=aggr, flow=flow)
        self.lin, self.norm = nn.Linear(inputs, outputs), nn.BatchNorm1d(inputs) if normed else None

    def forward(self, x, edge_index, edge_weight=None):
        x = x if self.norm is None else self.norm(x)
        return self.propagate(edge_index, x=self.lin(x), edge_weight=edge_weight)

    def message(self, x_j, edge_weight):
        return x_j if edge_weight is None else edge_weight.view(-1, 1) * x_j


class Between(nn.Module):
    """Two layers, each followed by a ReLU, perhaps with a BatchNorm between."""

    def __init__(self, make, normed):
        super().__init__()
        self.first, self.second = make(5, 6), make(6, 4)
        self.norm = nn.BatchNorm1d(6) if normed else nn.Identity()

    def forward(self, x, edge_index, edge_weight=None):
        weights = () if edge_weight is None else (edge_weight,)
        hidden = self.norm(self.first(x, edge_index, *weights).relu())
        return self.second(hidden, edge_index, *weights).relu()


def constant_attention(conv):
    """The layer with scores of 0, so that its attention does not depend on the input."""
    for name, parameter in conv.named_parameters():
        if name.startswith(("att", "lin_query", "lin_key")):
            nn.init.zeros_(parameter)
    return conv


SENDERS = {
    **HOPS,
    "own": Weighted,
    "own mean": lambda i, o: Weighted(i, o, "mean"),
    "own turned": lambda i, o: Weighted(i, o, flow="target_to_source"),
    "own normed": lambda i, o: Weighted(i, o, normed=True),
    "gcn": pyg.GCNConv,
    "sage": pyg.SAGEConv,
    "sage max": lambda i, o: pyg.SAGEConv(i, o, aggr="max"),
    "sage project": lambda i, o: pyg.SAGEConv(i, o, project=True),
    "graph": pyg.GraphConv,
    "gin": lambda i, o: pyg.GINConv(nn.Sequential(nn.Linear(i, 5), nn.ReLU(), nn.Linear(5, o))),
    "arma": pyg.ARMAConv,
    "gat": lambda i, o: constant_attention(pyg.GATConv(i, o, heads=2, concat=False)),
    "gatv2": lambda i, o: constant_attention(pyg.GATv2Conv(i, o, heads=2, concat=False)),
    "transformer": lambda i, o: constant_attention(
        pyg.TransformerConv(i, o, heads=2, concat=False)
    ),
    "gated": lambda i, o: constant_attention(pyg.ResGatedGraphConv(i, o)),
}
WEIGHED = ("own", "own mean", "own turned", "own normed", "gcn", "graph")


def biased(make, normed):
    """A model whose biases and statistics of norms are all drawn."""
    torch.manual_seed(5)
    encoder = Between(make, normed)
    for name, parameter in encoder.named_parameters():
        if parameter.dim() == 1 and not name.split(".")[1].startswith(("att", "lin_q", "lin_k")):
            nn.init.normal_(parameter)
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    return SiameseGNN(encoder, "add", "dot", biases="nodes").double().eval()


def directed(seed, nodes, edges, weighted):
    """A graph whose nodes send and collect different numbers of messages."""
    generator = torch.Generator().manual_seed(seed)
    ends = torch.randint(nodes, (2, edges), generator=generator)
    ends = torch.cat([ends[:, ends[0] != ends[1]], torch.tensor([[0], [1]])], 1).unique(dim=1)
    x = torch.randn(nodes, 5, generator=generator, dtype=torch.float64)
    graph = Data(x=x, edge_index=ends)
    if weighted:
        graph.edge_weight = torch.rand(ends.size(1), generator=generator, dtype=torch.float64)
    return graph


@pytest.mark.parametrize("normed", [False, True], ids=["plain", "norm"])
@pytest.mark.parametrize(
    ("name", "weighted"), [*((n, False) for n in SENDERS), *((n, True) for n in WEIGHED)]
)
def test_biases_of_nodes_are_where_they_are_added(name, weighted, normed):
    """Without gamma, relevance equals that of integrated Jacobians, alone and in a batch."""
    model = biased(SENDERS[name], normed)
    queries = [directed(k, 4 + k, 9 + k, weighted) for k in range(2)]
    references = [directed(7 + k, 5, 8, weighted) for k in range(2)]
    ours = PairExplainer(model, BiLRP(gamma=0.0, epsilon=1e-12), node_mask_type="object")
    exact = PairExplainer(model, IntegratedJacobians(), node_mask_type="object")
    for found, true in zip(
        ours.explain(queries, references), exact.explain(queries, references), strict=True
    ):
        torch.testing.assert_close(found.relevance, true.relevance, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("kind", ["generalised", "source"])
@pytest.mark.parametrize("gamma", [0.25, 2.0])
@pytest.mark.parametrize("name", ["own", "own normed", "gatv2", "transformer", "gated", "sage"])
def test_biases_of_nodes_sum_to_the_similarity_for_any_gamma(name, gamma, kind):
    model, graphs = biased(SENDERS[name], True), [directed(k, 6, 11, False) for k in range(2)]
    rule = BiLRP(gamma=gamma, epsilon=1e-12, rule=kind)
    found = PairExplainer(model, rule, node_mask_type="object")(*graphs)
    assert float(found.relevance.sum()) == pytest.approx(found.prediction, rel=1e-7)
