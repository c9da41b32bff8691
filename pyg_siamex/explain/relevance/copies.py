"""Copies of distinct graphs; each stands for a few equal graphs of a union."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.ragged import places, starts
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs

_ENCODING = 3
"""Cost of encoding all copies in backward passes over them."""


@dataclass(frozen=True)
class Copies:
    """Some graphs of a union, such that each of its G graphs equals one of them.

    Attributes:
        whole: The union.
        chosen: Positions of the copies in it, ``[C]``, increasing.
        which: Copy of each graph, ``[G]``.
        turn: Number of each graph among the graphs of its copy, ``[G]``.
    """

    whole: GraphInputs
    chosen: Tensor
    which: Tensor
    turn: Tensor

    @classmethod
    def of(cls, whole: GraphInputs, most: int | None = None) -> "Copies":
        """Choose copies.

        Args:
            whole: The graphs.
            most: How many graphs a copy may stand for. Each needs a backward pass over all copies.
                Default: what costs the least.
        """
        _, distinct = distinct_graphs(whole)
        number = places(distinct)
        if most is None:
            most = min((1, 2, 4, 8), key=lambda most: _cost(distinct, most))
        turn = number % most
        chosen = (turn == 0).nonzero().flatten()
        # The copy of a graph is the last chosen one of its distinct graph.
        key = distinct * whole.num_graphs + torch.div(number, most, rounding_mode="floor")
        of_copy = key[chosen]
        order = of_copy.argsort()
        which = order[torch.searchsorted(of_copy[order], key)]
        return cls(whole, chosen, which, turn)

    @cached_property
    def union(self) -> GraphInputs:
        """The copies, as a union of C graphs."""
        if len(self.chosen) == self.whole.num_graphs:
            return self.whole
        return self.whole.select_graphs(self.chosen)

    @property
    def turns(self) -> int:
        """Largest number of graphs that share a copy."""
        return int(self.turn.max()) + 1

    def seeds(self, values: Tensor, turn: int) -> Tensor:
        """Rows of the graphs whose turn it is, by copy, ``[C, D]``; zeros for other copies.

        Args:
            values: A row for each graph, ``[G, D]``.
            turn: The turn.
        """
        now = self.turn == turn
        out = values.new_zeros(len(self.chosen), values.size(1))
        return out.index_copy(0, self.which[now], values[now])

    def spread_nodes(self, values: list[Tensor]) -> Tensor:
        """From rows for the nodes of the copies, one tensor a turn, to the union's nodes."""
        return self._spread(values, self.union.batch, self.whole.batch)

    def spread_edges(self, values: list[Tensor]) -> Tensor:
        """From rows for the edges of the copies, one tensor a turn, to the union's edges."""
        return self._spread(values, self.union.edge_graph, self.whole.edge_graph)

    def _spread(self, values: list[Tensor], own: Tensor, wanted: Tensor) -> Tensor:
        if len(self.chosen) == self.whole.num_graphs:
            return values[0]
        order = own.argsort(stable=True)
        first = starts(own.bincount(minlength=len(self.chosen)))
        row = order[first[self.which[wanted]] + places(wanted, self.whole.num_graphs)]
        turn = self.turn[wanted]
        return torch.stack(values)[turn, row]


def _cost(distinct: Tensor, most: int) -> int:
    """Cost of encoding all copies, and of all backward passes over them."""
    used = distinct.bincount()
    copies = int(torch.div(used + most - 1, most, rounding_mode="floor").sum())
    return copies * (_ENCODING + min(most, int(used.max())))
