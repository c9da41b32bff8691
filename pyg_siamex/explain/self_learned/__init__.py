"""Self-learned invariance (arXiv 2109.07371): masks that keep what explanations share."""

from pyg_siamex.explain.self_learned.constraints import OrderConstraints
from pyg_siamex.explain.self_learned.invariance import (
    AmortisedInvariance,
    GraphInvariance,
    Invariance,
    SharedInvariance,
)
from pyg_siamex.explain.self_learned.masks import SelfLearned
from pyg_siamex.explain.self_learned.solver import (
    DescentAscent,
    KLDescent,
    MaskProblem,
    Solution,
    Solver,
)

__all__ = [
    "AmortisedInvariance",
    "DescentAscent",
    "GraphInvariance",
    "Invariance",
    "KLDescent",
    "MaskProblem",
    "OrderConstraints",
    "SelfLearned",
    "SharedInvariance",
    "Solution",
    "Solver",
]
