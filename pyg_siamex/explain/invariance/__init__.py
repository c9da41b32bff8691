"""Invariances of explanations, learned from unlabelled graphs."""

from pyg_siamex.explain.invariance.amortised import AmortisedInvariance
from pyg_siamex.explain.invariance.consensus import Consensus, Order, agree, height
from pyg_siamex.explain.invariance.invariance import Invariance
from pyg_siamex.explain.invariance.of_graph import GraphInvariance
from pyg_siamex.explain.invariance.shared import SharedInvariance

__all__ = [
    "AmortisedInvariance",
    "Consensus",
    "GraphInvariance",
    "Invariance",
    "Order",
    "SharedInvariance",
    "agree",
    "height",
]
