"""Convex problems with order constraints, and an independent solution of each."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import nnls
from torch import Tensor

from pyg_siamex.explain.self_learned.constraints import OrderConstraints
from pyg_siamex.explain.self_learned.solver import MaskProblem, Objective, Solver

SIZE, DELTA, CONDITIONS, DRAWS = 10, 0.3, (3.0, 10.0, 30.0, 100.0), 2


@dataclass(frozen=True)
class Quadratics:
    r"""Minimise :math:`(m - m^*)^\top H (m - m^*) / 2` in the unit box, masks in a random chain.

    Attributes:
        hessian: Eigenvalues from 1 to the condition number, ``[B, M, M]``.
        minimum: The free minima, some outside the box, ``[B, M]``.
        order: The elements of each chain, largest first, ``[B, M]``.
    """

    hessian: Tensor
    minimum: Tensor
    order: Tensor

    @classmethod
    def draw(cls, seed: int) -> "Quadratics":
        """Two problems of each condition number."""
        drawn = torch.Generator().manual_seed(seed)
        count = len(CONDITIONS) * DRAWS
        noise = torch.randn(count, SIZE, SIZE, generator=drawn, dtype=torch.double)
        basis = torch.linalg.qr(noise).Q
        top = torch.tensor(CONDITIONS * DRAWS, dtype=torch.double)[:, None]
        eigenvalues = 1 + (top - 1) * torch.linspace(0, 1, SIZE, dtype=torch.double)
        hessian = basis @ torch.diag_embed(eigenvalues) @ basis.mT
        minimum = torch.rand(count, SIZE, generator=drawn, dtype=torch.double) * 1.4 - 0.2
        order = torch.stack([torch.randperm(SIZE, generator=drawn) for _ in range(count)])
        return cls(hessian, minimum, order)

    def __len__(self) -> int:
        """Number B of problems."""
        return len(self.minimum)

    @property
    def pair(self) -> Tensor:
        """Problem of each mask, ``[B * M]``."""
        return torch.arange(len(self)).repeat_interleave(SIZE)

    @property
    def score(self) -> Tensor:
        """From 1 for the first of each chain to 0 for the last, ``[B * M]``."""
        heights = torch.linspace(1, 0, SIZE, dtype=torch.double).expand(len(self), SIZE)
        return torch.zeros_like(self.minimum).scatter(1, self.order, heights).flatten()

    def objective(self) -> Objective:
        """Gradient and value of all problems."""

        def evaluate(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
            away = masks.view_as(self.minimum) - self.minimum
            slope = torch.einsum("bij,bj->bi", self.hessian, away)
            return slope.flatten(), {"objective": (away * slope).sum(1) / 2}

        return evaluate

    def constraints(self) -> OrderConstraints:
        """Each element above the next, by equal steps that add up to ``DELTA``."""
        order = self.order + SIZE * torch.arange(len(self))[:, None]
        upper, lower = order[:, :-1].flatten(), order[:, 1:].flatten()
        margin = torch.full(upper.shape, DELTA / (SIZE - 1), dtype=torch.double)
        low = torch.zeros(len(self) * SIZE, dtype=torch.double)
        return OrderConstraints(torch.arange(len(low)), upper, lower, margin, low, low + 1)

    def problem(self) -> MaskProblem:
        """All problems at once, started in the middle of the box."""
        score, pair = self.score, self.pair
        start = torch.full_like(score, 0.5)
        return MaskProblem(
            self.objective(), self.constraints(), score, start, pair, pair, len(self)
        )

    def solve(self, solver: Solver) -> list[dict[str, list[float]]]:
        """What the solver records of each problem."""
        found = solver.solve(self.problem())
        return [found.of_pair(k)["trajectory"] for k in range(len(self))]  # type: ignore[misc]

    def optimum(self) -> tuple[Tensor, Tensor]:
        """Masks ``[B, M]`` and multipliers ``[B, M - 1]`` by SciPy, an active set method."""
        chains = zip(self.hessian.numpy(), self.minimum.numpy(), self.order.numpy(), strict=True)
        found = [_least_distance(*chain) for chain in chains]
        masks, multipliers = (np.stack(part) for part in zip(*found, strict=True))
        return torch.from_numpy(masks), torch.from_numpy(multipliers)


def _least_distance(
    hessian: np.ndarray, minimum: np.ndarray, order: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lawson and Hanson's least distance program: nearest point of a polytope, by NNLS.

    With H = R^T R and z = R (m - m*), minimise |z|^2 / 2 subject to G z >= h.
    """
    rows, chain = np.arange(SIZE - 1), np.zeros((SIZE - 1, SIZE))
    chain[rows, order[1:]], chain[rows, order[:-1]] = 1, -1
    matrix = np.vstack([chain, np.eye(SIZE), -np.eye(SIZE)])
    bound = np.concatenate([np.full(SIZE - 1, -DELTA / (SIZE - 1)), np.ones(SIZE), np.zeros(SIZE)])
    inverse = np.linalg.inv(np.linalg.cholesky(hessian).T)
    g, h = -matrix @ inverse, matrix @ minimum - bound
    system, target = np.vstack([g.T, h]), np.append(np.zeros(SIZE), 1.0)
    weights, _ = nnls(system, target)
    residual = system @ weights - target
    masks = minimum - inverse @ residual[:-1] / residual[-1]
    return masks, -weights[: SIZE - 1] / residual[-1]
