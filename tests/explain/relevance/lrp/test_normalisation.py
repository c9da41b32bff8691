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


class Turned(nn.Module):
    """A norm of channels over the nodes of one graph."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = GCNConv(5, 4), nn.InstanceNorm1d(4, affine=True)

    def forward(self, x, edge_index):
        x = self.conv(x, edge_index) + 3 * x[:, :4]
        return self.norm(x.T.unsqueeze(0))[0].T.relu()


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = GCNConv(5, 4), nn.RMSNorm(4)

    def forward(self, x, edge_index):
        return self.norm(self.conv(x, edge_index)).relu()


@pytest.mark.parametrize("kind", [Turned, Scaled])
def test_scales_of_norms_are_held_constant(kind):
    """At gamma 0 relevance is gradient times input with the scale frozen."""
    torch.manual_seed(0)
    model, graph = siamese(kind()), random_graph(1)
    encoder, x = model.encoder, graph.x.clone().requires_grad_()
    z = encoder.conv(x, graph.edge_index)
    if kind is Turned:
        z = z + 3 * x[:, :4]
        sigma = (z.detach().var(0, unbiased=False) + encoder.norm.eps).sqrt()
        z = (z - z.mean(0)) / sigma * encoder.norm.weight + encoder.norm.bias
    else:
        z = z / z.detach().pow(2).mean(1, keepdim=True).sqrt() * encoder.norm.weight
    h = z.relu().mean(0)
    rows = [torch.autograd.grad(value, x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(row * x).sum(1) for row in rows]).detach()
    for rule in (GammaRule(0.0, 1e-12), GammaRule(0.25)):
        found, _ = lrp_factors(model, model.inputs(graph), rule)
        total = found.sums() + sum(found.parts.values())
        torch.testing.assert_close(total, found.embedding, rtol=1e-9, atol=1e-12)
        if rule.gamma == 0:
            assert relative(found[0], expected) < 1e-6
