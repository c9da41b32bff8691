"""Linear constraints that hold masks to an order."""

from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.explain.invariance.consensus import Order, height


@dataclass(frozen=True)
class OrderConstraints:
    r"""C constraints :math:`m_j - m_i + \delta_{ij} \le 0` on masks in a box.

    Attributes:
        upper: i of each constraint, ``[C]`` long.
        lower: j of each constraint, ``[C]`` long.
        margin: :math:`\delta_{ij} \ge 0`, ``[C]``.
        low: Least value of each mask, ``[M]`` in [0, 1].
        high: Largest value of each mask, ``[M]`` in [0, 1].
    """

    upper: Tensor
    lower: Tensor
    margin: Tensor
    low: Tensor
    high: Tensor

    @classmethod
    def of_order(
        cls, order: Order, score: Tensor, graph: Tensor, delta: float
    ) -> "OrderConstraints":
        r"""Constraints of an order, :math:`\delta_{ij} = \delta\,(t_i - t_j)` by rank of the score.

        A chain through all elements of a graph then asks for a range of :math:`\delta` of its
        masks: there is a solution for any :math:`\delta \le 1`, however many elements there are.
        The box is :math:`[\delta t_i, 1 - \delta (1 - t_i)]`. Masks that simplicity would press to
        0 are pressed to this floor instead, where the score ranks them: masks of exactly 0 are
        ties, which are neither stable nor ordered.

        Args:
            order: The relations.
            score: Scores that the order is a part of, ``[M]``.
            graph: Graph of each element, ``[M]``.
            delta: Range of the masks that a full chain takes, in [0, 1].
        """
        rank = height(score, graph)
        margin = delta * (rank[order.upper] - rank[order.lower])
        low = delta * rank
        return cls(order.upper, order.lower, margin, low, low + (1 - delta))

    def __len__(self) -> int:
        """Number C of constraints."""
        return len(self.upper)

    def violation(self, masks: Tensor) -> Tensor:
        """By how much each constraint is violated, ``[C]``; negative where there is slack."""
        return masks[self.lower] - masks[self.upper] + self.margin

    def force(self, multipliers: Tensor) -> Tensor:
        """Gradient of the multipliers' part of the Lagrangian by the masks, ``[M]``."""
        force = torch.zeros_like(self.low).index_add(0, self.lower, multipliers)
        return force.index_add(0, self.upper, -multipliers)

    def degree(self) -> Tensor:
        """Number of constraints on each element, ``[M]``."""
        ones = torch.ones_like(self.margin)
        degree = torch.zeros_like(self.low)
        return degree.index_add(0, self.upper, ones).index_add(0, self.lower, ones)

    def restore(self, masks: Tensor) -> Tensor:
        """Masks in the box that satisfy every constraint, near ``masks``.

        The mean of the smallest such masks above and the largest below, both after clipping to
        what the chains below and above each element leave room for.

        Raises:
            ValueError: If a chain of constraints asks for more than the box holds.
        """
        low, high = self._raised(self.low), self._lowered(self.high)
        if bool((low > high + 1e-6).any()):
            raise ValueError("a chain of constraints asks for more than the box holds")
        masks = masks.maximum(low).minimum(high)
        return self.clip((self._raised(masks) + self._lowered(masks)) / 2)

    def clip(self, masks: Tensor) -> Tensor:
        """The nearest masks in the box."""
        return masks.maximum(self.low).minimum(self.high)

    def _raised(self, masks: Tensor) -> Tensor:
        """The smallest masks above that satisfy every constraint."""
        while True:
            up = masks.scatter_reduce(0, self.upper, masks[self.lower] + self.margin, "amax")
            if torch.equal(up, masks):
                return up
            masks = up

    def _lowered(self, masks: Tensor) -> Tensor:
        """The largest masks below that satisfy every constraint."""
        while True:
            down = masks.scatter_reduce(0, self.lower, masks[self.upper] - self.margin, "amin")
            if torch.equal(down, masks):
                return down
            masks = down
