import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import relative
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import (
    GAT,
    GCN,
    GIN,
    ARMAConv,
    GraphSAGE,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors

TWO_LAYERS = {
    "gcn": (lambda bias: GCN(5, 6, 2, 4, bias=bias), dense.gcn_layers),
    "gin": (lambda bias: GIN(5, 6, 2, 4), dense.gin_layers),
    "sage": (lambda bias: GraphSAGE(5, 6, 2, 4, bias=bias), dense.sage_layers),
    "gat": (lambda bias: GAT(5, 6, 2, 4, heads=2, bias=bias), dense.gat_layers),
    "gat_mean": (lambda bias: GAT(5, 6, 2, 4, heads=2, concat=False, bias=bias), dense.gat_layers),
}


@pytest.mark.parametrize("kind", ["generalised", "source"])
@pytest.mark.parametrize("gamma", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", TWO_LAYERS)
def test_two_layer_encoders_equal_dense_matrices(name, bias, gamma, kind):
    make, layers_of_encoder = TWO_LAYERS[name]
    torch.manual_seed(1)
    model = siamese(make(bias), bias=bias)
    for seed in range(3):
        graph = random_graph(seed)
        args = (graph.edge_index, graph.num_nodes)
        args = (graph.x, *args) if name.startswith("gat") else args
        with torch.no_grad():
            layers = layers_of_encoder(model.encoder, *args)
            pool = torch.full((graph.num_nodes,), 1 / graph.num_nodes, dtype=torch.float64)
            expected, h = dense.dense_factor(graph.x, layers, pool, gamma, 1e-12, kind)
        found, _ = lrp_factors(model, model.inputs(graph), GammaRule(gamma, 1e-12, kind))
        assert relative(found.embedding[0], h) < 1e-12
        assert relative(found[0], expected) < 1e-8


@pytest.mark.parametrize("kind", ["generalised", "source"])
def test_aggregation_then_linear_is_the_composed_step(kind):
    """On non-negative inputs both rules equal one step on the whole dense map."""
    graph = random_graph(3, signed=kind == "source")
    torch.manual_seed(0)
    model = siamese(GCN(5, 4, 1))
    conv = model.encoder.convs[0]
    with torch.no_grad():
        (layer,) = dense.gcn_layers(model.encoder, graph.edge_index, graph.num_nodes)
        out = model.encoder(graph.x, graph.edge_index)
        h = out.mean(0)
        expected = []
        for k in range(4):
            R = torch.zeros_like(out)
            R[:, k] = out[:, k] / graph.num_nodes
            args = (graph.x, layer.mixing[0], conv.lin.weight, conv.bias, R, 0.25, kind)
            expected.append(dense.composed_step(*args).sum(1))
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.25, 1e-12, kind))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], torch.stack(expected)) < 1e-8


class Stacks(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = ARMAConv(5, 4, num_stacks=3, num_layers=1)

    def forward(self, x, edge_index):
        return self.conv(x, edge_index)


@pytest.mark.parametrize("kind", ["generalised", "source"])
@pytest.mark.parametrize("gamma", [0.0, 0.25, 1.0])
def test_stacks_of_arma_equal_dense_matrices(gamma, kind):
    """Each stack is a layer of its own, and the output their mean."""
    torch.manual_seed(1)
    model, graph = siamese(Stacks()), random_graph(2)
    conv, n = model.encoder.conv, graph.num_nodes
    nn.init.normal_(conv.bias)
    eye = torch.eye(n, dtype=torch.float64)
    M = dense.normalised(dense.adjacency(graph.edge_index, n))
    pool = torch.full((n,), 1 / (3 * n), dtype=torch.float64)
    expected, h = 0, 0
    with torch.no_grad():
        for k in range(3):
            weight = torch.cat([conv.init_weight[k], conv.root_weight[0, k]], 0).T
            layer = dense.Layer([M, eye], weight, conv.bias[0, k, 0], True)
            own = dense.dense_factor(graph.x, [layer], pool, gamma, 1e-12, kind)
            expected, h = expected + own[0], h + own[1]
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(gamma, 1e-12, kind))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], expected) < 1e-8
