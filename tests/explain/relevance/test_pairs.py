from dataclasses import replace

import pytest
import torch
from explain.relevance.direct import direct

from pyg_siamex.explain.relevance import (
    all_pairs,
    pair_relevance,
)
from pyg_siamex.nn import (
    BilinearSimilarity,
    CosineSimilarity,
    DistMultSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
)


@pytest.mark.parametrize(
    "similarity",
    [
        DotSimilarity(),
        CosineSimilarity(),
        EuclideanSimilarity(),
        RBFSimilarity(0.3),
        BilinearSimilarity(8).double(),
    ],
    ids=lambda s: type(s).__name__,
)
@pytest.mark.parametrize("block", [1, 300, 10**7])
def test_all_pairs_come_once_and_equal_single_products(factors, similarity, block):
    seen = {}
    for part in all_pairs(factors, similarity, block_numbers=block):
        for i, j, matrix in part.matrices():
            seen[frozenset((i, j))] = True
            torch.testing.assert_close(matrix, direct(factors, similarity, i, j))
    assert len(seen) == 15
    (single,) = pair_relevance(factors.select([2]), factors.select([5]), similarity)
    torch.testing.assert_close(single, direct(factors, similarity, 2, 5))


def test_pairs_of_two_libraries(factors):
    left, right = factors.select([0, 2, 3]), factors.select([1, 4])
    pairs = {(i, j): m for b in all_pairs(left, DotSimilarity(), right) for i, j, m in b.matrices()}
    assert len(pairs) == 6
    torch.testing.assert_close(pairs[1, 1], factors[2].T @ factors[4])


def test_heads_without_a_product_form_are_refused(factors):
    with pytest.raises(ValueError, match="MLPSimilarity"):
        next(all_pairs(factors, MLPSimilarity(8)))


@pytest.mark.parametrize("number", [0, -1])
def test_blocks_hold_a_number_at_least(factors, number):
    with pytest.raises(ValueError, match="block_numbers must be at least 1"):
        next(all_pairs(factors, DotSimilarity(), block_numbers=number))


@pytest.mark.parametrize(
    "head",
    [
        BilinearSimilarity(9).double(),
        DistMultSimilarity(torch.ones(9)),
        DistMultSimilarity(torch.ones(1)),
    ],
    ids=["bilinear", "distmult", "distmult of one"],
)
@pytest.mark.parametrize(
    "compare",
    [lambda f, head: pair_relevance(f, f, head), lambda f, head: list(all_pairs(f, head))],
    ids=["pairs", "all pairs"],
)
def test_heads_of_another_width_are_refused(factors, head, compare):
    with pytest.raises(ValueError, match=r"product_form of .* and embeddings have 8 numbers"):
        compare(factors, head)


@pytest.mark.parametrize("what", ["width", "type"])
def test_factors_of_two_models_are_refused(factors, what):
    cut = slice(0, 5 if what == "width" else 8)
    kind = torch.double if what == "width" else torch.float
    other = replace(
        factors,
        node=factors.node[cut].to(kind),
        embedding=factors.embedding[:, cut].to(kind),
        edge=None,
        edge_ptr=None,
        parts={},
    )
    with pytest.raises(ValueError, match=r"factors of 8 channels .* compute both with one model"):
        pair_relevance(factors, other, DotSimilarity())
    with pytest.raises(ValueError, match=r"factors of 8 channels .* compute both with one model"):
        list(all_pairs(factors, DotSimilarity(), other))
