"""Invariances of explanations, learned from unlabelled graphs."""

from pyg_siamex.explain.self_learned.invariance.amortised import AmortisedInvariance
from pyg_siamex.explain.self_learned.invariance.base_algorithms import (
    register_base_algorithm,
)
from pyg_siamex.explain.self_learned.invariance.consensus import Consensus, agree
from pyg_siamex.explain.self_learned.invariance.invariance import Invariance
from pyg_siamex.explain.self_learned.invariance.levels import height
from pyg_siamex.explain.self_learned.invariance.of_graph import GraphInvariance
from pyg_siamex.explain.self_learned.invariance.order import Order, joined
from pyg_siamex.explain.self_learned.invariance.shared import SharedInvariance
from pyg_siamex.explain.self_learned.invariance.voices import Voices

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
    "register_base_algorithm",
]
