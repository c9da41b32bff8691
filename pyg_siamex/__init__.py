"""Explain learned graph similarity: Siamese GNNs and pair explainers for PyTorch Geometric.

Names are imported on first use, so ``import pyg_siamex`` is fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pyg_siamex._notebook import drawn_by

if TYPE_CHECKING:
    from pyg_siamex.data import Pair, PairDataset
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
    )
    from pyg_siamex.explain.contrast import contrast
    from pyg_siamex.nn import SiameseGNN
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
    "check_explainer",
    "check_model",
    "contrast",
    "draw_molecules",
    "fit",
    "report",
]

_ELSEWHERE = {
    "Pair": "data",
    "PairDataset": "data",
    "SiameseGNN": "nn",
    "draw_molecules": "visualize",
    "fit": "nn.training",
    "report": "visualize",
}
"""Modules of the names that are not in ``pyg_siamex.explain``."""


def __getattr__(name: str) -> Any:
    """Import a name on its first use."""
    if name not in __all__:
        raise AttributeError(f"module 'pyg_siamex' has no attribute '{name}'")
    value = getattr(import_module(f"pyg_siamex.{_ELSEWHERE.get(name, 'explain')}"), name)
    globals()[name] = value
    return value


def _pair_html(explanation: Any) -> str:
    """Both graphs of an explanation as a picture; imports drawing on first use."""
    html: str = import_module("pyg_siamex.visualize").pair_html(explanation)
    return html


drawn_by(_pair_html)


def __dir__() -> list[str]:
    """All public names, imported or not."""
    return sorted({*globals(), *__all__})
