"""Siamese graph networks: the wrapper, similarity heads, encoders, training and checkpoints."""

from pyg_siamex.nn.siamese import AgainstReference, SiameseGNN, evaluating
from pyg_siamex.nn.similarity import (
    BilinearSimilarity,
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
    Similarity,
    similarity_resolver,
)

__all__ = [
    "AgainstReference",
    "BilinearSimilarity",
    "CosineSimilarity",
    "DotSimilarity",
    "EuclideanSimilarity",
    "MLPSimilarity",
    "RBFSimilarity",
    "SiameseGNN",
    "Similarity",
    "evaluating",
    "similarity_resolver",
]
