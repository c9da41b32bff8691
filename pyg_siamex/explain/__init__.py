"""Pair explainers: why two graphs are, or are not, alike."""

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.gradient import InputXGradient, Saliency
from pyg_siamex.explain.algorithm.mask_optimization import MaskOptimization
from pyg_siamex.explain.algorithm.occlusion import Occlusion
from pyg_siamex.explain.algorithm.random import RandomExplainer
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import GroupRelevance, PairExplanation
from pyg_siamex.explain.importance import edge_importance, node_importance

__all__ = [
    "GroupRelevance",
    "InputXGradient",
    "MaskOptimization",
    "Occlusion",
    "PairAlgorithm",
    "PairExplainer",
    "PairExplanation",
    "RandomExplainer",
    "Saliency",
    "edge_importance",
    "node_importance",
]
