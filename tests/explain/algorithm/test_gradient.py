"""Gradients against differences and against autograd on the features."""

import pytest
import torch
from explain.algorithm.by_pygs_hooks import similarity_with_mask
from graphs import ENCODERS, random_graph
from torch_geometric.data import Data

from pyg_siamex import InputXGradient, PairExplainer, Saliency, SiameseGNN

D = torch.double


def test_input_x_gradient_is_the_derivative_of_the_mask():
    model = SiameseGNN(ENCODERS["GAT"]().double(), "mean").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    mask = PairExplainer(model, InputXGradient(), edge_mask_type="object")(query, reference)
    step = 1e-6
    for edge in range(query.num_edges):
        up, down = (torch.ones(query.num_edges, dtype=D) for _ in range(2))
        up[edge] += step
        down[edge] -= step
        slope = (
            similarity_with_mask(model, query, reference, up)
            - similarity_with_mask(model, query, reference, down)
        ) / (2 * step)
        assert mask.query.edge_mask[edge].item() == pytest.approx(slope, abs=1e-6)


def test_feature_gradients_equal_autograd_on_the_features():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    x = query.x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(
        model(Data(x=x, edge_index=query.edge_index), reference).sum(), x
    )
    expected = {"attributes": gradient, "object": gradient, "common_attributes": gradient}
    reduce = {
        "attributes": lambda g: g,
        "object": lambda g: g.sum(1, keepdim=True),
        "common_attributes": lambda g: g.sum(0, keepdim=True),
    }
    for kind, g in expected.items():
        saliency = PairExplainer(model, Saliency(), node_mask_type=kind)(query, reference)
        product = PairExplainer(model, InputXGradient(), node_mask_type=kind)(query, reference)
        assert torch.allclose(saliency.query.node_mask, reduce[kind](g.abs()), atol=1e-10)
        assert torch.allclose(product.query.node_mask, reduce[kind](g * query.x), atol=1e-10)
