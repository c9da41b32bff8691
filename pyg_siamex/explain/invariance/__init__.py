"""Invariances of explanations, learned from unlabelled graphs."""

from pyg_siamex.explain.invariance.amortised import AmortisedInvariance
from pyg_siamex.explain.invariance.consensus import Consensus, agree
from pyg_siamex.explain.invariance.invariance import Invariance
from pyg_siamex.explain.invariance.levels import height
from pyg_siamex.explain.invariance.of_graph import GraphInvariance
from pyg_siamex.explain.invariance.order import Order, joined
from pyg_siamex.explain.invariance.shared import SharedInvariance
from pyg_siamex.explain.invariance.voices import Voices

__all__ = [
    "AmortisedInvariance",
    "Consensus",
    "GraphInvariance",
    "Invariance",
    "Order",
    "SharedInvariance",
    "Voices",
    "agree",
    "height",
    "joined",
]
