from dataclasses import replace

import pytest
import torch
from explain.relevance.jacobian.smooth import SMOOTH, gap
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import GCN, GIN

from pyg_siamex.explain.relevance import Integration, Path, jacobian_factors, quadrature


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_encoders_are_complete_with_32_points(name):
    torch.manual_seed(0)
    model = siamese(SMOOTH[name]())
    graphs = [random_graph(k, n) for k, n in enumerate((6, 3, 9))]
    factors, _, used = jacobian_factors(model, model.inputs(Batch.from_data_list(graphs)))
    assert gap(factors) < (1e-4 if name == "gat" else 1e-6)  # its leaky ReLU has a kink
    assert used == [32, 32, 32]


def test_relu_with_biases_is_complete_to_a_thousandth_with_1000_points():
    torch.manual_seed(0)
    model = siamese(GIN(5, 16, 3, 8))
    inputs = model.inputs(random_graph(1))
    factors, _, _ = jacobian_factors(model, inputs, integration=Integration(1000))
    assert gap(factors) < 1e-3


def test_doubling_ends_at_the_tolerance_graph_by_graph():
    torch.manual_seed(0)
    model = siamese(GIN(5, 16, 2, 8))
    graphs = Batch.from_data_list([random_graph(k, 4 + k) for k in range(4)])
    rule = Integration(4, tolerance=0.02, most=4096)
    factors, by_feature, used = jacobian_factors(
        model, model.inputs(graphs), integration=rule, features=True
    )
    change = (factors.embedding - factors.parts["start"]).norm(dim=1)
    missing = (factors.embedding - factors.parts["start"] - factors.sums()).norm(dim=1)
    assert (missing <= 0.02 * change).all()
    assert len(set(used)) > 1
    torch.testing.assert_close(by_feature.sum(-1), factors.node)


@pytest.mark.parametrize("along", [("messages",), ("weights",), ("features", "messages")])
def test_edges_of_a_refined_graph_are_those_of_the_graph_alone(along):
    """Columns are put back where they belong, with edges of all graphs mixed."""
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 2))
    graphs = [random_graph(k, 4 + k, 6 + 2 * k) for k in range(4)]
    inputs, path = model.inputs(Batch.from_data_list(graphs)), Path(along)
    order = torch.randperm(inputs.edge_index.size(1), generator=torch.manual_seed(1))
    inputs = replace(inputs, edge_index=inputs.edge_index[:, order])
    rule = Integration(2, tolerance=0.02, most=4096)
    factors, by_feature, used = jacobian_factors(model, inputs, path, rule, features=True)
    assert len(set(used)) > 1
    for k, points in enumerate(used):
        one = inputs.select_graphs(torch.tensor([k]))
        alone, own, _ = jacobian_factors(model, one, path, Integration(points), features=True)
        change = (alone.embedding - alone.parts["start"]).norm()
        assert float(change - (alone.sums() + alone.edge.sum(1)).norm()) <= 0.02 * float(change)
        torch.testing.assert_close(factors[k], alone[0])
        torch.testing.assert_close(factors.edges(k), alone.edges(0))
        torch.testing.assert_close(by_feature[:, inputs.batch == k], own)


def test_linear_encoders_equal_the_closed_form():
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 2, act=None), pool="add")
    graph = random_graph(0)
    inputs = model.inputs(graph)
    factors, by_feature, _ = jacobian_factors(
        model, inputs, integration=Integration(1), features=True
    )
    zero = model.encode(inputs.__class__(inputs.x * 0, inputs.edge_index, inputs.batch, 1))
    for i in range(6):
        alone = inputs.x * 0
        alone[i] = inputs.x[i]
        h = model.encode(inputs.__class__(alone, inputs.edge_index, inputs.batch, 1))
        torch.testing.assert_close(factors[0][:, i], (h - zero)[0].detach())
    torch.testing.assert_close(by_feature.sum(-1), factors[0])


def test_factors_equal_finite_differences():
    """The average derivative along the path, by differences of the embedding alone."""
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 2, act="tanh"))
    inputs = model.inputs(random_graph(2))
    points, weights = quadrature(24)
    step, expected = 1e-5, torch.zeros(8, 6, dtype=torch.float64)

    def encode(x):
        with torch.no_grad():
            return model.encode(inputs.__class__(x, inputs.edge_index, inputs.batch, 1))[0]

    for t, w in zip(points, weights, strict=True):
        for i in range(6):
            change = torch.zeros_like(inputs.x)
            change[i] = step * inputs.x[i]
            slope = (encode(t * inputs.x + change) - encode(t * inputs.x - change)) / (2 * step)
            expected[:, i] += w * slope
    found, _, _ = jacobian_factors(model, inputs, integration=Integration(24))
    torch.testing.assert_close(found[0], expected, rtol=1e-6, atol=1e-8)


def test_constant_encoders_have_zero_factors():
    class Constant(nn.Module):
        def forward(self, x, edge_index):
            return torch.ones(len(x), 3, dtype=x.dtype)

    model = siamese(Constant())
    factors, _, _ = jacobian_factors(model, model.inputs(random_graph(0)))
    assert not factors.node.any()
