"""Linear constraints that make masks respect an order."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from pyg_siamex.explain.self_learned.invariance.levels import by_level, height
from pyg_siamex.explain.self_learned.invariance.order import Order


@dataclass(frozen=True)
class OrderConstraints:
    r"""C constraints :math:`\overline{m}_B - \overline{m}_A + \delta_{AB} \le 0` on masks in a box.

    :math:`\overline{m}_A` is the mean over the elements of a level. Elements of one level get the
    same force, so elements that a symmetry of the graph exchanges get equal masks.

    Attributes:
        level: Level of each mask, ``[M]`` long.
        upper: A of each constraint, ``[C]`` long.
        lower: B of each constraint, ``[C]`` long.
        margin: :math:`\delta_{AB} \ge 0`, ``[C]``.
        low: Smallest value of each mask, ``[M]`` in [0, 1].
        high: Largest value of each mask, ``[M]`` in [0, 1].
        size: Number of masks of each level, ``[L]``.
        weight: Factor of each constraint, which gives its row the norm :math:`\sqrt 2`, ``[C]``, so
            large levels move as fast as small ones.
    """

    level: Tensor
    upper: Tensor
    lower: Tensor
    margin: Tensor
    low: Tensor
    high: Tensor
    size: Tensor = field(init=False)
    weight: Tensor = field(init=False)

    def __post_init__(self) -> None:
        size = self.level.bincount().to(self.low)
        weight = (0.5 / size[self.upper] + 0.5 / size[self.lower]).rsqrt()
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "weight", weight)

    @classmethod
    def of_order(
        cls, order: Order, score: Tensor, graph: Tensor, delta: float
    ) -> "OrderConstraints":
        r"""Constraints of an order, :math:`\delta_{AB} = \delta\,(t_A - t_B)` by rank of the score.

        A chain through all elements of a graph then requires a range of :math:`\delta` of its
        masks. A solution exists for any :math:`\delta \le 1` and any number of elements. The box is
        :math:`[\delta t_i, 1 - \delta (1 - t_i)]`. Simplicity presses masks to this floor instead
        of 0, and the score ranks them there. Masks of exactly 0 would tie, and ties are neither
        stable nor ordered.

        Args:
            order: The relations.
            score: Scores that extend the order, ``[M]``.
            graph: Graph of each element, ``[M]``.
            delta: Range of the masks along a full chain, in [0, 1].
        """
        rank = height(score, order.level, graph)
        of_level = by_level(rank, order.level)
        margin = delta * (of_level[order.upper] - of_level[order.lower])
        low = delta * rank
        return cls(order.level, order.upper, order.lower, margin, low, low + (1 - delta))

    def __len__(self) -> int:
        """Number C of constraints."""
        return len(self.upper)

    def violation(self, masks: Tensor) -> Tensor:
        """Violation of each constraint, ``[C]``; negative for constraints with slack."""
        mean = self._sum(masks) / self.size
        return mean[self.lower] - mean[self.upper] + self.margin

    def rise(self, masks: Tensor) -> Tensor:
        """Gradient of the Lagrangian by the multipliers, ``[C]``: the weighted violations."""
        return self.weight * self.violation(masks)

    def force(self, multipliers: Tensor) -> Tensor:
        """Gradient of the multipliers' part of the Lagrangian by the masks, ``[M]``."""
        pull = self.weight * multipliers
        force = torch.zeros_like(self.size).index_add(0, self.lower, pull)
        force = force.index_add(0, self.upper, -pull)
        return (force / self.size)[self.level]

    def degree(self) -> Tensor:
        """Number of constraints on each mask, weighted by its squared coefficient, ``[M]``."""
        square = self.weight.square()
        degree = torch.zeros_like(self.size).index_add(0, self.upper, square)
        return (degree.index_add(0, self.lower, square) / self.size)[self.level]

    def hold(self, masks: Tensor) -> Tensor:
        """Whether each mask of A is above each mask of B, for each constraint, ``[C]`` bool."""
        return self._least(masks)[self.upper] > self._largest(masks)[self.lower]

    def restore(self, masks: Tensor) -> Tensor:
        """Masks near ``masks`` in the box that satisfy every constraint element by element.

        They are the mean of the smallest such masks above and the largest such masks below, both
        after clipping to the range that the chains below and above each element allow.

        Raises:
            ValueError: If a chain of constraints needs a larger range than the box.
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
        """The smallest masks above that satisfy every constraint for each mask of A and of B."""
        top = self._largest(masks)
        floor = torch.full_like(top, -torch.inf)
        for _ in range(len(top)):  # no chain has more levels
            need = floor.scatter_reduce(0, self.upper, top[self.lower] + self.margin, "amax")
            if not bool((need > floor).any()):
                break
            floor, top = need, top.maximum(need)
        return masks.maximum(floor[self.level])

    def _lowered(self, masks: Tensor) -> Tensor:
        """The largest masks below that satisfy every constraint for each mask of A and of B."""
        bottom = self._least(masks)
        ceiling = torch.full_like(bottom, torch.inf)
        for _ in range(len(bottom)):
            need = ceiling.scatter_reduce(0, self.lower, bottom[self.upper] - self.margin, "amin")
            if not bool((need < ceiling).any()):
                break
            ceiling, bottom = need, bottom.minimum(need)
        return masks.minimum(ceiling[self.level])

    def _sum(self, masks: Tensor) -> Tensor:
        return torch.zeros_like(self.size).index_add(0, self.level, masks)

    def _largest(self, masks: Tensor) -> Tensor:
        return torch.zeros_like(self.size).scatter_reduce(
            0, self.level, masks, "amax", include_self=False
        )

    def _least(self, masks: Tensor) -> Tensor:
        return torch.zeros_like(self.size).scatter_reduce(
            0, self.level, masks, "amin", include_self=False
        )
