import pytest
import torch
from explain.relevance.lrp.cases import RULES, Uses, relative
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import GCNConv, MessagePassing
from torch_geometric.utils import softmax

from pyg_siamex.explain.relevance import GammaRule, lrp_factors
from pyg_siamex.explain.relevance.lrp.weights import HeldWeights, Weight

REFUSAL = ValueError("no rule")


def test_the_weight_that_allows_the_least_is_found():
    weights, (a, b, c) = HeldWeights(), torch.zeros(3, 2).unbind()
    weights.hold(a, Weight(REFUSAL, True))
    assert weights.within((a, c)).factor and weights.within([c, {"c": c}]) is None
    weights.hold((b, 3), Weight(REFUSAL, False))
    assert not weights.within({"both": [a, (b,)]}).factor
    weights.check_unused(c)
    with pytest.raises(ValueError, match="no rule"):
        weights.check_unused((c, a))


def test_indices_are_no_weights():
    weights, order = HeldWeights(), torch.arange(3)
    weights.hold(order, Weight(REFUSAL, False))
    assert weights.within(order) is None


def gradient_times_input(model, graph, frozen):
    """Gradient times input where ``frozen`` replaces the function of the encoder."""
    encoder, function = model.encoder, model.encoder.function
    inputs = model.inputs(graph)
    inputs.x.requires_grad_()
    encoder.function = frozen
    h = model.encode(inputs)[0]
    encoder.function = function
    rows = [torch.autograd.grad(value, inputs.x, retain_graph=True)[0] for value in h]
    return torch.stack([(row * inputs.x).sum(1) for row in rows]).detach(), h.detach()


def product(self, x):
    weight = torch.bmm(x.unsqueeze(0), x.T.unsqueeze(0))[0].softmax(-1)
    return weight @ x


def einsum(self, x):
    weight = torch.exp(-(x.unsqueeze(1) - x).pow(2).sum(-1))
    return torch.einsum("ij,jd->id", weight, x) / weight.sum(1, keepdim=True)


FACTORS = {
    "gate": (
        lambda self, x: x * torch.sigmoid(self.gate(x)),
        lambda self, x: x * torch.sigmoid(self.gate(x)).detach(),
    ),
    "silu by hand": (
        lambda self, x: x / (1 + torch.exp(-x)),
        lambda self, x: x / (1 + torch.exp(-x)).detach(),
    ),
    "attention": (product, lambda self, x: (x @ x.T).softmax(-1).detach() @ x),
    "distances": (
        einsum,
        lambda self, x: (
            torch.exp(-torch.cdist(x, x).pow(2)).detach()
            @ x
            / torch.exp(-torch.cdist(x, x).pow(2)).sum(1, keepdim=True).detach()
        ),
    ),
    "complement": (
        lambda self, x: (1 - self.gate(x).sigmoid()) * x + self.gate(x).sigmoid() * 2 * x,
        lambda self, x: (1 + self.gate(x).sigmoid().detach()) * x,
    ),
}


@pytest.mark.parametrize("name", FACTORS)
def test_products_hand_all_relevance_to_what_is_weighed(name):
    torch.manual_seed(0)
    function, frozen = FACTORS[name]
    model, graph = siamese(Uses(function)), random_graph(1)
    expected, h = gradient_times_input(model, graph, frozen)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0, 1e-12))
    torch.testing.assert_close(found.embedding[0], h)
    assert relative(found[0], expected) < 1e-7


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda self, x: x + torch.sigmoid(x), "sigmoid"),
        (lambda self, x: torch.cat([x, torch.sigmoid(x)], 1), "sigmoid"),
        (lambda self, x: x * x.pow(2), "pow"),
        (lambda self, x: x * (x * x).mean(), "product of two inputs"),
        (lambda self, x: x / x.norm(), "norm"),
        (lambda self, x: self.gate(torch.softmax(x, 1)), "softmax"),
        (lambda self, x: x.sort(0).values, "sort"),
        (lambda self, x: GCNConv.forward(self.conv2, torch.sigmoid(x), self.edges), "sigmoid"),
    ],
)
def test_weights_are_factors_and_nothing_else(function, word):
    encoder = Uses(function)
    encoder.conv2, encoder.edges = GCNConv(8, 8), random_graph(0).edge_index
    model = siamese(encoder)
    with pytest.raises(ValueError, match=f"{word}.*encoder"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())


class Attention(MessagePassing):
    """Attention that a layer of one's own computes before it sends."""

    def __init__(self):
        super().__init__(aggr="add")
        self.score, self.lin = nn.Linear(10, 1), nn.Linear(5, 4, bias=False)

    def forward(self, x, edge_index):
        row, col = edge_index
        score = self.score(torch.cat([x[row], x[col]], 1)).tanh().squeeze(1)
        return self.propagate(edge_index, x=self.lin(x), alpha=softmax(score, col, num_nodes=6))

    def message(self, x_j, alpha):
        return alpha.unsqueeze(1) * x_j


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_attention_of_an_own_layer_is_held_constant(rule):
    torch.manual_seed(0)
    model, graph = siamese(Attention()), random_graph(0)
    found, _ = lrp_factors(model, model.inputs(graph), rule)
    total = found.sums() + sum(found.parts.values())
    torch.testing.assert_close(total, found.embedding)
    assert rule.epsilon > 1e-3 or relative(found.sums(), found.embedding) < 1e-6


class Degrees(nn.Module):
    """Constants beside the features: the degree of a node, and a one."""

    def __init__(self, join):
        super().__init__()
        self.conv, self.join = GCNConv(7, 4, bias=False), join

    def forward(self, x, edge_index):
        degree = torch.bincount(edge_index[1], minlength=len(x)).to(x.dtype).view(-1, 1)
        return self.conv(self.join(x, degree), edge_index)


@pytest.mark.parametrize(
    "join",
    [
        lambda x, d: torch.cat([x, d, torch.ones_like(d)], dim=1),
        lambda x, d: torch.cat(tensors=(d, x, torch.ones_like(d)), dim=-1),
        lambda x, d: torch.hstack([x, d, torch.ones_like(d)]),
    ],
)
@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_constants_that_are_joined_are_biases(join, rule):
    torch.manual_seed(0)
    model, graph = siamese(Degrees(join)), random_graph(2)
    found, _ = lrp_factors(model, model.inputs(graph), rule)
    assert float(found.parts["bias"].abs().max()) > 0.01
    total = found.sums() + found.parts["bias"] + found.parts["epsilon"]
    torch.testing.assert_close(total, found.embedding, rtol=1e-9, atol=1e-12)


def test_joined_constants_share_in_proportion():
    torch.manual_seed(0)
    model = siamese(Degrees(lambda x, d: torch.cat([x, d, torch.ones_like(d)], 1)))
    graph = random_graph(2)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0))
    with torch.no_grad():
        without = Degrees(lambda x, d: torch.cat([x, 0 * d, 0 * d], 1)).double()
        without.load_state_dict(model.encoder.state_dict())
        expected = without(graph.x, graph.edge_index).mean(0)
    torch.testing.assert_close(found.sums()[0], expected)


def test_a_layer_of_constants_alone_is_a_bias():
    class Ones(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = GCNConv(2, 4), GCNConv(5, 4)

        def forward(self, x, edge_index):
            fixed = self.first(torch.ones(len(x), 2, dtype=x.dtype), edge_index)
            return fixed + self.second(x, edge_index)

    torch.manual_seed(0)
    model = siamese(Ones())
    found, _ = lrp_factors(model, model.inputs(random_graph(2)), GammaRule())
    total = found.sums() + sum(found.parts.values())
    torch.testing.assert_close(total, found.embedding)
