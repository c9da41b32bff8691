"""Convex problems with order constraints, and an independent solution of each."""

import numpy as np
import torch
from scipy.optimize import Bounds, LinearConstraint, minimize
from torch import Tensor

from pyg_siamex.explain.self_learned.constraints import OrderConstraints
from pyg_siamex.explain.self_learned.solver import MaskProblem, Objective


def quadratic(size: int, seed: int, condition: float = 10.0) -> tuple[Tensor, Tensor]:
    """Hessian ``[M, M]`` with eigenvalues in [1, condition], and the free minimum ``[M]``."""
    generator = torch.Generator().manual_seed(seed)
    basis = torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.double)).Q
    eigenvalues = torch.linspace(1, condition, size, dtype=torch.double)
    minimum = torch.rand(size, generator=generator, dtype=torch.double) * 1.4 - 0.2
    return basis @ torch.diag(eigenvalues) @ basis.T, minimum


def objective(hessian: Tensor, minimum: Tensor) -> Objective:
    """Half the squared distance from the minimum in the Hessian's metric, for one pair."""

    def evaluate(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        slope = hessian @ (masks - minimum)
        return slope, {"objective": ((masks - minimum) @ slope / 2)[None]}

    return evaluate


def chain(size: int, seed: int, delta: float) -> OrderConstraints:
    """Elements in a random order, each above the next: multipliers are unique."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(size, generator=generator)
    upper, lower = order[:-1], order[1:]
    height = torch.empty(size, dtype=torch.double)
    height[order] = torch.linspace(1, 0, size, dtype=torch.double)
    margin = delta * (height[upper] - height[lower])
    low = torch.zeros_like(height)
    return OrderConstraints(torch.arange(size), upper, lower, margin, low, low + 1)


def solution(
    hessian: Tensor, minimum: Tensor, constraints: OrderConstraints
) -> tuple[np.ndarray, np.ndarray]:
    """Masks ``[M]`` and multipliers ``[C]`` by an interior point method of SciPy."""
    matrix = np.zeros((len(constraints), len(minimum)))
    rows = np.arange(len(constraints))
    matrix[rows, constraints.lower.numpy()] += 1
    matrix[rows, constraints.upper.numpy()] -= 1
    h, m = hessian.numpy(), minimum.numpy()
    found = minimize(
        lambda x: (x - m) @ h @ (x - m) / 2,
        np.full(len(m), 0.5),
        jac=lambda x: h @ (x - m),
        hess=lambda x: h,
        method="trust-constr",
        bounds=Bounds(np.zeros(len(m)), np.ones(len(m))),
        constraints=LinearConstraint(matrix, -np.inf, -constraints.margin.numpy()),
        options={"gtol": 1e-10, "xtol": 1e-12, "barrier_tol": 1e-10, "maxiter": 5000},
    )
    return found.x, found.v[0]


def held(
    objective: Objective, constraints: OrderConstraints, start: Tensor, pair: Tensor
) -> MaskProblem:
    """A problem whose masks are held to constraints, without a consensus."""
    count = int(pair.max()) + 1
    return MaskProblem(objective, constraints, torch.zeros_like(start), start, pair, pair, count)


def drawn_to(objective: Objective, score: Tensor, pair: Tensor) -> MaskProblem:
    """A problem whose masks are drawn to a score, without constraints."""
    none, box = torch.empty(0, dtype=torch.long), torch.zeros_like(score)
    free = OrderConstraints(torch.arange(len(score)), none, none, box[:0], box, box + 1)
    return MaskProblem(objective, free, score, score, pair, pair, int(pair.max()) + 1)
