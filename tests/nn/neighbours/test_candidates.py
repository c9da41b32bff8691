"""An index of Euclidean distances of any library."""

import torch
from sklearn.neighbors import NearestNeighbors

from pyg_siamex.nn import DotSimilarity
from pyg_siamex.nn.neighbours.candidates import Euclidean


def test_the_nearest_points_come_first():
    entries, query = torch.randn(40, 3), torch.randn(3)
    source = Euclidean(DotSimilarity().order_metric(), entries, NearestNeighbors())
    found, close = source.nearest(query, 7)
    assert found.tolist() == (entries @ query).topk(7).indices.tolist()
    assert (close.diff() <= 0).all() and source.exact
    assert source.rounding(query, close).tolist() == [0] * 7
