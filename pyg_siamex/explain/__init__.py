"""Pair explainers: explain why two graphs are, or are not, alike."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyg_siamex._lazy import lazy_names
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.grad_cam import GradCAM
from pyg_siamex.explain.algorithm.gradient import InputXGradient, Saliency
from pyg_siamex.explain.algorithm.group_occlusion import GroupOcclusion
from pyg_siamex.explain.algorithm.integrated_gradients import IntegratedGradients
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.algorithm.mask_optimization import MaskOptimization
from pyg_siamex.explain.algorithm.occlusion import NeighbourhoodOcclusion, Occlusion
from pyg_siamex.explain.algorithm.oracle import Oracle
from pyg_siamex.explain.algorithm.random import RandomExplainer
from pyg_siamex.explain.algorithm.shapley import ShapleySampling
from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.check import (
    ExplainerCheck,
    Finding,
    ModelCheck,
    check_explainer,
    check_model,
)
from pyg_siamex.explain.contrast import Contrast, contrast
from pyg_siamex.explain.elements import edge_importance, node_importance
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem
from pyg_siamex.explain.ensemble import EnsembleExplainer, mean_explanation
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.from_pyg import FromPyG
from pyg_siamex.explain.group_relevance import GroupRelevance
from pyg_siamex.explain.joint import JointSimilarity
from pyg_siamex.explain.link import LinkExplanation, explain_link, explain_links
from pyg_siamex.explain.overview import Overview, kept_groups, overview, overview_of_pairs
from pyg_siamex.explain.relevance.lrp.layer_rules import register_rule
from pyg_siamex.explain.search import Hit, SearchResult, same_graph, search
from pyg_siamex.explain.self_learned.invariance import (
    AmortisedInvariance,
    Invariance,
    SharedInvariance,
)
from pyg_siamex.explain.self_learned.masks import SelfLearned
from pyg_siamex.explain.self_learned.solver import DescentAscent, KLDescent
from pyg_siamex.explain.smiles_occlusion import explain_smiles

if TYPE_CHECKING:
    from pyg_siamex.chemistry import functional_groups, murcko_scaffold, ring_systems

__all__ = [
    "AmortisedInvariance",
    "Attribution",
    "BiLRP",
    "Carried",
    "Contrast",
    "DescentAscent",
    "EnsembleExplainer",
    "ExplainerCheck",
    "Finding",
    "FromPyG",
    "GradCAM",
    "GroupOcclusion",
    "GroupRelevance",
    "Hit",
    "InputXGradient",
    "IntegratedGradients",
    "IntegratedJacobians",
    "Invariance",
    "JointSimilarity",
    "KLDescent",
    "LinkExplanation",
    "MaskKinds",
    "MaskOptimization",
    "MaskedPairs",
    "Masks",
    "ModelCheck",
    "NeighbourhoodOcclusion",
    "Occlusion",
    "Oracle",
    "Overview",
    "PairAlgorithm",
    "PairExplainer",
    "PairExplanation",
    "PairProblem",
    "RandomExplainer",
    "Saliency",
    "SearchResult",
    "SelfLearned",
    "ShapleySampling",
    "SharedInvariance",
    "check_explainer",
    "check_model",
    "contrast",
    "edge_importance",
    "explain_link",
    "explain_links",
    "explain_smiles",
    "functional_groups",
    "gradients",
    "kept_groups",
    "mean_explanation",
    "murcko_scaffold",
    "node_importance",
    "overview",
    "overview_of_pairs",
    "register_rule",
    "ring_systems",
    "same_graph",
    "search",
]

# They need RDKit.
_CHEMISTRY = dict.fromkeys(
    ("functional_groups", "murcko_scaffold", "ring_systems"), "pyg_siamex.chemistry"
)

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazy_names(__name__, _CHEMISTRY)
