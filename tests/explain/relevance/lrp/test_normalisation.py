import logging

import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import (
    GCN,
    GATConv,
    GCNConv,
    GINConv,
    GraphConv,
    MessagePassing,
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


class NormThen(nn.Module):
    """A BatchNorm with negative scales, then a map; ``relu`` makes its input positive."""

    def __init__(self, conv):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm1d(5), conv

    def forward(self, x, edge_index):
        x = self.norm(x.relu())
        return self.conv(x, edge_index) if not isinstance(self.conv, nn.Linear) else self.conv(x)


AFTER_NORM = {
    "linear": lambda: nn.Linear(5, 4),
    "gcn": lambda: GCNConv(5, 4),
    "sage": lambda: SAGEConv(5, 4),
    "gin": lambda: GINConv(nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 4))),
    "gat": lambda: GATConv(5, 2, heads=2),
    "own": lambda: OwnSum(),
}


class OwnSum(MessagePassing):
    """A layer without a rule of its own, whose messages are linear."""

    def __init__(self):
        super().__init__(aggr="sum")
        self.lin = nn.Linear(5, 4)

    def forward(self, x, edge_index):
        return self.propagate(edge_index, x=self.lin(x))


@pytest.mark.parametrize("kind", ["source", "generalised"])
@pytest.mark.parametrize("name", AFTER_NORM)
def test_a_norm_folds_into_the_weights_of_the_map_after_it_whatever_its_sign(name, kind, caplog):
    """The folded map has the norm's own input, which is not negative here."""
    torch.manual_seed(0)
    model = siamese(NormThen(AFTER_NORM[name]()))
    norm, conv = model.encoder.norm, model.encoder.conv
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([-1.5, 0.7, -0.4, 2.0, -1.0]))
        norm.bias.zero_()
        norm.running_mean.zero_()  # no shift, which a layer without a bias for it would keep
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    folded = siamese(NormThen(AFTER_NORM[name]()))
    plain = folded.encoder
    with torch.no_grad():
        plain.conv.load_state_dict(conv.state_dict())
        plain.norm = nn.Identity()
        for weight in first_weights(plain.conv):
            weight.mul_(scale)
    graph = random_graph(8)
    with caplog.at_level(logging.WARNING):
        found = lrp_factors(model, model.inputs(graph), GammaRule(0.5, kind=kind))[0]
        expected = lrp_factors(folded, folded.inputs(graph), GammaRule(0.5, kind=kind))[0]
    torch.testing.assert_close(found.embedding, expected.embedding)
    torch.testing.assert_close(found.node, expected.node)
    torch.testing.assert_close(found.parts["bias"], expected.parts["bias"])
    assert not caplog.records  # no negative inputs


def first_weights(conv):
    """The weights that meet the layer's input."""
    parts = [module for module in conv.modules() if hasattr(module, "weight")]
    if isinstance(conv, SAGEConv):
        return [part.weight for part in parts]
    return [parts[0].weight]


def test_a_norm_before_a_linear_map_is_the_dense_source_rule():
    """The rule by hand: W' = W diag(s) on the norm's input, b' = b + W t."""
    torch.manual_seed(0)
    model, graph = siamese(NormThen(nn.Linear(5, 4)), "add"), random_graph(8)
    norm, lin = model.encoder.norm, model.encoder.conv
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([-1.5, 0.7, -0.4, 2.0, -1.0]))
    scale = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach()
    shift = (norm.bias - norm.running_mean * scale).detach()
    weight, bias = lin.weight.detach() * scale, lin.bias.detach() + lin.weight.detach() @ shift
    layer = dense.Layer([torch.eye(6, dtype=torch.double)], weight, bias, False)
    pool = torch.ones(6, dtype=torch.double)
    args = (graph.x.relu(), [layer], pool, 0.5, 1e-12, "source")
    expected, h = dense.dense_factor(*args)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.5, 1e-12, "source"))
    torch.testing.assert_close(found.embedding[0], h)
    torch.testing.assert_close(found[0], expected)


@pytest.mark.parametrize("affine", [True, False])
def test_instance_norm_centres_and_holds_its_scale(affine):
    torch.manual_seed(0)
    model = siamese(Turned())
    norm = model.encoder.norm = nn.InstanceNorm1d(4, affine=affine).double().eval()
    model.encoder.forward = lambda x, edge_index: norm(x[:, :4].T.unsqueeze(0))[0].T
    graph = random_graph(1)
    x = graph.x[:, :4]
    sigma = (x.var(0, unbiased=False) + norm.eps).sqrt()
    scale = norm.weight.detach() if affine else 1.0
    part = (x - x.mean(0, keepdim=True)) / sigma * scale  # its mean over nodes vanishes
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0))
    torch.testing.assert_close(found.sums()[0], part.mean(0), atol=1e-12, rtol=0)
