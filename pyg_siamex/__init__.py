"""Explain learned graph similarity: Siamese GNNs and pair explainers for PyTorch Geometric."""

from typing import TYPE_CHECKING, Any

from pyg_siamex.data import Pair, PairDataset
from pyg_siamex.explain import (
    BiLRP,
    FromPyG,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    Invariance,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    PairExplanation,
    RandomExplainer,
    Saliency,
    SelfLearned,
    check_explainer,
    check_model,
    contrast,
)
from pyg_siamex.nn import SiameseGNN

if TYPE_CHECKING:
    from pyg_siamex.nn.training import fit
    from pyg_siamex.visualize import draw_molecules, report

__version__ = "0.1.0"

__all__ = [
    "BiLRP",
    "FromPyG",
    "InputXGradient",
    "IntegratedGradients",
    "IntegratedJacobians",
    "Invariance",
    "MaskOptimization",
    "Occlusion",
    "Pair",
    "PairDataset",
    "PairExplainer",
    "PairExplanation",
    "RandomExplainer",
    "Saliency",
    "SelfLearned",
    "SiameseGNN",
    "check_explainer",
    "check_model",
    "contrast",
    "draw_molecules",
    "fit",
    "report",
]


def __getattr__(name: str) -> Any:
    """Import what needs Lightning or a drawing library only when it is asked for."""
    if name == "fit":
        from pyg_siamex.nn.training import fit

        return fit
    if name == "draw_molecules":
        from pyg_siamex.visualize import draw_molecules

        return draw_molecules
    if name == "report":
        from pyg_siamex.visualize import report

        return report
    raise AttributeError(f"module 'pyg_siamex' has no attribute '{name}'")
