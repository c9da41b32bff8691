import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.lrp.test_linear_messages import Two, mean_pool
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import SuperGATConv, TransformerConv

from pyg_siamex.explain.relevance import GammaRule, lrp_factors


@pytest.mark.parametrize("kind", ["generalised", "source"])
@pytest.mark.parametrize("gamma", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("options", [{}, {"concat": False}, {"root_weight": False}], ids=str)
def test_transformer_layers_equal_dense_matrices(options, gamma, kind):
    torch.manual_seed(1)
    model = siamese(Two(lambda i, o: TransformerConv(i, o // 2, heads=2, **options)))
    if options.get("concat", True) is False:
        model = siamese(Two(lambda i, o: TransformerConv(i, o, heads=2, concat=False)))
    for seed in range(3):
        graph = random_graph(seed)
        n, a = graph.num_nodes, graph.x
        with torch.no_grad():
            layers = []
            for conv in model.encoder.children():
                layer = dense.transformer_layer(conv, a, graph.edge_index, n)
                a = torch.cat([M @ a for M in layer.mixing], 1) @ layer.weight.T + layer.bias
                a = a.relu()
                layers.append(layer)
            layers[0].relu = True
            args = (graph.x, layers, mean_pool(n), gamma, 1e-12, kind)
            expected, h = dense.dense_factor(*args)
        found, _ = lrp_factors(model, model.inputs(graph), GammaRule(gamma, 1e-12, kind))
        assert relative(found.embedding[0], h) < 1e-12
        assert relative(found[0], expected) < 1e-8


class OnEdges(nn.Module):
    """One layer that reads edge features."""

    def __init__(self, conv):
        super().__init__()
        self.conv = conv

    def forward(self, x, edge_index, edge_attr):
        return self.conv(x, edge_index, edge_attr)


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_edge_features_share_the_denominator(rule):
    """Nodes and edges are inputs of one map, whose attention is computed by hand."""
    torch.manual_seed(0)
    model = siamese(OnEdges(TransformerConv(5, 4, edge_dim=3)))
    conv, graph = model.encoder.conv, random_graph(2)
    n, (row, col) = graph.num_nodes, graph.edge_index
    with torch.no_grad():
        x, e = graph.x, graph.edge_attr
        query, key = conv.lin_query(x), conv.lin_key(x)
        keys = key[row] + e @ conv.lin_edge.weight.T
        score = ((query[col] * keys).sum(1) / 2).exp()
        alpha = score / torch.zeros(n, dtype=score.dtype).index_add(0, col, score)[col]
        to_target = torch.zeros(n, len(row), dtype=x.dtype)
        to_target[col, torch.arange(len(row))] = alpha
        from_source = torch.zeros(len(row), n, dtype=x.dtype)
        from_source[torch.arange(len(row)), row] = 1
        mixed = torch.cat([to_target @ from_source @ x, to_target @ e, x], 1)
        parts = (conv.lin_value, conv.lin_edge, conv.lin_skip)
        bias = to_target.sum(1, keepdim=True) * conv.lin_value.bias + conv.lin_skip.bias
        layer = dense.Layer([], torch.cat([lin.weight for lin in parts], 1), bias, False)
        out = mixed @ layer.weight.T + layer.bias
        nodes, edges = [], []
        for k in range(4):
            R = torch.zeros_like(out)
            R[:, k] = out[:, k] / n
            args = (rule.gamma, 1e-12, rule.kind)
            collected, features, own = dense.linear_back(mixed, layer, R, *args).split([5, 3, 5], 1)
            own = own + dense.mixing_back(x, to_target @ from_source, collected)
            nodes.append(own.sum(1))
            edges.append(dense.mixing_back(e, to_target, features).sum(1))
    inputs, rule = model.inputs(graph), GammaRule(rule.gamma, 1e-12, rule.kind)
    found, _ = lrp_factors(model, inputs, rule)
    assert relative(found.embedding[0], out.mean(0)) < 1e-12
    assert relative(found[0], torch.stack(nodes)) < 1e-8
    assert relative(found.edges(0), torch.stack(edges)) < 1e-8


def test_the_gate_of_beta_is_held_constant():
    """At gamma 0 relevance is gradient times input of the layer with its weights frozen."""
    torch.manual_seed(0)
    model, graph = siamese(Two(lambda i, o: TransformerConv(i, o, beta=True))), random_graph(3)
    first, second = model.encoder.children()
    frozen = []

    def layer(conv, x, keep=None):
        n = len(x)
        plain = dense.transformer_layer(conv, x.detach(), graph.edge_index, n)
        if keep is None:
            M, beta = plain.mixing[0], None
        else:
            M, beta = keep
        out = M @ (x @ conv.lin_value.weight.T + conv.lin_value.bias)
        own = x @ conv.lin_skip.weight.T + conv.lin_skip.bias
        if beta is None:
            beta = conv.lin_beta(torch.cat([out, own, out - own], 1)).sigmoid()
            frozen.append((M.detach(), beta.detach()))
        return beta * own + (1 - beta) * out

    layer(second, layer(first, graph.x).relu())
    x = graph.x.clone().requires_grad_()
    h = layer(second, layer(first, x, frozen[0]).relu(), frozen[1]).mean(0)
    rows = [torch.autograd.grad(value, x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(row * x).sum(1) for row in rows]).detach()
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0))
    torch.testing.assert_close(found.embedding[0], h.detach())
    assert relative(found[0], expected) < 1e-7


@pytest.mark.parametrize("kind", ["MX", "SD"])
@pytest.mark.parametrize("concat", [True, False])
def test_supergat_equals_dense_matrices(kind, concat):
    torch.manual_seed(0)
    conv = SuperGATConv(5, 2, heads=2, attention_type=kind, concat=concat)
    model, graph = siamese(OneOf(conv)), random_graph(2)
    n, x = graph.num_nodes, graph.x
    A = dense.with_loops(dense.adjacency(graph.edge_index, n))
    with torch.no_grad():
        mixing, blocks = [], torch.zeros(4, 10, dtype=x.dtype)
        for k in range(2):
            own = slice(2 * k, 2 * k + 2)
            value = x @ conv.lin.weight[own].T
            logits = value @ value.T
            if kind == "MX":
                source, target = value @ conv.att_l[0, k], value @ conv.att_r[0, k]
                logits = (target.unsqueeze(1) + source) * logits.sigmoid()
            else:
                logits = logits / 2**0.5
            score = nn.functional.leaky_relu(logits, 0.2).exp() * A
            mixing.append(score / score.sum(1, keepdim=True))
            blocks[own, 5 * k : 5 * k + 5] = conv.lin.weight[own]
        blocks = blocks if concat else blocks.view(2, 2, -1).mean(0)
        layer = dense.Layer(mixing, blocks, conv.bias, False)
        args = (x, [layer], mean_pool(n), 0.25, 1e-12, "generalised")
        expected, h = dense.dense_factor(*args)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.25, 1e-12))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], expected) < 1e-8


class OneOf(nn.Module):
    def __init__(self, conv):
        super().__init__()
        self.conv = conv

    def forward(self, x, edge_index):
        return self.conv(x, edge_index)


def test_messages_along_an_edge_carry_their_part():
    """Without a root, all relevance of a layer flows through its messages or biases."""
    torch.manual_seed(0)
    conv = TransformerConv(5, 4, heads=2, root_weight=False)
    model, graph = siamese(OneOf(conv)), random_graph(2)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(), messages=True)
    loops = graph.edge_index[0] == graph.edge_index[1]
    assert not bool(loops.any())
    torch.testing.assert_close(found.edges(0).sum(1), found[0].sum(1))


def test_what_a_transformer_layer_cannot_be_is_refused():
    class Returns(OneOf):
        def forward(self, x, edge_index):
            return self.conv(x, edge_index, return_attention_weights=True)[0]

    model = siamese(Returns(TransformerConv(5, 4)))
    with pytest.raises(ValueError, match="returns its attention"):
        lrp_factors(model, model.inputs(random_graph(0)))
    model = siamese(OneOf(TransformerConv(5, 4, aggr="max")))
    with pytest.raises(ValueError, match="aggr='max'"):
        lrp_factors(model, model.inputs(random_graph(0)))
