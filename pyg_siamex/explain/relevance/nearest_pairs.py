"""Pair matrices of each graph with the graphs that are most similar to it."""

from collections.abc import Iterator
from typing import Any

import torch

from pyg_siamex._door import checked
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.explain.relevance.forms import factor_form
from pyg_siamex.explain.relevance.pairs import Block, padded, products, scaled
from pyg_siamex.nn.neighbours.neighbour_index import NeighbourIndex
from pyg_siamex.nn.similarity import Similarity


@checked
def nearest_pairs(
    factors: Factors, similarity: Similarity, k: int = 20, estimator: Any | None = None
) -> Iterator[Block]:
    """Pair matrices of each graph with the ``k`` others that are most similar to it.

    All pairs are compared, and matrices are computed of those that are kept.

    Args:
        factors: N graphs.
        similarity: The head.
        k: Neighbours of each graph, from 1 to N - 1.
        estimator: Where neighbours are looked up; see
            :class:`~pyg_siamex.nn.neighbours.NeighbourIndex`.

    Yields:
        For each graph in turn a block of one query and ``k`` references, the most similar first.

    Raises:
        ValueError: If the head has no product form, or there are fewer than ``k`` other graphs.

    Example:
        >>> factors = BiLRP().factors(model, graphs)
        >>> next(nearest_pairs(factors, model.similarity, k=3)).relevance.shape[:2]
        torch.Size([1, 3])
    """
    form = factor_form(similarity, factors.embedding, factors.embedding.flip(0))
    left, right = scaled(factors, form), form.apply(scaled(factors, form))
    index = NeighbourIndex(similarity, factors.embedding, estimator)
    for query in range(len(factors)):
        found = index.nearest(factors.embedding[query], k, exclude=[query])
        rows, columns = torch.tensor([query]), torch.tensor(found.position)
        yield Block(
            rows,
            columns,
            products(padded(left, factors.ptr, rows), padded(right, factors.ptr, columns)),
            factors.sizes[rows],
            factors.sizes[columns],
            torch.ones(1, k, dtype=torch.bool),
            factors.embedding[rows],
            factors.embedding[columns],
        )
