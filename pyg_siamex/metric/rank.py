"""Order of the elements within each graph of a union, and its top shares."""

import torch
from torch import Tensor

from pyg_siamex._numbers import real
from pyg_siamex.data.ragged import starts
from pyg_siamex.explain.engine.seeded import drawn_by_graph

# Shares such as 0.2 of 5 elements are whole numbers up to rounding.
_ROUNDING = 1e-6


class Ranks:
    """Positions of elements within their graphs, the most important at 0.

    Ties are broken by a draw that depends only on the seed and the size of the graph, not on the
    order of the elements or the rest of the batch.

    Args:
        importance: ``[M]``.
        graph: Graph of each element, ``[M]``.
        present: Elements that count, ``[M]``; the others come last and are never selected.
        num_graphs: Number of graphs G.
        seed: Seed of the draw.

    Attributes:
        rank: Position of each element within its graph, ``[M]``.
        count: Number of elements that count in each graph, ``[G]``.
    """

    def __init__(
        self, importance: Tensor, graph: Tensor, present: Tensor, num_graphs: int, seed: int = 0
    ) -> None:
        self.graph = graph
        self.count: Tensor = graph[present].bincount(minlength=num_graphs)
        order = _shuffled(graph, num_graphs, seed)
        for key in (-importance, (~present).long(), graph):
            order = order[key[order].argsort(stable=True)]
        self.rank: Tensor = torch.empty_like(order)
        self.rank[order] = _within(graph, num_graphs)

    def top(self, share: float) -> Tensor:
        r"""The :math:`\lceil \mathrm{share} \cdot n \rceil` first elements of each graph, ``[M]``.

        Args:
            share: In [0, 1]; any share above 0 selects at least one element.
        """
        real("share", share, "[0, 1]")
        chosen = (share * self.count - _ROUNDING).ceil()
        return self.rank < chosen[self.graph]


def _shuffled(graph: Tensor, num_graphs: int, seed: int) -> Tensor:
    """Elements graph by graph, in a seeded order within each."""
    drawn = drawn_by_graph(_permutation, graph, [seed] * num_graphs)
    order = graph.argsort(stable=True)
    first = starts(graph.bincount(minlength=num_graphs))
    return order[(first[graph] + drawn)[order]]


def _permutation(size: int, generator: torch.Generator) -> Tensor:
    return torch.randperm(size, generator=generator)


def uniform(graph: Tensor, num_graphs: int, draws: int, seed: int) -> Tensor:
    """Seeded draws from [0, 1), ``[draws, M]``, equal for a graph alone and in any batch."""

    def draw(size: int, generator: torch.Generator) -> Tensor:
        return torch.rand(size, draws, generator=generator)

    return drawn_by_graph(draw, graph, [seed] * num_graphs).T


def _within(graph: Tensor, num_graphs: int) -> Tensor:
    """0, 1, 2, ... for the elements of each graph, graph after graph."""
    count = graph.bincount(minlength=num_graphs)
    return torch.arange(len(graph), device=graph.device) - starts(count).repeat_interleave(count)
