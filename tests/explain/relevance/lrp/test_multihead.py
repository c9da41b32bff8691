import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.lrp.test_linear_messages import mean_pool
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import GINConv, GPSConv
from torch_geometric.nn.aggr import GraphMultisetTransformer, SetTransformerAggregation

from pyg_siamex.explain.relevance import GammaRule, lrp_factors


class Attends(nn.Module):
    """All nodes of one graph attend to each other."""

    def __init__(self, batch_first=True, alone=False, **options):
        super().__init__()
        self.attn = nn.MultiheadAttention(4, 2, batch_first=batch_first, vdim=5, kdim=5, **options)
        self.query = nn.Linear(5, 4)
        self.dim = None if alone else 0 if batch_first else 1

    def forward(self, x, edge_index):
        query, keys = self.query(x), x
        if self.dim is not None:
            query, keys = query.unsqueeze(self.dim), keys.unsqueeze(self.dim)
        out = self.attn(query, keys, keys)[0]
        return out if self.dim is None else out.squeeze(self.dim)


def value_layers(attn, query, x):
    """The map of values with its sum over nodes, and the output map."""
    mixing, n = [], len(x)
    weight, blocks = attn.v_proj_weight, torch.zeros(4, 10, dtype=x.dtype)
    biases = attn.in_proj_bias.split(4)
    q, k = query @ attn.q_proj_weight.T + biases[0], x @ attn.k_proj_weight.T + biases[1]
    for head in range(2):
        own = slice(2 * head, 2 * head + 2)
        mixing.append((q[:, own] @ k[:, own].T / 2**0.5).softmax(1))
        blocks[own, 5 * head : 5 * head + 5] = weight[own]
    first = dense.Layer(mixing, blocks, biases[2], False)
    eye = torch.eye(n, dtype=x.dtype)
    return [first, dense.Layer([eye], attn.out_proj.weight, attn.out_proj.bias, False)]


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
@pytest.mark.parametrize("form", [{}, {"batch_first": False}, {"alone": True}], ids=str)
def test_attention_between_nodes_equals_dense_matrices(form, rule):
    torch.manual_seed(0)
    model, graph = siamese(Attends(**form)), random_graph(1)
    with torch.no_grad():
        query = model.encoder.query(graph.x)
        layers = value_layers(model.encoder.attn, query, graph.x)
        args = (graph.x, layers, mean_pool(len(query)), rule.gamma, 1e-12, rule.kind)
        expected, h = dense.dense_factor(*args)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(rule.gamma, 1e-12, rule.kind))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], expected) < 1e-8


def test_attention_with_rows_of_its_own_is_refused():
    model = siamese(Attends(add_zero_attn=True))
    with pytest.raises(ValueError, match="add_zero_attn"):
        lrp_factors(model, model.inputs(random_graph(0)))


class GPS(nn.Module):
    """Two layers of local messages and attention."""

    def __init__(self, norm="batch_norm"):
        super().__init__()
        self.lin = nn.Linear(5, 6)
        self.layers = nn.ModuleList(
            GPSConv(6, GINConv(nn.Linear(6, 6)), heads=2, norm=norm) for _ in range(2)
        )

    def forward(self, x, edge_index, batch):
        x = self.lin(x)
        for layer in self.layers:
            x = layer(x, edge_index, batch)
        return x


def test_gps_at_gamma_0_is_gradient_times_input_under_frozen_attention(monkeypatch):
    torch.manual_seed(0)
    model = siamese(GPS())
    graphs = [random_graph(0), random_graph(1, 3, 4), random_graph(2, 9, 20)]
    inputs = model.inputs(Batch.from_data_list(graphs))
    found, _ = lrp_factors(model, inputs, GammaRule(0.0))

    def frozen(self, q, k, v, key_padding_mask=None, need_weights=False):
        bias_q, bias_k, bias_v = self.in_proj_bias.chunk(3)
        weight_q, weight_k, weight_v = self.in_proj_weight.chunk(3)
        heads = [(q @ weight_q.T + bias_q), (k @ weight_k.T + bias_k), (v @ weight_v.T + bias_v)]
        a, b, c = (part.unflatten(2, (2, 3)).transpose(1, 2) for part in heads)
        score = a @ b.transpose(2, 3) / 3**0.5
        score = score.masked_fill(key_padding_mask[:, None, None], -torch.inf)
        out = (score.softmax(-1).detach() @ c).transpose(1, 2).flatten(2)
        return self.out_proj(out), None

    monkeypatch.setattr(nn.MultiheadAttention, "forward", frozen)
    inputs.x.requires_grad_()
    h = model.encode(inputs)
    torch.testing.assert_close(found.embedding, h.detach())
    rows = [torch.autograd.grad(h[:, k].sum(), inputs.x, retain_graph=True)[0] for k in range(6)]
    expected = torch.stack([(row * inputs.x).sum(1) for row in rows]).detach()
    assert relative(found.node, expected) < 1e-7


READOUTS = {
    "gmt": lambda: GraphMultisetTransformer(6, k=3, heads=2),
    "gmt_norm": lambda: GraphMultisetTransformer(6, k=2, heads=2, layer_norm=True),
    "set": lambda: SetTransformerAggregation(6, num_seed_points=2, heads=2),
    "set_mean": lambda: SetTransformerAggregation(6, num_seed_points=2, concat=False),
}


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("name", READOUTS)
def test_terms_of_set_attention_close_the_sum(name, rule):
    torch.manual_seed(0)
    model = siamese(Linear(), READOUTS[name]())
    graphs = [random_graph(1), random_graph(2, 4, 4), random_graph(3, 1, 0), random_graph(4, 5, 5)]
    factors, _ = lrp_factors(model, model.inputs(Batch.from_data_list(graphs)), rule)
    total = factors.sums() + sum(factors.parts.values())
    scale = max(float(part.abs().max()) for part in (factors.embedding, *factors.parts.values()))
    assert float((total - factors.embedding).abs().max()) < 1e-10 * max(scale, 1)
    for k, graph in enumerate(graphs):
        alone, _ = lrp_factors(model, model.inputs(graph), rule)
        torch.testing.assert_close(factors[k], alone[0])


class Linear(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(5, 6)

    def forward(self, x, edge_index):
        return self.lin(x).relu()


class DotProduct(nn.Module):
    """Attention by PyTorch's function, or by hand."""

    def __init__(self, by_hand, mask):
        super().__init__()
        self.maps = nn.ModuleList(nn.Linear(5, 4) for _ in range(3))
        self.by_hand, self.mask = by_hand, mask

    def forward(self, x, edge_index):
        q, k, v = (lin(x) for lin in self.maps)
        mask = None if self.mask is None else self.mask(len(x))
        if not self.by_hand:
            attend = nn.functional.scaled_dot_product_attention
            return attend(q[None], k[None], v[None], attn_mask=mask)[0]
        score = q @ k.T / 2
        if mask is None:
            return score.softmax(-1) @ v
        added = torch.zeros(mask.shape, dtype=x.dtype).masked_fill(~mask, -1e9)
        return (score + added).softmax(-1) @ v


@pytest.mark.parametrize("mask", [None, lambda n: torch.ones(n, n).tril().bool()])
@pytest.mark.parametrize("rule", [*RULES[:3], GammaRule(attention="attnlrp")], ids=str)
def test_the_function_for_attention_is_softmax_and_a_sum(rule, mask):
    torch.manual_seed(0)
    model, plain = siamese(DotProduct(False, mask)), siamese(DotProduct(True, mask))
    plain.load_state_dict(model.state_dict())
    inputs = model.inputs(random_graph(0))
    found, expected = lrp_factors(model, inputs, rule)[0], lrp_factors(plain, inputs, rule)[0]
    torch.testing.assert_close(found.embedding, expected.embedding)
    torch.testing.assert_close(found.node, expected.node)


@pytest.mark.parametrize("attention", ["constant", "attnlrp"])
def test_transformer_layers_of_pytorch_run(attention):
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.TransformerEncoderLayer(5, 1, 8, batch_first=True)

        def forward(self, x, edge_index):
            return self.layer(x[None])[0]

    torch.manual_seed(0)
    model = siamese(Encoder())
    rule = GammaRule(attention=attention)
    factors, _ = lrp_factors(model, model.inputs(random_graph(0)), rule)
    total = factors.sums() + sum(factors.parts.values())
    torch.testing.assert_close(total, factors.embedding)
