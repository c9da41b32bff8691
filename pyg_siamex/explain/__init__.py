"""Pair explainers: why two graphs are, or are not, alike."""

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.gradient import InputXGradient, Saliency
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.algorithm.mask_optimization import MaskOptimization
from pyg_siamex.explain.algorithm.occlusion import Occlusion
from pyg_siamex.explain.algorithm.random import RandomExplainer
from pyg_siamex.explain.contrast import Contrast, contrast
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import GroupRelevance, PairExplanation
from pyg_siamex.explain.importance import edge_importance, node_importance
from pyg_siamex.explain.partition import functional_groups, murcko_scaffold, ring_systems

__all__ = [
    "BiLRP",
    "Contrast",
    "GroupRelevance",
    "InputXGradient",
    "IntegratedJacobians",
    "MaskOptimization",
    "Occlusion",
    "PairAlgorithm",
    "PairExplainer",
    "PairExplanation",
    "RandomExplainer",
    "Saliency",
    "contrast",
    "edge_importance",
    "functional_groups",
    "murcko_scaffold",
    "node_importance",
    "ring_systems",
]
