import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.nn import (
    GCN,
    GIN,
)

from pyg_siamex.explain.relevance import GammaRule, layers_of, lrp_factors


def test_schedule_by_map_by_layer_and_spread():
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 3, jk="cat"))
    layers = layers_of(model, model.inputs(random_graph(0)))
    assert len(layers) == 7 and len(set(layers)) == 4
    assert GammaRule((0.5, 0.25, 0.1, 0.0)).schedule(layers) == [0.5] * 2 + [0.25] * 2 + [
        0.1
    ] * 2 + [0.0]
    assert GammaRule((0.3, 0.1)).schedule(layers) == [0.3] * 4 + [0.1] * 3
    assert GammaRule(tuple(range(7))).schedule(layers) == list(range(7))
    with pytest.raises(ValueError, match=r"5 values.*4 layers.*7 linear maps"):
        GammaRule((0.1,) * 5).schedule(layers)


def test_constant_schedule_equals_one_gamma():
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 3))
    inputs = model.inputs(random_graph(0))
    one, _ = lrp_factors(model, inputs, GammaRule(0.25))
    many, _ = lrp_factors(model, inputs, GammaRule((0.25, 0.25, 0.25)))
    torch.testing.assert_close(one.node, many.node)
