import torch
from explain.relevance.direct import direct

from pyg_siamex.explain.relevance import (
    all_pairs,
    top_pairs,
)
from pyg_siamex.nn import (
    DotSimilarity,
)


def test_top_pairs_are_the_strongest(factors):
    best = top_pairs(all_pairs(factors, DotSimilarity(), block_numbers=200), k=12)
    assert best.graphs.shape == (15, 2) and best.nodes.shape == (15, 12, 2)
    for graphs, nodes, values, total in zip(
        best.graphs, best.nodes, best.relevance, best.total, strict=True
    ):
        matrix = direct(factors, DotSimilarity(), int(graphs[0]), int(graphs[1]))
        k = min(12, matrix.numel())
        strongest = matrix.flatten().abs().topk(k).values
        torch.testing.assert_close(values.abs()[:k], strongest)
        torch.testing.assert_close(matrix[nodes[:k, 0].long(), nodes[:k, 1].long()], values[:k])
        assert not values[k:].any()
        torch.testing.assert_close(total, matrix.sum())
