import pytest
import torch
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import (
    GCN,
    AttentionalAggregation,
    GCNConv,
    JumpingKnowledge,
    LSTMAggregation,
    Set2Set,
    SoftmaxAggregation,
    TopKPooling,
    global_add_pool,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors

READOUTS = {
    "softmax": lambda: SoftmaxAggregation(learn=True),
    "attention": lambda: AttentionalAggregation(nn.Linear(6, 1), nn.Linear(6, 4)),
    "attention by channel": lambda: AttentionalAggregation(nn.Linear(6, 6)),
    "set2set": lambda: Set2Set(6, 3),
    "lstm": lambda: LSTMAggregation(6, 4),
}
GRAPHS = [random_graph(1), random_graph(2, 4, 4), random_graph(3, 1, 0), random_graph(4, 5, 5)]


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("name", READOUTS)
def test_terms_close_the_sum(name, rule):
    torch.manual_seed(0)
    model = siamese(GCN(5, 6, 2), READOUTS[name]())
    factors, _ = lrp_factors(model, model.inputs(Batch.from_data_list(GRAPHS)), rule)
    total = factors.sums() + sum(factors.parts.values())
    scale = max(float(part.abs().max()) for part in (factors.embedding, *factors.parts.values()))
    assert float((total - factors.embedding).abs().max()) < 1e-10 * max(scale, 1)
    for k, graph in enumerate(GRAPHS):
        alone, _ = lrp_factors(model, model.inputs(graph), rule)
        torch.testing.assert_close(factors[k], alone[0])


@pytest.mark.parametrize("name", ["softmax", "attention", "attention by channel"])
def test_readouts_at_gamma_0_are_gradient_times_input_under_frozen_attention(name):
    torch.manual_seed(0)
    pool, graph = READOUTS[name](), random_graph(1)
    model = siamese(GCN(5, 6, 2), pool)
    x = graph.x.clone().requires_grad_()
    z = model.encoder(x, graph.edge_index)
    if name == "softmax":
        alpha, values = (pool.t * z).softmax(0), z
    else:
        alpha = pool.gate_nn(z).softmax(0)
        values = z if pool.nn is None else pool.nn(z)
    h = (alpha.detach() * values).sum(0)
    rows = [torch.autograd.grad(value, x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(row * x).sum(1) for row in rows]).detach()
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0))
    torch.testing.assert_close(found.embedding[0], h.detach())
    assert relative(found[0], expected) < 1e-6


def test_what_set2set_reads_is_what_its_attention_weighs():
    """The second half of the output is a weighted sum of nodes, with its weights held constant."""
    torch.manual_seed(0)
    pool, graph = Set2Set(6, 3), random_graph(1)
    model = siamese(GCN(5, 6, 2, bias=False), pool)
    x = graph.x.clone().requires_grad_()
    z = model.encoder(x, graph.edge_index)
    with torch.no_grad():
        read, state = torch.zeros(1, 12, dtype=z.dtype), None
        for _ in range(3):
            query, state = pool.lstm(read.unsqueeze(0), state)
            alpha = (z * query[0]).sum(1, keepdim=True).softmax(0)
            read = torch.cat([query[0], (alpha * z).sum(0, keepdim=True)], 1)
    h = (alpha * z).sum(0)
    rows = [torch.autograd.grad(value, x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(row * x).sum(1) for row in rows]).detach()
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0))
    assert relative(found[0][6:], expected) < 1e-6


class Jumps(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = GCNConv(5, 6), GCNConv(6, 6)
        self.jump = JumpingKnowledge("lstm", 6, 2)

    def forward(self, x, edge_index):
        a = self.first(x, edge_index).relu()
        return self.jump([a, self.second(a, edge_index).relu()])


def test_attention_to_layers_is_held_constant():
    torch.manual_seed(0)
    model, graph = siamese(Jumps()), random_graph(3)
    encoder = model.encoder
    x = graph.x.clone().requires_grad_()
    a = encoder.first(x, graph.edge_index).relu()
    layers = torch.stack([a, encoder.second(a, graph.edge_index).relu()], 1)
    alpha = encoder.jump.att(encoder.jump.lstm(layers)[0]).softmax(1).detach()
    h = (alpha * layers).sum(1).mean(0)
    rows = [torch.autograd.grad(value, x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(row * x).sum(1) for row in rows]).detach()
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0))
    torch.testing.assert_close(found.embedding[0], h.detach())
    assert relative(found[0], expected) < 1e-6


def test_scores_of_top_k_pooling_are_held_constant():
    class Pooled(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.pool = GCNConv(5, 6), TopKPooling(6, 0.6)

        def forward(self, x, edge_index, batch):
            x = self.conv(x, edge_index).relu()
            x, *_, batch, perm, score = self.pool(x, edge_index, None, batch)
            self.kept = perm, score
            return global_add_pool(x, batch)

    torch.manual_seed(0)
    model, graph = siamese(Pooled(), pool=None), random_graph(3)
    inputs = model.inputs(graph)
    inputs.x.requires_grad_()
    model.encode(inputs)
    perm, score = (part.detach() for part in model.encoder.kept)
    z = model.encoder.conv(inputs.x, graph.edge_index).relu()
    h = (score.view(-1, 1) * z[perm]).sum(0)
    rows = [torch.autograd.grad(value, inputs.x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(row * inputs.x).sum(1) for row in rows]).detach()
    inputs.x.requires_grad_(False)
    found, _ = lrp_factors(model, inputs, GammaRule(0.0))
    assert relative(found[0], expected) < 1e-6
