import pytest
import torch
from explain.relevance.jacobian.smooth import SMOOTH, gap
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import GAT, GCN, GIN, GraphSAGE

from pyg_siamex import IntegratedJacobians, PairExplainer
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance import Integration, jacobian_factors
from pyg_siamex.explain.relevance import Path as InputPath
from pyg_siamex.explain.relevance.jacobian.kinks import has_kinks, points_between_kinks

PIECEWISE = {
    "gcn": (lambda: GCN(5, 8, 3), "mean"),
    "gin": (lambda: GIN(5, 8, 3, act="leaky_relu"), "add"),
    "prelu": (lambda: GCN(5, 8, 2, act=nn.PReLU()), "add"),
    "in place": (lambda: GCN(5, 8, 2, act=nn.ReLU(inplace=True)), "mean"),
    "batch norm": (lambda: GCN(5, 8, 2, norm="batch_norm"), "mean"),
    "max pool": (lambda: GIN(5, 8, 2), "max"),
    "max aggregation": (lambda: GraphSAGE(5, 8, 2, aggr="max"), "max"),
    "max of layers": (lambda: GIN(5, 8, 3, jk="max"), "mean"),
}
GRAPHS = [random_graph(0), random_graph(1, 1, 0), random_graph(2, 4, 7), random_graph(3, 3, 0)]


def inputs_of(model, graphs=GRAPHS):
    return model.inputs(Batch.from_data_list(graphs))


class OneLayer(nn.Module):
    """Known weights, so that the kinks are known."""

    def forward(self, x, edge_index):
        weight = torch.tensor([[1.0, 2.0, -1.0], [0.0, 1.0, 1.0]], dtype=x.dtype)
        return (x @ weight + torch.tensor([-0.5, -0.5, 0.25], dtype=x.dtype)).relu()


def test_kinks_of_one_layer_are_the_roots_of_its_lines():
    model = siamese(OneLayer())
    graph = random_graph(0, 1, 0, features=2)
    graph.x = torch.tensor([[1.0, 0.5]], dtype=torch.double)  # x W = (1, 2.5, -.5)
    with untouched(model):
        found = points_between_kinks(model, model.inputs(graph), InputPath(), 10)
    ends = torch.tensor([0.0, 0.2, 0.5, 1.0], dtype=torch.double)  # the third root is at .5 too
    torch.testing.assert_close(found.times, (ends[1:] + ends[:-1]) / 2)
    torch.testing.assert_close(found.weights, ends.diff())


@pytest.mark.parametrize("start", ["zero", "own"])
@pytest.mark.parametrize("name", PIECEWISE)
def test_piecewise_linear_encoders_are_complete_to_rounding(name, start):
    torch.manual_seed(0)
    make, pool = PIECEWISE[name]
    model = siamese(make(), pool)
    rule = Integration(kind="kinks", most=4096)
    factors, by_feature, used = jacobian_factors(
        model, inputs_of(model), InputPath(start=start), rule, features=True
    )
    assert gap(factors) < 1e-11
    torch.testing.assert_close(by_feature.sum(-1), factors.node)
    coarse, _, _ = jacobian_factors(model, inputs_of(model), InputPath(start=start))
    assert gap(coarse) > 1e-5 and len(set(used)) > 1


def test_many_points_come_near_what_kinks_give():
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 2), "max")
    inputs = inputs_of(model, GRAPHS[:1])
    exact, _, _ = jacobian_factors(model, inputs, integration=Integration(kind="kinks"))
    many, _, _ = jacobian_factors(model, inputs, integration=Integration(10_000, "midpoint"))
    torch.testing.assert_close(exact.node, many.node, rtol=0, atol=1e-4 * float(many.node.max()))


def test_single_precision_is_complete_to_a_millionth():
    torch.manual_seed(0)
    model = siamese(GraphSAGE(5, 16, 3, aggr="max"), "max").float()
    graphs = [graph.clone() for graph in GRAPHS]
    for graph in graphs:
        graph.x = graph.x.float()
    rule = Integration(kind="kinks", most=4096)
    factors, _, _ = jacobian_factors(model, inputs_of(model, graphs), integration=rule)
    assert gap(factors) < 3e-6


@pytest.mark.parametrize("name", [*SMOOTH, "kinked gat"])
def test_other_encoders_get_the_usual_points(name):
    torch.manual_seed(0)
    model = siamese(SMOOTH[name]() if name in SMOOTH else GAT(5, 8, 2))
    inputs = inputs_of(model, [GRAPHS[0], GRAPHS[2]])
    found, _, used = jacobian_factors(model, inputs, integration=Integration(20, "kinks"))
    usual, _, _ = jacobian_factors(model, inputs, integration=Integration(20))
    assert set(used) == {20}
    torch.testing.assert_close(found.node, usual.node)


def test_graphs_with_too_many_pieces_get_the_usual_points():
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 3))
    _, _, whole = jacobian_factors(model, inputs_of(model), integration=Integration(kind="kinks"))
    most = sorted(whole)[1]
    rule = Integration(7, "kinks", most=most)
    _, _, used = jacobian_factors(model, inputs_of(model), integration=rule)
    assert used == [pieces if pieces <= most else 7 for pieces in whole] and 7 in used


@pytest.mark.parametrize("most", [9, 4096])
def test_masks_are_sums_of_exact_matrices(most):
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 3), "max")
    algorithm = IntegratedJacobians(quadrature="kinks", most_steps=most)
    explainer = PairExplainer(model, algorithm, node_mask_type="object")
    together = explainer(Batch.from_data_list(GRAPHS), Batch.from_data_list(GRAPHS[::-1]))
    for found, q, r in zip(together, GRAPHS, GRAPHS[::-1], strict=True):
        torch.testing.assert_close(found.query.node_mask[:, 0], found.relevance.sum(1))
        torch.testing.assert_close(found.reference.node_mask[:, 0], found.relevance.sum(0))
        alone = explainer(q, r)
        torch.testing.assert_close(found.relevance, alone.relevance)
        assert found.info["steps_query"] == alone.info["steps_query"]
        if most == 4096:
            assert found.completeness_error < 1e-10


def test_kinks_are_of_paths_of_features():
    for arguments in ({"path": "both"}, {"tolerance": 0.1}):
        with pytest.raises(ValueError, match="kinks"):
            IntegratedJacobians(quadrature="kinks", **arguments)


def test_encoders_with_kinks_are_known():
    kinked = [GCN(5, 8, 2), GCN(5, 8, 2, act="leaky_relu"), GCN(5, 8, 2, act="tanh", jk="max")]
    for encoder, expected in [*((e, True) for e in kinked), (GCN(5, 8, 2, act="gelu"), False)]:
        model = siamese(encoder)
        assert has_kinks(model, inputs_of(model, GRAPHS[:1]), InputPath()) is expected
    model = siamese(GCN(5, 8, 2, act="gelu"), "max")
    assert has_kinks(model, inputs_of(model, GRAPHS[:1]), InputPath())
