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


def test_attention_to_nothing_gives_0():
    """A node without neighbours, as PyTorch computes it. By hand it is a factor 0 afterwards."""
    neighbours = torch.ones(6, 6).tril().bool()
    neighbours[1] = False

    class Kept(nn.Module):
        def __init__(self, by_hand):
            super().__init__()
            filled = neighbours.clone()
            filled[1, 0] = True
            self.attn = DotProduct(False, lambda n: filled if by_hand else neighbours)
            self.kept = neighbours.any(1, keepdim=True).double() if by_hand else 1.0

        def forward(self, x, edge_index):
            return self.kept * self.attn(x, edge_index)

    torch.manual_seed(0)
    model, plain = siamese(Kept(False)), siamese(Kept(True))
    plain.load_state_dict(model.state_dict())
    inputs = model.inputs(random_graph(0))
    for attention in ("constant", "attnlrp"):
        rule = GammaRule(attention=attention)
        found, expected = lrp_factors(model, inputs, rule)[0], lrp_factors(plain, inputs, rule)[0]
        torch.testing.assert_close(found.embedding, model.encode(inputs).detach())
        torch.testing.assert_close(found.node, expected.node)
        torch.testing.assert_close(found.parts["bias"], expected.parts["bias"])


def hidden(n):
    return torch.ones(n, n).triu(1).bool()


def minus_infinity(n):
    return torch.zeros(n, n).double().masked_fill(hidden(n), -torch.inf)


def distances(n):
    nodes = torch.arange(n).double()
    return -(nodes[:, None] - nodes).abs() / 3


def of_heads(mask):
    return lambda n: torch.stack([mask(n), mask(n).flip(0).flip(1)])


def last_hidden(n):
    return torch.arange(n)[None] == n - 1


NO_MASK = (None, None)
MASKS = {
    "bool": (hidden, None),
    "float": (minus_infinity, None),
    "finite": (distances, None),
    "bool of heads": (of_heads(hidden), None),
    "float of heads": (of_heads(minus_infinity), None),
    "finite of heads": (of_heads(distances), None),
    "padding": (None, last_hidden),
    "both": (hidden, last_hidden),
    "finite padding": (distances, lambda n: distances(n)[:1]),
}


def added(mask, padding, n):
    """What the two masks add to the scores, ``[H, n, n]``."""
    out = torch.zeros(2, n, n).double()
    for one in (mask, padding):
        if one is not None:
            one = one(n)
            out = out.masked_fill(one, -torch.inf) if one.dtype == torch.bool else out + one
    return out


class Masked(nn.Module):
    """Two heads of attention with masks."""

    def __init__(self, mask=None, padding=None):
        super().__init__()
        self.attn = nn.MultiheadAttention(4, 2, batch_first=True)
        self.lin = nn.Linear(5, 4)
        self.mask, self.padding = mask, padding

    def forward(self, x, edge_index):
        h, n = self.lin(x)[None], len(x)
        mask = None if self.mask is None else self.mask(n)
        padding = None if self.padding is None else self.padding(n)
        return self.attn(h, h, h, key_padding_mask=padding, attn_mask=mask)[0][0]


class ByHand(Masked):
    """The same from linear maps, products and a softmax."""

    def forward(self, x, edge_index):
        h, attn = self.lin(x), self.attn
        maps = zip(attn.in_proj_weight.chunk(3), attn.in_proj_bias.chunk(3), strict=True)
        q, k, v = (nn.functional.linear(h, weight, bias) for weight, bias in maps)
        q, k, v = (part.unflatten(1, (2, 2)).transpose(0, 1) for part in (q, k, v))
        score = q @ k.transpose(1, 2) / 2**0.5 + added(self.mask, self.padding, len(x))
        return attn.out_proj((score.softmax(-1) @ v).transpose(0, 1).flatten(1))


def same_weights(*encoders):
    torch.manual_seed(0)
    models = [siamese(encoder) for encoder in encoders]
    for model in models[1:]:
        model.load_state_dict(models[0].state_dict())
    return models


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
@pytest.mark.parametrize("masks", MASKS.values(), ids=MASKS)
def test_masked_attention_equals_dense_matrices(masks, rule):
    (model,) = same_weights(Masked(*masks))
    graph, attn = random_graph(1), model.encoder.attn
    n, eye = graph.num_nodes, torch.eye(graph.num_nodes, dtype=torch.float64)
    with torch.no_grad():
        h = model.encoder.lin(graph.x)
        biases, mixing, blocks = attn.in_proj_bias.chunk(3), [], torch.zeros(4, 8).double()
        query, key, value = attn.in_proj_weight.chunk(3)
        q, k = h @ query.T + biases[0], h @ key.T + biases[1]
        for head, mask in enumerate(added(*masks, n)):
            own = slice(2 * head, 2 * head + 2)
            mixing.append((q[:, own] @ k[:, own].T / 2**0.5 + mask).softmax(1))
            blocks[own, 4 * head : 4 * head + 4] = value[own]
        lin, out = model.encoder.lin, attn.out_proj
        layers = [
            dense.Layer([eye], lin.weight, lin.bias, False),
            dense.Layer(mixing, blocks, biases[2], False),
            dense.Layer([eye], out.weight, out.bias, False),
        ]
        args = (graph.x, layers, mean_pool(n), rule.gamma, 1e-12, rule.kind)
        expected, embedding = dense.dense_factor(*args)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(rule.gamma, 1e-12, rule.kind))
    assert relative(found.embedding[0], embedding) < 1e-12
    assert relative(found[0], expected) < 1e-8


@pytest.mark.parametrize("masks", [NO_MASK, *MASKS.values()], ids=["none", *MASKS])
@pytest.mark.parametrize("gamma", [0.0, 0.25])
def test_masked_attention_that_takes_relevance_is_that_of_its_operations(gamma, masks):
    model, plain = same_weights(Masked(*masks), ByHand(*masks))
    inputs, rule = model.inputs(random_graph(1)), GammaRule(gamma, attention="attnlrp")
    found, expected = lrp_factors(model, inputs, rule)[0], lrp_factors(plain, inputs, rule)[0]
    torch.testing.assert_close(found.embedding, expected.embedding)
    torch.testing.assert_close(found.node, expected.node)
    torch.testing.assert_close(found.parts["bias"], expected.parts["bias"])
    total = found.sums() + sum(found.parts.values())
    torch.testing.assert_close(total, found.embedding)


@pytest.mark.parametrize("attention", ["constant", "attnlrp"])
def test_a_mask_of_zeros_is_no_mask(attention):
    def zero(n):
        return torch.zeros(n, n).double()

    for one, other in (
        (Masked(), Masked(zero)),
        (DotProduct(False, None), DotProduct(False, zero)),
    ):
        model, masked = same_weights(one, other)
        inputs, rule = model.inputs(random_graph(1)), GammaRule(attention=attention)
        found, expected = lrp_factors(masked, inputs, rule)[0], lrp_factors(model, inputs, rule)[0]
        torch.testing.assert_close(found.node, expected.node)


class Constants(nn.Module):
    """Attention of nodes to constants, as a factor of their features."""

    def __init__(self, by_function):
        super().__init__()
        self.attn = nn.MultiheadAttention(4, 1, batch_first=True)
        self.lin = nn.Linear(5, 4)
        self.by_function = by_function

    def forward(self, x, edge_index):
        h = self.lin(x)
        keys = torch.linspace(-1, 2, 12).double().view(1, 3, 4)
        if self.by_function:
            return h * nn.functional.scaled_dot_product_attention(h[None], keys, keys)[0]
        return h * self.attn(h[None], keys, keys, need_weights=False)[0][0]


@pytest.mark.parametrize("by_function", [True, False])
def test_attention_to_constants_is_a_factor_that_takes_nothing(by_function):
    (model,) = same_weights(Constants(by_function))
    graph, encoder = random_graph(1), model.encoder
    with torch.no_grad():
        h = encoder.lin(graph.x)
        out = encoder(graph.x, graph.edge_index)
        p = graph.x[:, None] * encoder.lin.weight * (out / h)[:, :, None]  # [n, K, F]
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0, 1e-12))
    torch.testing.assert_close(found[0], p.sum(2).T / graph.num_nodes)


def test_queries_and_keys_without_relevance_leave_it_to_the_values():
    """Then both ways to treat attention agree, and both equal a fixed mean."""

    class Seeds(nn.Module):
        def __init__(self, by_hand):
            super().__init__()
            self.lin, self.by_hand = nn.Linear(5, 4), by_hand

        def forward(self, x, edge_index):
            values = self.lin(x)
            seeds = torch.linspace(-1, 2, 4 * len(x)).double().view(len(x), 4)
            if self.by_hand:
                return (seeds @ seeds.T / 2).softmax(-1) @ values
            return nn.functional.scaled_dot_product_attention(seeds, seeds, values)

    model, plain = same_weights(Seeds(False), Seeds(True))
    inputs = model.inputs(random_graph(1))
    expected = lrp_factors(plain, inputs)[0]
    for attention in ("constant", "attnlrp"):
        found = lrp_factors(model, inputs, GammaRule(attention=attention))[0]
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
