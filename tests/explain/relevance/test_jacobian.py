import numpy as np
import pytest
import torch
from explain.relevance.models import Residual, random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import GAT, GCN, GIN, GCNConv, GraphSAGE

from pyg_siamex.explain.relevance import Integration, jacobian_factors, mean_features, quadrature
from pyg_siamex.explain.relevance import Path as InputPath

SMOOTH = {
    "gcn": lambda: GCN(5, 8, 3, act="tanh"),
    "gin": lambda: GIN(5, 8, 3, act="gelu"),
    "sage": lambda: GraphSAGE(5, 8, 3, act="silu"),
    "gat": lambda: GAT(5, 8, 2, heads=2, act="elu"),
    "batch_norm": lambda: GCN(5, 8, 3, act="gelu", norm="batch_norm", jk="cat"),
    "residual": lambda: Residual(lambda w: GCNConv(w, w), activation=torch.sigmoid),
}


def gap(factors):
    total = factors.sums()
    if factors.edge is not None:
        total = total + torch.stack([factors.edges(k).sum(1) for k in range(len(factors))])
    change = factors.embedding - factors.parts["start"]
    return float((total - change).abs().max() / change.abs().max())


@pytest.mark.parametrize("kind", ["gauss-legendre", "midpoint", "trapezoid"])
def test_quadrature_integrates_and_never_touches_the_start(kind):
    points, weights = quadrature(64, kind)
    assert points.min() > 0 and points.max() <= 1
    assert abs(float(weights.sum()) - 1) < 1e-12
    assert abs(float((weights * points.exp()).sum()) - (torch.e - 1)) < 1e-3


@pytest.mark.parametrize("steps", [1, 2, 3, 8, 33, 100])
def test_gauss_legendre_points_are_numpys(steps):
    points, weights = quadrature(steps)
    roots, masses = np.polynomial.legendre.leggauss(steps)
    assert np.allclose(points, (roots + 1) / 2, atol=1e-14)
    assert np.allclose(weights, masses / 2, atol=1e-14)


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


@pytest.mark.parametrize(
    "along", [("features",), ("messages",), ("weights",), ("features", "messages")]
)
@pytest.mark.parametrize("start", ["zero", "own", "mean", "nodes", "function"])
def test_every_path_is_complete(along, start):
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 2, act="tanh"))
    graphs = [random_graph(k, n, e) for k, (n, e) in enumerate(((6, 10), (3, 0), (4, 9)))]
    inputs = model.inputs(Batch.from_data_list(graphs))
    starts = {
        "zero": "zero",
        "own": "own",
        "mean": mean_features(graphs),
        "nodes": torch.randn_like(inputs.x),
        "function": lambda inputs: inputs.x / 2,
    }
    path = InputPath(along, starts[start])
    factors, _, _ = jacobian_factors(model, inputs, path, Integration(48))
    assert gap(factors) < 1e-6
    assert (factors.edge is None) == (along == ("features",))


@pytest.mark.parametrize("name", ["gin", "gat", "sage"])
def test_message_paths_work_without_edge_weights(name):
    torch.manual_seed(0)
    model = siamese(SMOOTH[name]())
    graph = random_graph(3)
    factors, _, _ = jacobian_factors(
        model, model.inputs(graph), InputPath(("features", "messages")), Integration(40)
    )
    assert gap(factors) < (1e-4 if name == "gat" else 1e-6)
    loops = graph.edge_index[0] == graph.edge_index[1]
    assert float(factors.edges(0)[:, loops].abs().sum()) == 0


def test_vectorised_and_looped_passes_agree(monkeypatch):
    torch.manual_seed(0)
    model = siamese(GAT(5, 8, 2, heads=2))
    inputs = model.inputs(random_graph(1))
    fast, _, _ = jacobian_factors(model, inputs)
    monkeypatch.setattr("pyg_siamex.explain.relevance.backward.SMALL", 0)
    slow, _, _ = jacobian_factors(model, inputs)
    torch.testing.assert_close(fast.node, slow.node, rtol=1e-12, atol=1e-14)


def test_constant_encoders_have_zero_factors():
    class Constant(nn.Module):
        def forward(self, x, edge_index):
            return torch.ones(len(x), 3, dtype=x.dtype)

    model = siamese(Constant())
    factors, _, _ = jacobian_factors(model, model.inputs(random_graph(0)))
    assert not factors.node.any()


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="quadrature"):
        quadrature(3, "simpson")
    with pytest.raises(ValueError, match="steps"):
        Integration(0)
    with pytest.raises(ValueError, match="tolerance"):
        Integration(3, tolerance=-1)
    with pytest.raises(ValueError, match="'messages' and 'weights'"):
        InputPath(("messages", "weights"))
    with pytest.raises(ValueError, match="start"):
        InputPath(start="one")
    model = siamese(GCN(5, 8, 2))
    with pytest.raises(ValueError, match="shape"):
        jacobian_factors(model, model.inputs(random_graph(0)), InputPath(start=torch.ones(4)))
