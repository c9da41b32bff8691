"""Partial orders of elements by importance."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.data.ragged import starts
from pyg_siamex.explain.self_learned.invariance.levels import Levels, number_of
from pyg_siamex.explain.self_learned.invariance.voices import Confidence

# Shares such as 0.8 of 25 voices are whole numbers up to rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Order:
    """Relations "each element of one level is more important than each element of another".

    Relations are between levels, so elements of equal score have the same relations.

    Attributes:
        level: Level of each element, ``[M]``.
        upper: The more important level of each relation, ``[C]`` long.
        lower: The less important level of each relation, ``[C]`` long.
        confidence: Share of the local explanations in which it holds, ``[C]`` in [0, 1].
    """

    level: Tensor
    upper: Tensor
    lower: Tensor
    confidence: Tensor

    def __len__(self) -> int:
        """Number C of relations."""
        return len(self.upper)

    def between_elements(self) -> tuple[Tensor, Tensor]:
        """Relations (i, j) of elements, ``[R, 2]``, and the level relation of each, ``[R]``."""
        members = self.level.argsort(stable=True)
        size = self.level.bincount()
        first = starts(size)
        a, b = size[self.upper], size[self.lower]
        relation = torch.arange(len(self), device=a.device).repeat_interleave(a * b)
        place = torch.arange(len(relation), device=a.device) - starts(a * b)[relation]
        i = members[first[self.upper[relation]] + place // b[relation]]
        j = members[first[self.lower[relation]] + place % b[relation]]
        return torch.stack([i, j], dim=1), relation


@checked
def joined(orders: Sequence[Order]) -> Order:
    """Join the orders of several kinds of elements, over the elements of all kinds in turn.

    Args:
        orders: At least one.

    Raises:
        TypeError: If it is not a list of orders.
        ValueError: If there are none.
    """
    if not orders:
        raise ValueError("there are no orders to join")
    parts, shift = [], 0
    for one in orders:
        parts.append((one.level + shift, one.upper + shift, one.lower + shift, one.confidence))
        shift += number_of(one.level)
    return Order(*(torch.cat(columns) for columns in zip(*parts, strict=True)))


def partial_order(levels: Levels, alpha: float, confidence: Confidence) -> Order:
    """The relations between levels 1, 2, 4, 8, ... places apart with sufficient confidence.

    A relation that two relations of half its length imply is dropped. The result has at most
    L log L relations and no cycles.

    Args:
        levels: Levels of the elements.
        alpha: Relations of confidence below 1 - alpha are dropped.
        confidence: Confidence that levels i exceed levels j.
    """
    graph = levels.graph
    place = torch.arange(len(levels), device=graph.device)
    longest = int(graph.bincount().max()) if len(graph) else 0
    found, shorter, step = [], None, 1
    while step < longest:
        sure = confidence(slice(None, -step), slice(step, None))
        holds = (sure >= 1 - alpha - _ROUNDING) & (graph[:-step] == graph[step:])
        implied = torch.zeros_like(holds)
        if shorter is not None:
            half = step // 2
            implied = shorter[:-half] & shorter[half:]
        new = (holds & ~implied).nonzero().flatten()
        found.append((new, new + step, sure[new]))
        shorter, step = holds, 2 * step
    if not found:
        return Order(levels.of, place[:0], place[:0], levels.score[:0])
    upper, lower, sure = (torch.cat(parts) for parts in zip(*found, strict=True))
    return Order(levels.of, upper, lower, sure.to(levels.score))
