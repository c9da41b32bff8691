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
