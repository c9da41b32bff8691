"""Siamese graph networks: the wrapper, similarity heads, encoders, training and checkpoints."""

from pyg_siamex.nn.build import ENCODERS, build_siamese
from pyg_siamex.nn.checkpoint import load_model, save_model
from pyg_siamex.nn.gine import GINE
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
    "ENCODERS",
    "GINE",
    "AgainstReference",
    "BilinearSimilarity",
    "CosineSimilarity",
    "DotSimilarity",
    "EuclideanSimilarity",
    "MLPSimilarity",
    "RBFSimilarity",
    "SiameseGNN",
    "Similarity",
    "build_siamese",
    "evaluating",
    "load_model",
    "save_model",
    "similarity_resolver",
]
