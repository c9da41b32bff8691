"""The result of solvers, and the record of their steps."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Solution:
    """Masks of B pairs and how they were reached.

    Attributes:
        masks: ``[M]`` in [0, 1].
        multipliers: ``[C]``, non-negative; empty for solvers without constraints.
        trajectory: Each named quantity with a row per step and a column per pair, ``[T, B]``; the
            last row describes ``masks`` before they were made exactly feasible.
        steps: Number of rows of the trajectory that belong to each pair, ``[B]``.
        converged: Whether each pair met the tolerance, ``[B]`` bool.
    """

    masks: Tensor
    multipliers: Tensor
    trajectory: dict[str, Tensor]
    steps: Tensor
    converged: Tensor

    def of_pair(self, pair: int) -> dict[str, object]:
        """Trajectory of one pair as plain lists, and whether it converged."""
        rows = int(self.steps[pair])
        return {
            "converged": bool(self.converged[pair]),
            "trajectory": {n: v[:rows, pair].tolist() for n, v in self.trajectory.items()},
        }


class Record:
    """Collect the trajectory of B pairs, each until it has converged.

    Args:
        num_pairs: Number of pairs B.
        device: Device of the values.
    """

    def __init__(self, num_pairs: int, device: torch.device) -> None:
        self.rows: list[dict[str, Tensor]] = []
        self.steps: Tensor = torch.zeros(num_pairs, dtype=torch.long, device=device)
        self.active: Tensor = torch.ones(num_pairs, dtype=torch.bool, device=device)

    def add(self, values: dict[str, Tensor], done: Tensor) -> None:
        """Add a row; the pairs in ``done``, ``[B]``, have converged with it."""
        self.rows.append({name: value.detach().clone() for name, value in values.items()})
        self.steps += self.active
        self.active &= ~done

    def solution(self, masks: Tensor, multipliers: Tensor) -> Solution:
        """Everything recorded, with the final masks and multipliers."""
        trajectory = {n: torch.stack([row[n] for row in self.rows]) for n in self.rows[0]}
        return Solution(masks, multipliers, trajectory, self.steps, ~self.active)


def pair_sum(values: Tensor, pair: Tensor, num_pairs: int) -> Tensor:
    """Sum over the elements of each pair, ``[B]``."""
    return values.new_zeros(num_pairs).index_add(0, pair, values)


def pair_max(values: Tensor, pair: Tensor, num_pairs: int) -> Tensor:
    """Largest value, at least 0, over the elements of each pair, ``[B]``."""
    return values.new_zeros(num_pairs).scatter_reduce(0, pair, values, "amax")


def pair_rms(values: Tensor, pair: Tensor, num_pairs: int) -> Tensor:
    """Root mean square over the elements of each pair, ``[B]``; 0 for a pair without elements."""
    count = pair.bincount(minlength=num_pairs).clamp_min(1)
    return (pair_sum(values.square(), pair, num_pairs) / count).sqrt()
