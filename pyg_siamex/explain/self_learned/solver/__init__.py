"""Solvers for self-learned masks, in the constrained and the regularised form."""

from pyg_siamex.explain.self_learned.solver.descent_ascent import DescentAscent
from pyg_siamex.explain.self_learned.solver.kl_descent import KLDescent
from pyg_siamex.explain.self_learned.solver.mask_problem import MaskProblem, Objective, Solver
from pyg_siamex.explain.self_learned.solver.solution import Solution

SOLVERS: dict[str, type[DescentAscent] | type[KLDescent]] = {
    kind.name: kind for kind in (DescentAscent, KLDescent)
}
"""Solvers by name."""

__all__ = [
    "SOLVERS",
    "DescentAscent",
    "KLDescent",
    "MaskProblem",
    "Objective",
    "Solution",
    "Solver",
]
