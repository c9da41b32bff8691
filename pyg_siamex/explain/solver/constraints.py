"""Linear constraints that hold masks to an order."""

from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.explain.invariance.consensus import Order, height


@dataclass(frozen=True)
class OrderConstraints:
    r"""C constraints :math:`m_j - m_i + \delta_{ij} \le 0`, the elements i above the elements j.

    Attributes:
        upper: i of each constraint, ``[C]`` long.
        lower: j of each constraint, ``[C]`` long.
        margin: :math:`\delta_{ij} \ge 0`, ``[C]``.
        height: Masks :math:`\delta \cdot` height satisfy all constraints, ``[M]`` in [0, 1].
        delta: The factor, in [0, 1].
    """

    upper: Tensor
    lower: Tensor
    margin: Tensor
    height: Tensor
    delta: float

    @classmethod
    def of_order(
        cls, order: Order, score: Tensor, graph: Tensor, delta: float
    ) -> "OrderConstraints":
        r"""Constraints of an order, :math:`\delta_{ij} = \delta\,(t_i - t_j)` by rank of the score.

        A chain through all elements of a graph then asks for a range of :math:`\delta` of its
        masks: there is a solution for any :math:`\delta \le 1`, however many elements there are.

        Args:
            order: The relations.
            score: Scores that the order is a part of, ``[M]``.
            graph: Graph of each element, ``[M]``.
            delta: Range of the masks that a full chain takes, in [0, 1].
        """
        rank = height(score, graph)
        margin = delta * (rank[order.upper] - rank[order.lower])
        return cls(order.upper, order.lower, margin, rank, delta)

    def __len__(self) -> int:
        """Number C of constraints."""
        return len(self.upper)

    def violation(self, masks: Tensor) -> Tensor:
        """By how much each constraint is violated, ``[C]``; negative where there is slack."""
        return masks[self.lower] - masks[self.upper] + self.margin

    def force(self, multipliers: Tensor) -> Tensor:
        """Gradient of the multipliers' part of the Lagrangian by the masks, ``[M]``."""
        force = torch.zeros_like(self.height)
        return force.index_add(0, self.lower, multipliers).sub_(
            torch.zeros_like(self.height).index_add(0, self.upper, multipliers)
        )

    def degree(self) -> Tensor:
        """Number of constraints on each element, ``[M]``."""
        ones = torch.ones_like(self.margin)
        degree = torch.zeros_like(self.height)
        return degree.index_add(0, self.upper, ones).index_add(0, self.lower, ones)

    def restore(self, masks: Tensor) -> Tensor:
        """Masks in [0, 1] that satisfy every constraint, near ``masks``.

        The mean of the smallest such masks above and the largest below, both after clipping to
        what a full chain leaves room for.
        """
        low = self.delta * self.height
        masks = masks.maximum(low).minimum(1 - self.delta + low)
        up, down = masks, masks
        while True:
            raised = up.scatter_reduce(0, self.upper, up[self.lower] + self.margin, "amax")
            lowered = down.scatter_reduce(0, self.lower, down[self.upper] - self.margin, "amin")
            if torch.equal(raised, up) and torch.equal(lowered, down):
                return ((up + down) / 2).clamp(0, 1)
            up, down = raised, lowered
