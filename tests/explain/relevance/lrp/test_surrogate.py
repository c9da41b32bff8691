import pytest
import torch
from explain.relevance.lrp.cases import Uses
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import (
    GCNConv,
    global_mean_pool,
)

from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance import GammaRule, lrp_factors


def test_the_model_is_found_as_it_was_after_an_error():
    model = siamese(Uses(lambda self, x: torch.sigmoid(x))).train()
    before = {name: len(m._forward_hooks) for name, m in model.named_modules()}
    with pytest.raises(ValueError, match="sigmoid"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())
    assert {name: len(m._forward_hooks) for name, m in model.named_modules()} == before
    assert not any(m._forward_pre_hooks for m in model.modules())
    assert model.training and all(p.requires_grad for p in model.parameters())
    assert torch.is_grad_enabled()
    with torch.no_grad(), untouched(model):
        model.encode(model.inputs(random_graph(0)))


def test_pooling_inside_the_encoder():
    class Pooled(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.lin = GCNConv(5, 8), nn.Linear(8, 4)

        def forward(self, x, edge_index, batch):
            return self.lin(global_mean_pool(self.conv(x, edge_index).relu(), batch))

    torch.manual_seed(0)
    model = siamese(Pooled(), pool=None)
    factors, _ = lrp_factors(model, model.inputs(random_graph(0)), GammaRule())
    total = factors.sums() + sum(factors.parts.values())
    torch.testing.assert_close(total, factors.embedding)
