"""Solvers of the self-learned masks' problem, in its constrained and its regularised form."""

from pyg_siamex.explain.solver.constraints import OrderConstraints
from pyg_siamex.explain.solver.descent_ascent import DescentAscent
from pyg_siamex.explain.solver.kl_descent import KLDescent
from pyg_siamex.explain.solver.solution import Objective, Solution

__all__ = ["DescentAscent", "KLDescent", "Objective", "OrderConstraints", "Solution"]
