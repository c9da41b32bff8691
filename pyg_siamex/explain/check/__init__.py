"""Checks of custom models and explainers."""

from pyg_siamex.explain.check.check_explainer import CHECKS, check_explainer
from pyg_siamex.explain.check.check_model import Finding, ModelCheck, check_model
from pyg_siamex.explain.check.explainer_check import CheckRow, ExplainerCheck
from pyg_siamex.explain.check.kinds import MASK_KINDS
from pyg_siamex.explain.check.trial_graphs import trial_graphs

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
