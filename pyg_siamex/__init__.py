"""Explain learned graph similarity: Siamese GNNs and pair explainers for PyTorch Geometric.

Names are imported on first use, so ``import pyg_siamex`` is fast.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pyg_siamex._extras import MissingExtraError
from pyg_siamex._lazy import lazy_names
from pyg_siamex._notebook import drawn_by

if TYPE_CHECKING:
    from pyg_siamex.data import NodePairs, Pair, PairDataset
    from pyg_siamex.explain import (
        AmortisedInvariance,
        BiLRP,
        FromPyG,
        GradCAM,
        GroupOcclusion,
        InputXGradient,
        IntegratedGradients,
        IntegratedJacobians,
        Invariance,
        JointSimilarity,
        MaskOptimization,
        NeighbourhoodOcclusion,
        Occlusion,
        Oracle,
        PairAlgorithm,
        PairExplainer,
        PairExplanation,
        RandomExplainer,
        Saliency,
        SelfLearned,
        ShapleySampling,
        SharedInvariance,
        check_explainer,
        check_model,
        explain_link,
        explain_links,
    )
    from pyg_siamex.explain.contrast import contrast
    from pyg_siamex.nn import SiameseGNN, adapt
    from pyg_siamex.nn.training import fit
    from pyg_siamex.visualize import draw_molecules, report

__version__ = "0.1.0"

__all__ = [
    "AmortisedInvariance",
    "BiLRP",
    "FromPyG",
    "GradCAM",
    "GroupOcclusion",
    "InputXGradient",
    "IntegratedGradients",
    "IntegratedJacobians",
    "Invariance",
    "JointSimilarity",
    "MaskOptimization",
    "NeighbourhoodOcclusion",
    "NodePairs",
    "Occlusion",
    "Oracle",
    "Pair",
    "PairAlgorithm",
    "PairDataset",
    "PairExplainer",
    "PairExplanation",
    "RandomExplainer",
    "Saliency",
    "SelfLearned",
    "ShapleySampling",
    "SharedInvariance",
    "SiameseGNN",
    "adapt",
    "check_explainer",
    "check_model",
    "contrast",
    "draw_molecules",
    "explain_link",
    "explain_links",
    "fit",
    "report",
]

_MODULES = {name: ".explain" for name in __all__} | {
    "NodePairs": ".data",
    "Pair": ".data",
    "PairDataset": ".data",
    "SiameseGNN": ".nn",
    "adapt": ".nn",
    "draw_molecules": ".visualize",
    "fit": ".nn.training",
    "report": ".visualize",
}

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazy_names(__name__, _MODULES)


def _pair_html(explanation: Any) -> str | None:
    """Both graphs of an explanation as a picture; imports drawing on first use."""
    try:
        html: str = import_module("pyg_siamex.visualize").pair_html(explanation)
    except MissingExtraError:
        return None
    return html


drawn_by(_pair_html)
