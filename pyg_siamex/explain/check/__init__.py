"""Checks of custom models and explainers."""

from pyg_siamex.explain.check.explainer import CHECKS, check_explainer
from pyg_siamex.explain.check.explainer_check import CheckRow, ExplainerCheck
from pyg_siamex.explain.check.graphs import trial_graphs
from pyg_siamex.explain.check.kinds import MASK_KINDS
from pyg_siamex.explain.check.model import Finding, ModelCheck, check_model

__all__ = [
    "CHECKS",
    "MASK_KINDS",
    "CheckRow",
    "ExplainerCheck",
    "Finding",
    "ModelCheck",
    "check_explainer",
    "check_model",
    "trial_graphs",
]
