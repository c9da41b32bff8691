import pytest
import torch
from explain.relevance.jacobian.smooth import gap
from explain.relevance.models import random_graph, siamese
from torch_geometric.data import Batch
from torch_geometric.nn import GIN

from pyg_siamex import IntegratedJacobians, PairExplainer
from pyg_siamex.explain.relevance import Integration, jacobian_factors

GRAPHS = [random_graph(k, 4 + k) for k in range(4)]


def steep(act, factor):
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 3, act=act))
    with torch.no_grad():
        for name, parameter in model.encoder.named_parameters():
            if "weight" in name:
                parameter.mul_(factor)
    return model


def used(model, **kwargs):
    inputs = model.inputs(Batch.from_data_list(GRAPHS))
    factors, _, points = jacobian_factors(model, inputs, integration=Integration(**kwargs))
    return gap(factors), set(points)


def test_smooth_encoders_with_large_weights_get_more_points_by_default():
    model = steep("tanh", 3.0)
    few, many = used(model), used(model, steps=None)
    assert few[0] > 1e-3 and few[1] == {32}
    assert many[0] < 1e-6 and min(many[1]) > 32


def test_small_weights_need_no_more():
    assert used(steep("gelu", 1.0), steps=None)[1] == {32}


def test_points_do_not_grow_for_kinks_or_past_the_largest_number():
    assert used(steep("relu", 3.0), steps=None)[1] == {32}
    assert used(steep("tanh", 3.0), steps=None, most=64)[1] == {64}
    assert used(steep("tanh", 3.0), steps=40)[1] == {40}


@pytest.mark.parametrize("act", ["tanh", "relu"])
def test_the_explainer_takes_them(act):
    model = steep(act, 3.0)
    explainer = PairExplainer(model, IntegratedJacobians(), node_mask_type="object")
    found = explainer(GRAPHS[0], GRAPHS[1])
    assert (found.info["steps_query"] > 32) == (act == "tanh")
    assert (found.completeness_error < 1e-6) == (act == "tanh")
    torch.testing.assert_close(found.query.node_mask[:, 0], found.relevance.sum(1))
    several = explainer(Batch.from_data_list(GRAPHS), Batch.from_data_list(GRAPHS[::-1]))
    for each in several:
        torch.testing.assert_close(each.reference.node_mask[:, 0], each.relevance.sum(0))
