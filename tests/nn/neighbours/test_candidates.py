"""An index of Euclidean distances of any library."""

import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from pyg_siamex.nn import CosineSimilarity, DotSimilarity, EuclideanSimilarity
from pyg_siamex.nn.neighbours import NeighbourIndex
from pyg_siamex.nn.neighbours.candidates import Euclidean


def test_the_nearest_points_come_first():
    entries, query = torch.randn(40, 3), torch.randn(3)
    source = Euclidean(DotSimilarity().order_metric(), entries, NearestNeighbors())
    found, close = source.nearest(query, 7)
    assert found.tolist() == (entries @ query).topk(7).indices.tolist()
    assert (close.diff() <= 0).all() and source.exact
    assert source.rounding(query, close).tolist() == [0] * 7


@pytest.mark.parametrize("metric", ["manhattan", "cosine", "chebyshev"])
def test_an_index_of_another_distance_is_refused(metric):
    entries = torch.randn(80, 5, generator=torch.Generator().manual_seed(0))
    index = NeighbourIndex(EuclideanSimilarity(), entries, NearestNeighbors(metric=metric))
    with pytest.raises(ValueError, match="order entries by their Euclidean distance"):
        index.nearest(entries[0], 3)


def test_an_index_that_has_the_same_order_is_taken():
    entries = torch.randn(80, 5, generator=torch.Generator().manual_seed(0))
    index = NeighbourIndex(CosineSimilarity(), entries, NearestNeighbors(metric="cosine"))
    exact = NeighbourIndex(CosineSimilarity(), entries, NearestNeighbors())
    assert index.nearest(entries[0], 5).position == exact.nearest(entries[0], 5).position


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (([[0.0]], [[99]]), "found entry 99"),
        (([[0.0, 1.0]], [[0]]), "must return distances and positions"),
        (([[0.0]], [[0]], [[0]]), "must return distances and positions"),
    ],
)
def test_what_an_index_finds_are_entries(found, message):
    class Own:
        def fit(self, points):
            return self

        def kneighbors(self, points, count):
            return found

    index = NeighbourIndex(EuclideanSimilarity(), torch.eye(4), Own())
    with pytest.raises(ValueError, match=message):
        index.nearest(torch.ones(4), 1)
