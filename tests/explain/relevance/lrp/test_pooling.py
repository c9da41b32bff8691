"""Pooling is one linear map with the stabiliser, wherever and however it is written."""

import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import (
    GCNConv,
    MeanAggregation,
    SumAggregation,
    global_add_pool,
    global_mean_pool,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors

WAYS = {
    "mean": {
        "function": global_mean_pool,
        "module": MeanAggregation(),
        "sum over counts": lambda x, batch: (
            global_add_pool(x, batch) / batch.bincount().unsqueeze(1)
        ),
        "sum times shares": lambda x, batch: (
            (1 / batch.bincount().unsqueeze(1).to(x)) * global_add_pool(x, batch)
        ),
        "method": lambda x, batch: x.mean(0, keepdim=True),
        "list of one": lambda x, batch: x.mean((-2,), keepdim=True),
        "indexed": lambda x, batch: (
            x.new_zeros(int(batch.max()) + 1, x.size(1)).index_add(0, batch, x)
            / batch.bincount().unsqueeze(1)
        ),
    },
    "add": {
        "function": global_add_pool,
        "module": SumAggregation(),
        "method": lambda x, batch: x.sum(dim=0).unsqueeze(0),
        "list of one": lambda x, batch: x.sum(dim=[0]).unsqueeze(0),
    },
}


def signed(value, epsilon=1e-3):
    """The stabiliser, with the sign of the value."""
    return torch.where(value < 0, -epsilon, epsilon)


class Inside(nn.Module):
    """An encoder that pools inside."""

    def __init__(self, pool):
        super().__init__()
        self.conv, self.pool = GCNConv(5, 4), pool

    def forward(self, x, edge_index, batch):
        return self.pool(self.conv(x, edge_index), batch)


class Outside(nn.Module):
    """The same encoder, whose model pools."""

    def __init__(self):
        super().__init__()
        self.conv = GCNConv(5, 4)

    def forward(self, x, edge_index):
        return self.conv(x, edge_index)


def by_hand(model, graph, pool, epsilon):
    """Factor ``[D, n]`` by the epsilon rule, layer by layer, at gamma 0."""
    conv = model.encoder.conv
    n = graph.num_nodes
    matrix = propagation_matrix(conv, graph)
    a = matrix @ graph.x
    z = a @ conv.lin.weight.T + conv.bias
    weight = torch.full((n,), 1.0 if pool == "add" else 1 / n, dtype=torch.double)
    h = weight @ z
    rows = []
    for k in range(z.size(1)):
        top = weight * z[:, k] * h[k] / (h[k] + signed(h[k], epsilon))
        share = top / (z[:, k] + signed(z[:, k], epsilon))
        back = share.unsqueeze(1) * (a * conv.lin.weight[k])  # [n, I] of what was collected
        ratio = torch.where(a == 0, torch.zeros_like(a), back / a)
        rows.append((graph.x * (matrix.T @ ratio)).sum(1))
    return torch.stack(rows)


def propagation_matrix(conv, graph):
    """What a GCN collects of each node, column by column."""
    probe = GCNConv(1, 1, bias=False).double()
    probe.lin.weight.data.fill_(1.0)
    unit = torch.eye(graph.num_nodes, dtype=torch.double)
    columns = [probe(column.unsqueeze(1), graph.edge_index) for column in unit]
    return torch.cat(columns, dim=1).detach()


@pytest.mark.parametrize("epsilon", [1e-9, 0.1])
@pytest.mark.parametrize("pool", WAYS)
def test_every_way_is_the_epsilon_rule(pool, epsilon):
    graph, rule = random_graph(3), GammaRule(0.0, epsilon)
    outside = siamese(Outside(), pool)
    expected = by_hand(outside, graph, pool, epsilon)
    found = [lrp_factors(outside, outside.inputs(graph), rule)[0]]
    for way in WAYS[pool].values():
        inside = siamese(Inside(way), None)
        inside.encoder.conv.load_state_dict(outside.encoder.conv.state_dict())
        found.append(lrp_factors(inside, inside.inputs(graph), rule)[0])
    for factors in found:
        torch.testing.assert_close(factors[0], expected)
        total = factors.sums() + sum(factors.parts.values())
        torch.testing.assert_close(total, factors.embedding)


@pytest.mark.parametrize("pool", WAYS)
def test_graphs_in_a_batch_get_what_they_get_alone(pool):
    graphs = [random_graph(k, n) for k, n in enumerate((4, 1, 6))]
    for way in (way for name, way in WAYS[pool].items() if name != "method"):  # sums over all
        model, rule = siamese(Inside(way), None), GammaRule(0.25, 0.1)
        batch = lrp_factors(model, model.inputs(Batch.from_data_list(graphs)), rule)[0]
        for k, graph in enumerate(graphs):
            alone = lrp_factors(model, model.inputs(graph), rule)[0][0]
            torch.testing.assert_close(batch[k], alone)


def test_neighbours_summed_by_hand_split_in_proportion():
    class Neighbours(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(5, 4, bias=False)

        def forward(self, x, edge_index):
            row, col = edge_index
            return self.lin(torch.zeros_like(x).index_add(0, col, x[row]))

    graph = random_graph(3)
    model = siamese(Neighbours(), "add")
    exact, stabilised = (
        lrp_factors(model, model.inputs(graph), GammaRule(0.0, epsilon))[0].parts["epsilon"]
        for epsilon in (0.0, 1e-3)
    )
    row, col = graph.edge_index
    collected = torch.zeros_like(graph.x).index_add(0, col, graph.x[row])
    z = collected @ model.encoder.lin.weight.T
    h = z.sum(0)
    pooled = h * signed(h) / (h + signed(h))
    mapped = (z * signed(z) / (z + signed(z)) * (h / (h + signed(h)))).sum(0)
    torch.testing.assert_close(stabilised[0], pooled + mapped)
    assert not exact.any()
