import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES, Uses, relative
from explain.relevance.lrp.test_multihead import GPS, Attends
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import (
    GCN,
    AttentionalAggregation,
    GATConv,
    GATv2Conv,
    GraphMultisetTransformer,
    JumpingKnowledge,
    Set2Set,
    SoftmaxAggregation,
    SuperGATConv,
    TransformerConv,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors


def softmax_back(score, alpha, R):
    """Proposition 3.1."""
    return score * (R - alpha * R.sum(-1, keepdim=True))


def product_back(a, b, out, R):
    """Proposition 3.3 for ``out = a @ b``, without a stabiliser."""
    terms = a.unsqueeze(-1) * b.unsqueeze(0)  # [J, I, P]
    each = terms * dense.divide(R, 2 * out).unsqueeze(1)
    return each.sum(-1), each.sum(0)


def linear_back(x, lin, R, rule):
    layer = dense.Layer([], lin[0], lin[1], False)
    return dense.linear_back(x, layer, R, rule.gamma, rule.epsilon, rule.kind)


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
@pytest.mark.parametrize("form", [{}, {"batch_first": False}, {"alone": True}], ids=str)
def test_attention_between_nodes_equals_attnlrp_by_hand(form, rule):
    torch.manual_seed(0)
    model, graph = siamese(Attends(**form)), random_graph(1)
    encoder, n = model.encoder, graph.num_nodes
    attn, x = encoder.attn, graph.x
    biases = attn.in_proj_bias.detach().split(4)
    weights = [w.detach() for w in (attn.q_proj_weight, attn.k_proj_weight, attn.v_proj_weight)]
    with torch.no_grad():
        query = encoder.query(x)
        inputs = (query, x, x)
        q, k, v = (a @ w.T + b for a, w, b in zip(inputs, weights, biases, strict=True))
        heads = [slice(0, 2), slice(2, 4)]
        scores = [q[:, own] @ k[:, own].T / 2**0.5 for own in heads]
        alphas = [score.softmax(1) for score in scores]
        mixed = torch.cat([a @ v[:, own] for a, own in zip(alphas, heads, strict=True)], 1)
        out_map = (attn.out_proj.weight, attn.out_proj.bias)
        h = (mixed @ out_map[0].T + out_map[1]).mean(0)
        expected = []
        for coordinate in range(4):
            R = torch.zeros(n, 4, dtype=x.dtype)
            R[:, coordinate] = (mixed @ out_map[0].T + out_map[1])[:, coordinate] / n
            R = linear_back(mixed, out_map, R, rule)
            R_q, R_k, R_v = (torch.zeros(n, 4, dtype=x.dtype) for _ in range(3))
            for own, score, alpha in zip(heads, scores, alphas, strict=True):
                R_alpha, R_v[:, own] = product_back(alpha, v[:, own], mixed[:, own], R[:, own])
                R_score = softmax_back(score, alpha, R_alpha)
                left, right = product_back(q[:, own], k[:, own].T, score * 2**0.5, R_score)
                R_q[:, own], R_k[:, own] = left, right.T
            maps = zip(weights, biases, strict=True)
            parts = [
                linear_back(a, m, r, rule)
                for a, m, r in zip(inputs, maps, (R_q, R_k, R_v), strict=True)
            ]
            through = linear_back(x, (encoder.query.weight, encoder.query.bias), parts[0], rule)
            expected.append((through + parts[1] + parts[2]).sum(1))
    rule = GammaRule(rule.gamma, rule.epsilon, rule.kind, "attnlrp")
    found, _ = lrp_factors(model, model.inputs(graph), rule)
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], torch.stack(expected)) < 1e-6


class OneOf(nn.Module):
    def __init__(self, conv):
        super().__init__()
        self.lin, self.conv = nn.Linear(5, 6), conv

    def forward(self, x, edge_index):
        return self.conv(self.lin(x).relu(), edge_index)


class Jumps(nn.Module):
    def __init__(self):
        super().__init__()
        self.gcn, self.jump = GCN(5, 6, 1), JumpingKnowledge("lstm", 6, 2)

    def forward(self, x, edge_index):
        a = self.gcn(x, edge_index)
        return self.jump([a.relu(), 2 * a])


ENCODERS = {
    "gat": lambda: OneOf(GATConv(6, 4, heads=2)),
    "gatv2": lambda: OneOf(GATv2Conv(6, 4, heads=2, residual=True)),
    "transformer": lambda: OneOf(TransformerConv(6, 4, heads=2)),
    "beta": lambda: OneOf(TransformerConv(6, 4, heads=2, beta=True)),
    "supergat": lambda: OneOf(SuperGATConv(6, 4, heads=2)),
    "gps": GPS,
    "jump": Jumps,
    "own": lambda: Uses(lambda self, x: (self.gate(x) @ x.T).softmax(1) @ x),
}
READOUTS = {
    "softmax": lambda: SoftmaxAggregation(learn=True),
    "attention": lambda: AttentionalAggregation(nn.Linear(6, 1), nn.Linear(6, 4)),
    "set2set": lambda: Set2Set(6, 3),
    "gmt": lambda: GraphMultisetTransformer(6, k=3, heads=2),
}
GRAPHS = [random_graph(1), random_graph(2, 4, 4), random_graph(3, 1, 0), random_graph(4, 5, 5)]


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("name", [*ENCODERS, *READOUTS])
def test_terms_close_the_sum(name, rule):
    """What softmax does not carry is a bias, so that nothing is left."""
    torch.manual_seed(0)
    if name in READOUTS:
        model = siamese(GCN(5, 6, 2), READOUTS[name]())
    else:
        model = siamese(ENCODERS[name]())
    rule = GammaRule(rule.gamma, rule.epsilon, rule.kind, "attnlrp")
    graphs = GRAPHS[:1] if name == "own" else GRAPHS
    inputs = model.inputs(Batch.from_data_list(graphs))
    factors, _ = lrp_factors(model, inputs, rule)
    total = factors.sums() + sum(factors.parts.values())
    scale = max(float(part.abs().max()) for part in (factors.embedding, *factors.parts.values()))
    assert float((total - factors.embedding).abs().max()) < 1e-10 * max(scale, 1)
    for k, graph in enumerate(graphs):
        alone, _ = lrp_factors(model, model.inputs(graph), rule)
        torch.testing.assert_close(factors[k], alone[0])
    constant, _ = lrp_factors(model, inputs, GammaRule(rule.gamma, rule.epsilon, rule.kind))
    assert relative(factors.node, constant.node) > 1e-3


def test_padded_nodes_take_no_relevance():
    torch.manual_seed(0)
    model = siamese(GPS())
    factors, _ = lrp_factors(
        model, model.inputs(Batch.from_data_list(GRAPHS)), GammaRule(attention="attnlrp")
    )
    assert bool(factors.node.isfinite().all())


def test_models_without_attention_are_the_same_under_both():
    torch.manual_seed(0)
    model = siamese(GCN(5, 6, 2, norm="batch_norm"))
    inputs = model.inputs(GRAPHS[0])
    found, _ = lrp_factors(model, inputs, GammaRule(attention="attnlrp"))
    torch.testing.assert_close(found.node, lrp_factors(model, inputs)[0].node)


def test_an_unknown_way_with_attention_is_refused():
    with pytest.raises(ValueError, match="'constant' or 'attnlrp'"):
        GammaRule(attention="frozen")
