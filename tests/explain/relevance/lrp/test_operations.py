import pytest
import torch
from explain.relevance.lrp.cases import Uses
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import (
    GCNConv,
)

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.relevance import GammaRule, lrp_factors


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda self, x: torch.sigmoid(x), "sigmoid"),
        (lambda self, x: x * self.gate(x), "product of two inputs"),
        (lambda self, x: x / x.abs().sum(), "operation 'abs'"),
        (lambda self, x: x.exp(), "exp"),
        (lambda self, x: x**2, "pow"),
        (lambda self, x: torch.softmax(x, 0) * 2, "softmax"),
        (lambda self, x: x.clamp(max=1.0), "clamp"),
        (lambda self, x: torch.einsum("nd,de->ne", x, self.gate.weight), "einsum"),
    ],
)
def test_operations_without_a_rule_are_refused_by_name(function, word):
    model = siamese(Uses(function))
    with pytest.raises(ValueError, match=f"{word}.*encoder"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())


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


@pytest.mark.parametrize(
    ("changed", "plain"),
    [
        (lambda x: (x.mul_(2), x)[1], lambda x: x * 2),
        (lambda x: (x.relu_(), x)[1], torch.relu),
        (lambda x: (x.add_(1), x.neg_(), x)[2], lambda x: -(x + 1)),
        (lambda x: x.tanh_(), torch.tanh),
        (lambda x: (x[:, :2].mul_(3), x)[1], lambda x: torch.cat([3 * x[:, :2], x[:, 2:]], 1)),
        (lambda x: torch.empty_like(x).index_copy_(0, torch.arange(6), x), lambda x: x.clone()),
    ],
)
def test_tensors_may_change_in_place(changed, plain):
    torch.manual_seed(0)
    model = siamese(Uses(lambda self, x: changed(x)))
    inputs = model.inputs(random_graph(0))
    found, _ = lrp_factors(model, inputs, GammaRule())
    model.encoder.function = lambda self, x: plain(x)
    torch.testing.assert_close(found.node, lrp_factors(model, inputs, GammaRule())[0].node)


@pytest.mark.parametrize("alpha", [1.0, 0.4])
def test_a_map_added_to_an_input_has_its_share(alpha):
    torch.manual_seed(0)
    weight = torch.randn(8, 8, dtype=torch.float64)
    model = siamese(Uses(lambda self, x: torch.addmm(x, x, weight, beta=0.5, alpha=alpha)))
    inputs = model.inputs(random_graph(0))
    found, _ = lrp_factors(model, inputs, GammaRule())
    model.encoder.function = lambda self, x: 0.5 * x + x @ (alpha * weight)
    torch.testing.assert_close(found.node, lrp_factors(model, inputs, GammaRule())[0].node)
