"""Checks of custom models and explainers."""

from pyg_siamex.explain.check.explainer import CHECKS, check_explainer
from pyg_siamex.explain.check.graphs import trial_graphs
from pyg_siamex.explain.check.kinds import MASK_KINDS
from pyg_siamex.explain.check.model import Finding, ModelReport, check_model
from pyg_siamex.explain.check.report import ExplainerReport, Row

__all__ = [
    "CHECKS",
    "MASK_KINDS",
    "ExplainerReport",
    "Finding",
    "ModelReport",
    "Row",
    "check_explainer",
    "check_model",
    "trial_graphs",
]
