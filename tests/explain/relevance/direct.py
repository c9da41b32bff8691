"""Pair matrices by their definition, and the sizes of the graphs they are of."""

from pyg_siamex.nn import (
    BilinearSimilarity,
    CosineSimilarity,
    EuclideanSimilarity,
    RBFSimilarity,
)

SIZES = (6, 1, 9, 4, 4, 7)


def direct(factors, similarity, i, j):
    """A pair matrix from its definition."""
    a, b = factors[i], factors[j]
    if isinstance(similarity, CosineSimilarity):
        a = a / factors.embedding[i].norm()
        b = b / factors.embedding[j].norm()
    if isinstance(similarity, BilinearSimilarity):
        b = similarity.symmetric_weight().detach() @ b
    scale = {EuclideanSimilarity: 2, RBFSimilarity: 2 * getattr(similarity, "gamma", 0)}
    return scale.get(type(similarity), 1) * a.T @ b
