import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES
from explain.relevance.models import random_graph
from torch import nn

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.relevance import GammaRule, lrp_factors


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


def test_weights_of_several_heads_are_one_map_each():
    """``x W`` with W ``[H, F, C]`` is the H maps side by side."""

    class Heads(nn.Module):
        def __init__(self, apart):
            super().__init__()
            self.weight, self.apart = nn.Parameter(torch.randn(2, 5, 4)), apart

        def forward(self, x, edge_index):
            if self.apart:
                return torch.cat([x @ self.weight[0], x @ self.weight[1]], 1)
            return (x @ self.weight).transpose(0, 1).flatten(1)

    torch.manual_seed(0)
    a = SiameseGNN(Heads(True)).double().eval()
    b = SiameseGNN(Heads(False)).double().eval()
    b.load_state_dict(a.state_dict())
    inputs = a.inputs(random_graph(0))
    for rule in RULES:
        found, expected = lrp_factors(a, inputs, rule)[0], lrp_factors(b, inputs, rule)[0]
        torch.testing.assert_close(found.node, expected.node)


def test_a_product_with_a_vector_is_a_map_to_one_channel():
    class Scores(nn.Module):
        def __init__(self, column):
            super().__init__()
            self.weight, self.column = nn.Parameter(torch.randn(5)), column

        def forward(self, x, edge_index):
            if self.column:
                return x @ self.weight.unsqueeze(1)
            return (x @ self.weight).unsqueeze(1)

    a, b = (SiameseGNN(Scores(column)).double().eval() for column in (False, True))
    b.load_state_dict(a.state_dict())
    inputs = a.inputs(random_graph(0))
    for rule in RULES:
        found, expected = lrp_factors(a, inputs, rule)[0], lrp_factors(b, inputs, rule)[0]
        torch.testing.assert_close(found.node, expected.node)


class Attends(nn.Module):
    """Attention by hand to learned keys, or between the nodes, under a mask."""

    def __init__(self, learned, hidden):
        super().__init__()
        self.maps = nn.ModuleList(nn.Linear(5, 4) for _ in range(3))
        self.keys = nn.Parameter(torch.randn(6, 4))
        self.learned, self.hidden = learned, hidden

    def forward(self, x, edge_index):
        q, k, v = (lin(x) for lin in self.maps)
        k = self.keys if self.learned else k
        mask = torch.zeros(6, 6).double().masked_fill(torch.ones(6, 6).triu(1).bool(), self.hidden)
        return (q @ k.T / 2 + mask).softmax(-1) @ v


@pytest.mark.parametrize("attention", ["constant", "attnlrp"])
@pytest.mark.parametrize("learned", [True, False])
def test_minus_infinity_hides_as_a_large_number_does(learned, attention):
    torch.manual_seed(0)
    model = SiameseGNN(Attends(learned, -torch.inf)).double().eval()
    other = SiameseGNN(Attends(learned, -1e6)).double().eval()
    other.load_state_dict(model.state_dict())
    inputs, rule = model.inputs(random_graph(0)), GammaRule(attention=attention)
    found, expected = lrp_factors(model, inputs, rule)[0], lrp_factors(other, inputs, rule)[0]
    torch.testing.assert_close(found.embedding, model.encode(inputs).detach())
    torch.testing.assert_close(found.node, expected.node)
    torch.testing.assert_close(found.sums() + sum(found.parts.values()), found.embedding)


class ByOperation(nn.Module):
    """A map with what it adds, by an operation of choice."""

    def __init__(self, operation):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(5, 4))
        self.bias = nn.Parameter(torch.randn(4))
        self.operation = operation

    def forward(self, x, edge_index):
        return self.operation(x, self.weight, self.bias)


SAME_MAPS = {
    "reversed product": (
        lambda x, w, b: w.__rmatmul__(x) + b,
        lambda x, w, b: nn.functional.linear(x, w.T, b),
    ),
    "addmm": (
        lambda x, w, b: torch.addmm(b, x, w, beta=-2, alpha=0.5),
        lambda x, w, b: nn.functional.linear(x, 0.5 * w.T, -2 * b),
    ),
    "addmm of rows": (
        lambda x, w, b: torch.addmm(b.expand(len(x), 4), x, w),
        lambda x, w, b: nn.functional.linear(x, w.T, b),
    ),
    "addmm of an input": (
        lambda x, w, b: torch.addmm(x[:, :4], x, w, beta=-2, alpha=0.5),
        lambda x, w, b: nn.functional.linear(x, 0.5 * w.T) - 2 * x[:, :4],
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("ways", SAME_MAPS.values(), ids=SAME_MAPS)
def test_products_with_what_is_added_are_linear_maps(ways, rule):
    torch.manual_seed(0)
    a, b = (SiameseGNN(ByOperation(way)).double().eval() for way in ways)
    b.load_state_dict(a.state_dict())
    inputs = a.inputs(random_graph(0))
    found, expected = lrp_factors(a, inputs, rule)[0], lrp_factors(b, inputs, rule)[0]
    torch.testing.assert_close(found.embedding, a.encode(inputs).detach())
    torch.testing.assert_close(found.node, expected.node)
    torch.testing.assert_close(found.parts["bias"], expected.parts["bias"])


def test_a_fixed_matrix_from_the_left_mixes_rows():
    """Also where it is the reversed product of the rows."""
    mixing = torch.rand(6, 6, generator=torch.Generator().manual_seed(1)).double()
    ways = (lambda x, w, b: (mixing @ x) @ w, lambda x, w, b: x.__rmatmul__(mixing) @ w)
    torch.manual_seed(0)
    a, b = (SiameseGNN(ByOperation(way)).double().eval() for way in ways)
    b.load_state_dict(a.state_dict())
    graph = random_graph(0)
    layer = dense.Layer([mixing], a.encoder.weight.detach().T, torch.zeros(4).double(), False)
    for rule in RULES[:3]:
        rule = GammaRule(rule.gamma, 1e-12, rule.kind)
        mean = torch.full((6,), 1 / 6).double()
        expected, _ = dense.dense_factor(graph.x, [layer], mean, rule.gamma, 1e-12, rule.kind)
        for model in (a, b):
            found = lrp_factors(model, model.inputs(graph), rule)[0]
            torch.testing.assert_close(found[0], expected)


def test_a_sum_of_products_of_inputs_is_their_product():
    """By AttnLRP each takes one half; without, the product has no rule."""
    ways = (
        lambda x, w, b: torch.einsum("nk,nk->nk", x @ w, x[:, 1:]),
        lambda x, w, b: (x @ w) * x[:, 1:],
        lambda x, w, b: torch.einsum("nk,k,nk->nk", x @ w, b, x[:, 1:]) / b,
    )
    torch.manual_seed(0)
    models = [SiameseGNN(ByOperation(way)).double().eval() for way in ways]
    for model in models[1:]:
        model.load_state_dict(models[0].state_dict())
    inputs, rule = models[0].inputs(random_graph(0)), GammaRule(attention="attnlrp")
    one, other, scaled = (lrp_factors(model, inputs, rule)[0] for model in models)
    torch.testing.assert_close(one.node, other.node)
    torch.testing.assert_close(scaled.node, other.node)
    torch.testing.assert_close(one.sums() + sum(one.parts.values()), one.embedding)
    with pytest.raises(ValueError, match="a product of two inputs"):
        lrp_factors(models[0], inputs)
