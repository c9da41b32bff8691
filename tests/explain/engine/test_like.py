"""The device and the type of masks."""

import pytest
import torch
from graphs import random_graph
from torch_geometric.nn import GCN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.like import mask_like


@pytest.mark.parametrize(
    ("features", "masks"),
    [
        (torch.float32, torch.float32),
        (torch.float64, torch.float64),
        (torch.float16, torch.float32),
        (torch.bfloat16, torch.float32),
    ],
)
def test_half_precision_becomes_single(features, masks):
    model, graph = SiameseGNN(GCN(5, 4, 1)), random_graph(4, 0)
    graph.x = graph.x.to(features)
    assert mask_like(model, model.inputs(graph)).dtype == masks


def test_integer_features_take_the_type_of_the_model():
    graph = random_graph(4, 0)
    graph.x = torch.tensor([0, 1, 0, 2])
    for dtype in (torch.float32, torch.float64):
        model = SiameseGNN(GCN(5, 4, 1).to(dtype))
        assert mask_like(model, model.inputs(graph)).dtype == dtype
