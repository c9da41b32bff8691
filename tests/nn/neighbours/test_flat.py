"""FAISS's exact index."""

import pytest
import torch

from pyg_siamex.nn import CosineSimilarity, DotSimilarity, EuclideanSimilarity
from pyg_siamex.nn.neighbours.flat import Flat, faiss_there

pytest.importorskip("faiss")


@pytest.mark.parametrize("head", [CosineSimilarity(), DotSimilarity(), EuclideanSimilarity()])
@pytest.mark.parametrize("scale", [1e-3, 1, 1e4])
def test_closeness_is_right_within_its_rounding(head, scale):
    entries = scale * torch.randn(500, 16).double() * torch.rand(500, 1)
    query = scale * torch.randn(16).double()
    flat, metric = Flat(head.order_metric(), entries), head.order_metric()
    found, close = flat.nearest(query, 500)
    a, b = metric.vectors(query[None]), metric.vectors(entries[found])
    exact = (a * b).sum(1) if metric.by_product else -(a - b).square().sum(1)
    assert ((close - exact).abs() <= flat.rounding(query, close)).all()
    assert sorted(found.tolist()) == list(range(500)) and (close.diff() <= 0).all()
    assert flat.exact and faiss_there()
