import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import (
    GAT,
    GCN,
    GIN,
    ARMAConv,
    GINConv,
    GraphConv,
    GraphSAGE,
    SAGEConv,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors

TWO_LAYERS = {
    "gcn": (lambda bias: GCN(5, 6, 2, 4, bias=bias), dense.gcn_layers),
    "gin": (lambda bias: GIN(5, 6, 2, 4), dense.gin_layers),
    "sage": (lambda bias: GraphSAGE(5, 6, 2, 4, bias=bias), dense.sage_layers),
    "gat": (lambda bias: GAT(5, 6, 2, 4, heads=2, bias=bias), dense.gat_layers),
    "gat_mean": (lambda bias: GAT(5, 6, 2, 4, heads=2, concat=False, bias=bias), dense.gat_layers),
}


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


class Stacks(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = ARMAConv(5, 4, num_stacks=3, num_layers=1)

    def forward(self, x, edge_index):
        return self.conv(x, edge_index)


@pytest.mark.parametrize("kind", ["generalised", "source"])
@pytest.mark.parametrize("gamma", [0.0, 0.25, 1.0])
def test_stacks_of_arma_equal_dense_matrices(gamma, kind):
    """Each stack is a layer of its own, and the output their mean."""
    torch.manual_seed(1)
    model, graph = siamese(Stacks()), random_graph(2)
    conv, n = model.encoder.conv, graph.num_nodes
    nn.init.normal_(conv.bias)
    eye = torch.eye(n, dtype=torch.float64)
    M = dense.normalised(dense.adjacency(graph.edge_index, n))
    pool = torch.full((n,), 1 / (3 * n), dtype=torch.float64)
    expected, h = 0, 0
    with torch.no_grad():
        for k in range(3):
            weight = torch.cat([conv.init_weight[k], conv.root_weight[0, k]], 0).T
            layer = dense.Layer([M, eye], weight, conv.bias[0, k, 0], True)
            own = dense.dense_factor(graph.x, [layer], pool, gamma, 1e-12, kind)
            expected, h = expected + own[0], h + own[1]
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(gamma, 1e-12, kind))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], expected) < 1e-8


class Apart(nn.Module):
    """Messages to the nodes with a positive last feature from all others.

    The layer has two sets of nodes, or one graph.
    """

    def __init__(self, as_sets, conv, own=True):
        super().__init__()
        self.conv, self.as_sets, self.own = conv, as_sets, own

    def forward(self, x, edge_index):
        to = x.detach()[:, 4] > 0
        (row, col), size = edge_index, (int((~to).sum()), int(to.sum()))
        kept = ~to[row] & to[col]
        if self.as_sets:
            number = torch.where(to, to.cumsum(0), (~to).cumsum(0)) - 1
            sets = (x[~to], x[to] if self.own else None)
            out = self.conv(sets, torch.stack([number[row], number[col]])[:, kept], size=size)
        else:
            out = self.conv(x, edge_index[:, kept])[to]
        order = torch.cat([to.nonzero()[:, 0], (~to).nonzero()[:, 0]]).argsort()
        return torch.cat([out, out.new_zeros(size[0], 4)])[order]


BETWEEN_SETS = {
    "gin": lambda: GINConv(nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 4)), eps=0.3),
    "trained gin": lambda: GINConv(nn.Linear(5, 4), eps=0.3, train_eps=True),
    "sage": lambda aggr="mean": SAGEConv(5, 4, aggr=aggr),
    "graph conv": lambda aggr="mean": GraphConv(5, 4, aggr=aggr),
}


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("name", BETWEEN_SETS)
@pytest.mark.parametrize("seed", [0, 1])
def test_messages_between_two_sets_are_those_of_one_graph(seed, name, rule):
    torch.manual_seed(0)
    models = [siamese(Apart(as_sets, BETWEEN_SETS[name]())) for as_sets in (True, False)]
    models[1].load_state_dict(models[0].state_dict())
    graph = random_graph(seed, 7)
    inputs = models[0].inputs(graph)
    found, expected = (lrp_factors(model, inputs, rule)[0] for model in models)
    torch.testing.assert_close(found.embedding, models[0].encode(inputs).detach())
    torch.testing.assert_close(found.node, expected.node)
    torch.testing.assert_close(found.parts["bias"], expected.parts["bias"])


@pytest.mark.parametrize("layer", ["gin", "sage", "graph conv"])
def test_without_targets_of_its_own_a_layer_sums_what_is_sent(layer):
    """LRP-0 is the gradient times the input of a linear layer."""
    torch.manual_seed(0)
    conv = GINConv(nn.Linear(5, 4)) if layer == "gin" else BETWEEN_SETS[layer](aggr="sum")
    model = siamese(Apart(True, conv, own=False))
    lin = {"gin": "nn", "sage": "lin_l", "graph conv": "lin_rel"}[layer]
    graph = random_graph(0, 7, 20)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0, 1e-12))
    to = graph.x[:, 4] > 0
    sent = dense.adjacency(graph.edge_index, 7)[to][:, ~to].sum(0)
    expected = torch.zeros(4, 7).double()
    weight = getattr(model.encoder.conv, lin).weight.detach()
    expected[:, ~to] = weight @ (graph.x[~to] * sent[:, None]).T / 7
    assert int(sent.max()) > 1
    torch.testing.assert_close(found[0], expected)


class Sharing(nn.Module):
    """Two layers of ARMA that share their weights, or the same from single layers."""

    def __init__(self, whole):
        super().__init__()
        self.whole = whole
        self.conv = ARMAConv(5, 5, num_stacks=2, num_layers=2, shared_weights=True, bias=False)

    def forward(self, x, edge_index):
        if self.whole:
            return self.conv(x, edge_index)
        conv, outs = self.conv, []
        for stack in range(2):
            out = x
            for weight in (conv.init_weight[stack], conv.weight[0][stack]):
                mixed = dense.normalised(dense.adjacency(edge_index, len(x))) @ out
                maps = torch.cat([weight, conv.root_weight[0][stack]])
                out = (torch.cat([mixed, x], 1) @ maps).relu()
            outs.append(out)
        return torch.stack(outs).mean(0)


def test_layers_of_arma_without_biases_that_share_weights_equal_their_products():
    torch.manual_seed(0)
    whole = siamese(Sharing(True))
    graph = random_graph(2)
    parts = siamese(Sharing(False))
    parts.load_state_dict(whole.state_dict())
    inputs = whole.inputs(graph)
    assert len(whole.encoder.conv.weight) == 1
    torch.testing.assert_close(whole.encode(inputs), parts.encode(inputs))
    for gamma in (0.0, 0.25):
        rule = GammaRule(gamma)
        found, expected = lrp_factors(whole, inputs, rule)[0], lrp_factors(parts, inputs, rule)[0]
        torch.testing.assert_close(found.node, expected.node)
