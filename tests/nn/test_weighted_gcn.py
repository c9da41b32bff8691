import pytest
import torch
from regions import REGIONS, connectivity, subject
from torch_geometric.nn import GINConv

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.relevance import GammaRule, lrp_factors
from pyg_siamex.nn import WeightedGCN, WeightedGIN, WeightedGINConv


def test_weighted_gcn_equals_its_equation():
    gcn, graph, A = WeightedGCN(REGIONS, 4, 1).double(), subject(1), connectivity(1)
    conv = gcn.convs[0]
    expected = graph.x @ conv.lin_root.weight.T + A @ graph.x @ conv.lin_rel.weight.T
    expected = expected + conv.lin_rel.bias
    assert torch.allclose(gcn(graph.x, graph.edge_index, graph.edge_weight), expected)


def test_weighted_gin_equals_its_equation():
    gin, graph, A = WeightedGIN(REGIONS, 4, 1, train_eps=True).double(), subject(1), connectivity(1)
    conv = gin.convs[0]
    conv.eps.data.fill_(0.3)
    expected = conv.nn(1.3 * graph.x + A @ graph.x)
    assert torch.allclose(gin(graph.x, graph.edge_index, graph.edge_weight), expected)


def test_weighted_gin_without_weights_is_gin():
    mlp = torch.nn.Linear(REGIONS, 3).double()
    graph = subject(2)
    ours, theirs = WeightedGINConv(mlp), GINConv(mlp)
    expected = theirs(graph.x, graph.edge_index)
    assert torch.allclose(ours(graph.x, graph.edge_index), expected)
    ones = torch.ones_like(graph.edge_weight)
    assert torch.allclose(ours(graph.x, graph.edge_index, ones), expected)


@pytest.mark.parametrize("encoder", [WeightedGCN, WeightedGIN])
@pytest.mark.parametrize("mask_mode", ["message", "weight"])
def test_masked_edge_is_a_removed_edge(encoder, mask_mode):
    model = SiameseGNN(encoder(REGIONS, 4, 2).double(), "add", "dot").eval()
    query, reference = subject(1), subject(2)
    explain = PairExplainer(model, Occlusion(), edge_mask_type="object", mask_mode=mask_mode)
    mask = explain(query, reference).query.edge_mask
    without = query.clone()
    without.edge_index, without.edge_weight = query.edge_index[:, 1:], query.edge_weight[1:]
    expected = model(query, reference) - model(without, reference)
    assert mask[0].item() == pytest.approx(expected.item(), abs=1e-9)


def test_relevance_of_weighted_gin_reads_its_weights():
    """At gamma 0 it is gradient times input, also of negative weights."""
    torch.manual_seed(0)
    model = SiameseGNN(WeightedGIN(REGIONS, 4, 2).double(), "add", "dot").eval()
    graph = subject(1)
    graph.edge_weight = graph.edge_weight - 0.5
    inputs = model.inputs(graph)
    inputs.x.requires_grad_()
    rows = [torch.autograd.grad(v, inputs.x, retain_graph=True)[0] for v in model.encode(inputs)[0]]
    expected = torch.stack([(row * inputs.x).sum(1) for row in rows]).detach()
    inputs.x.requires_grad_(False)
    found, _ = lrp_factors(model, inputs, GammaRule(0.0, 1e-12))
    torch.testing.assert_close(found[0], expected, rtol=1e-6, atol=1e-9)


def test_weights_may_be_negative():
    model = SiameseGNN(WeightedGCN(REGIONS, 4, 2).double(), "add", "dot").eval()
    query = subject(1)
    query.edge_weight = -query.edge_weight
    assert model(query, subject(2)).isfinite().all()
