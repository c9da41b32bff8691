"""Explain learned graph similarity: Siamese GNNs and pair explainers for PyTorch Geometric."""

from pyg_siamex.data import Pair, PairDataset
from pyg_siamex.explain import (
    InputXGradient,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    PairExplanation,
    RandomExplainer,
    Saliency,
)
from pyg_siamex.nn import SiameseGNN

__version__ = "0.1.0"

__all__ = [
    "InputXGradient",
    "MaskOptimization",
    "Occlusion",
    "Pair",
    "PairDataset",
    "PairExplainer",
    "PairExplanation",
    "RandomExplainer",
    "Saliency",
    "SiameseGNN",
]
