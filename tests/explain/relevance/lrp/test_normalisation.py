import pytest
import torch
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import (
    GCN,
    GCNConv,
    GraphConv,
    SAGEConv,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors


def test_batch_norm_equals_its_folded_weights():
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 2, norm="batch_norm"))
    folded = siamese(GCN(5, 8, 2))
    with torch.no_grad():
        for conv, own in zip(folded.encoder.convs, model.encoder.convs, strict=True):
            conv.load_state_dict(own.state_dict())
        norm = model.encoder.norms[0].module
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        first = folded.encoder.convs[0]
        first.lin.weight.mul_(scale.unsqueeze(1))
        first.bias.copy_((first.bias - norm.running_mean) * scale + norm.bias)
    inputs = model.inputs(random_graph(7))
    for rule in RULES:
        found, expected = lrp_factors(model, inputs, rule)[0], lrp_factors(folded, inputs, rule)[0]
        torch.testing.assert_close(found.node, expected.node, rtol=1e-6, atol=1e-9)
        torch.testing.assert_close(
            found.parts["bias"], expected.parts["bias"], rtol=1e-6, atol=1e-8
        )


class NormFirst(nn.Module):
    def __init__(self, norm, conv):
        super().__init__()
        self.norm = norm
        self.conv = conv(5, 4)

    def forward(self, x, edge_index):
        return self.conv(self.norm(x), edge_index)


@pytest.mark.parametrize("conv", [GCNConv, SAGEConv, GraphConv])
def test_batch_norm_at_the_input_folds_into_the_layer_after(conv):
    """For LRP-0 that is the gradient of the folded layer: the shift takes no share of its own."""
    torch.manual_seed(0)
    model = siamese(NormFirst(nn.BatchNorm1d(5), conv))
    inputs = model.inputs(random_graph(8))
    inputs.x.requires_grad_()
    rows = [torch.autograd.grad(v, inputs.x, retain_graph=True)[0] for v in model.encode(inputs)[0]]
    expected = torch.stack([(row * inputs.x).sum(1) for row in rows]).detach()
    inputs.x.requires_grad_(False)
    found, _ = lrp_factors(model, inputs, GammaRule(0.0))
    assert relative(found[0], expected) < 1e-6
