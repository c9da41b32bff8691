import pytest
import torch

from pyg_siamex.nn import CosineSimilarity, DotSimilarity, EuclideanSimilarity, RBFSimilarity

HEADS = [CosineSimilarity(), DotSimilarity(), EuclideanSimilarity(), RBFSimilarity(0.1)]


def drawn(seed, rows):
    generator = torch.Generator().manual_seed(seed)
    points = torch.randn(rows, 4, generator=generator, dtype=torch.double)
    return points * torch.rand(rows, 1, generator=generator, dtype=torch.double)


@pytest.mark.parametrize("head", HEADS, ids=lambda head: type(head).__name__)
def test_the_nearest_point_is_the_entry_of_largest_similarity(head):
    entries, queries, metric = drawn(0, 40), drawn(1, 7), head.order_metric()
    distances = torch.cdist(metric.queries(queries), metric.entries(entries))
    similarities = head(queries[:, None], entries[None])
    assert torch.equal(distances.argsort(1), similarities.argsort(1, descending=True))


@pytest.mark.parametrize("head", HEADS, ids=lambda head: type(head).__name__)
def test_the_distance_of_metric_losses_orders_pairs_as_the_head_does(head):
    a, b = drawn(0, 9), drawn(1, 9)
    distance = head.order_metric().distance()
    table = distance(a, b)
    order = table.flatten().argsort(descending=distance.is_inverted)
    similarities = head(a[:, None], b[None]).flatten()
    assert torch.equal(order, similarities.argsort(descending=True))
