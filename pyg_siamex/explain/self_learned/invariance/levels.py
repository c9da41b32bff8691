"""Groups of elements with equal scores."""

from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.data.ragged import starts


def certain(dtype: torch.dtype) -> float:
    """Differences below this, as a share of the largest value, count as rounding."""
    return float(torch.finfo(dtype).eps ** (2 / 3))


def number_of(level: Tensor) -> int:
    """Number L of levels, from the level of each element, ``[M]``."""
    return int(level.max()) + 1 if len(level) else 0


def by_level(values: Tensor, level: Tensor) -> Tensor:
    """Value of each level, ``[L]``, where all elements of a level share it, ``[M]``."""
    return values.new_zeros(number_of(level)).index_copy(0, level, values)


@dataclass(frozen=True)
class Levels:
    """Levels of a graph, which are groups of elements of equal score up to rounding.

    Levels are numbered graph by graph, from the highest to the lowest score of a graph, so their
    numbers do not depend on the order of elements.

    Attributes:
        of: Level of each element, ``[M]``.
        score: Mean score of each level, ``[L]``.
        graph: Graph of each level, ``[L]``.
        size: Number of elements of each level, ``[L]``.
    """

    of: Tensor
    score: Tensor
    graph: Tensor
    size: Tensor

    @classmethod
    def of_score(cls, score: Tensor, graph: Tensor, tolerance: Tensor | None = None) -> "Levels":
        """Levels of elements whose neighbours in score differ by at most the tolerance.

        Args:
            score: ``[M]``.
            graph: Graph of each element, ``[M]``.
            tolerance: Largest difference of equal scores in each graph, ``[G]``. Default: the
                rounding of the graph's largest score.
        """
        order = score.argsort(descending=True, stable=True)
        order = order[graph[order].argsort(stable=True)]
        s, g = score[order], graph[order]
        if tolerance is None:
            graphs = int(graph.max()) + 1 if len(graph) else 0
            largest = score.new_zeros(graphs).scatter_reduce(0, graph, score.abs(), "amax")
            tolerance = certain(score.dtype) * largest
        new = torch.zeros_like(g)
        new[1:] = (s[:-1] - s[1:] > tolerance[g[1:]]) | (g[1:] != g[:-1])
        level = new.cumsum(0)
        size = level.bincount()
        mean = score.new_zeros(len(size)).index_add(0, level, s) / size
        of = torch.empty_like(level).index_copy(0, order, level)
        return cls(of, mean, g[starts(size)], size)

    def __len__(self) -> int:
        """Number L of levels."""
        return len(self.score)


def _check_numbers(name: str, numbers: Tensor, size: int) -> None:
    """Raise for what does not number each of ``size`` elements."""
    if numbers.dtype not in (torch.long, torch.int):
        raise TypeError(f"`{name}` must be of torch.long (got {numbers.dtype})")
    if numbers.shape != (size,):
        raise ValueError(f"`{name}` is {list(numbers.shape)}, and there are {size} scores")
    if size and int(numbers.min()) < 0:
        raise ValueError(f"`{name}` must be numbers from 0 (got {int(numbers.min())})")


@checked
def height(score: Tensor, level: Tensor, graph: Tensor) -> Tensor:
    """Share of the other elements of the graph in lower levels, ``[M]`` in [0, 1].

    Args:
        score: Score of each element, ``[M]``. Levels are ranked by their mean scores.
        level: Level of each element, ``[M]``.
        graph: Graph of each element, ``[M]``.

    Raises:
        TypeError: If one is not a tensor, or levels or graphs are no whole numbers.
        ValueError: If scores are no row, they differ in length, or a level or graph is negative.
    """
    if score.dim() != 1:
        raise ValueError(f"`score` must be [M] (got {list(score.shape)})")
    for name, given in (("level", level), ("graph", graph)):
        _check_numbers(name, given, len(score))
    levels = number_of(level)
    size = level.bincount(minlength=levels)
    mean = score.new_zeros(levels).index_add(0, level, score) / size
    of, total = by_level(graph, level), graph.bincount()
    order = mean.argsort(descending=True, stable=True)
    order = order[of[order].argsort(stable=True)]
    below = total.cumsum(0)[of[order]] - size[order].cumsum(0)
    share = below.to(score) / (total[of[order]] - 1).clamp_min(1)
    return torch.empty_like(share).index_copy(0, order, share)[level]
