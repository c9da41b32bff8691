"""Pairs of neighbours are pairs of all pairs, the most similar of each graph."""

import pytest
import torch
from explain.relevance.direct import direct

from pyg_siamex.explain.relevance import all_pairs, nearest_pairs
from pyg_siamex.nn import CosineSimilarity, DotSimilarity, MLPSimilarity


@pytest.mark.parametrize("head", [DotSimilarity(), CosineSimilarity()])
def test_each_graph_has_its_most_similar_others(factors, head):
    every = {}
    for block in all_pairs(factors, head):
        for query, reference, matrix in block.matrices():
            every[query, reference], every[reference, query] = matrix, matrix.T
    blocks = list(nearest_pairs(factors, head, k=3))
    assert [int(block.query) for block in blocks] == list(range(len(factors)))
    for query, block in enumerate(blocks):
        scores = head(factors.embedding[query], factors.embedding)
        scores[query] = -torch.inf
        assert block.reference.tolist() == scores.argsort(descending=True)[:3].tolist()
        for _, reference, matrix in block.matrices():
            torch.testing.assert_close(matrix, every[query, reference])
            torch.testing.assert_close(matrix, direct(factors, head, query, reference))


def test_what_has_no_neighbours_is_refused(factors):
    with pytest.raises(ValueError, match=r"k must be from 1 to 5"):
        next(nearest_pairs(factors, DotSimilarity(), k=6))
    with pytest.raises(ValueError, match="no pair matrix that is a product of two factors"):
        next(nearest_pairs(factors, MLPSimilarity(8)))
