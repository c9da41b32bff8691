"""Local explanations of the same elements on a common scale."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.explain.self_learned.invariance.levels import by_level, certain, number_of

# From i and j, [P] each, to the confidence that each i exceeds its j, [P].
Confidence = Callable[[Tensor, Tensor], Tensor]

# A voice is ignored unless its largest importance is this many times above rounding.
_AUDIBLE = 50.0


@dataclass(frozen=True)
class Voices:
    """K local explanations of each graph, called voices, scaled and signed to equal weight.

    Attributes:
        values: Importances, ``[M, K]`` in [-1, 1], with the largest magnitude of each graph and
            voice equal to 1. Positive values have the sign of the graph's total effect. ``nan`` if
            a voice does not apply.
        graph: Graph of each element, ``[M]``.
        rounding: Largest difference of each graph's importances from rounding, ``[G, K]``.
    """

    values: Tensor
    graph: Tensor
    rounding: Tensor

    @classmethod
    def of(cls, importance: Tensor, graph: Tensor, rounding: Tensor | None = None) -> "Voices":
        """Divide by the largest magnitude of each graph and voice, signed by their sum.

        A voice whose importances are all within rounding is ignored for a graph, if another voice
        is not.

        Args:
            importance: ``[M, K]``; ``nan`` if a voice does not apply to an element.
            graph: Graph of each element, ``[M]``.
            rounding: Largest importance from rounding for each graph, ``[G]``. Default: the
                rounding of the largest importance.
        """
        graphs = int(graph.max()) + 1 if len(graph) else 0
        known = importance.nan_to_num(0.0)
        none = importance.new_zeros(graphs, importance.size(1))
        index = graph[:, None].expand_as(importance)
        largest = none.scatter_reduce(0, index, known.abs(), "amax")
        least = torch.full_like(largest, certain(importance.dtype))
        if rounding is not None:
            tiny = torch.finfo(importance.dtype).tiny
            least = least.maximum(rounding[:graphs, None] / largest.clamp_min(tiny))
        heard = (largest > 0) & (_AUDIBLE * least <= 1)
        silent = heard.logical_not() & heard.any(1, keepdim=True)
        scale = torch.where(none.index_add(0, graph, known) < 0, -largest, largest)
        scale = torch.where(heard, scale, torch.inf)
        values = torch.where(silent[graph], torch.nan, importance / scale[graph])
        return cls(values, graph, torch.where(heard, least, 0.0))

    def score(self) -> Tensor:
        """Mean magnitude of each element, ``[M]`` in [0, 1]; ``nan`` without any voice."""
        return self.values.abs().nanmean(1)

    def tolerance(self) -> Tensor:
        """Largest difference of scores from rounding for each graph, ``[G]``."""
        return self.rounding.mean(1) + certain(self.values.dtype)

    def select(self, chosen: Tensor) -> "Voices":
        """The voices on some elements, ``[M]`` bool."""
        return Voices(self.values[chosen], self.graph[chosen], self.rounding)

    def confidence(self, margin: float, level: Tensor | None = None) -> Confidence:
        r"""Share of the voices with i above j, among the voices that apply to both.

        A voice puts i above j if

        .. math::
            |a_i| - |a_j| > \mathrm{margin} \quad\text{and not}\quad
            (a_i < 0 \text{ and } a_j > \tfrac12 |a_i|)

        by more than rounding. The second condition prevents elements that oppose the similarity to
        some references from ranking above elements that support it. A level is above another level
        if each of its elements is above each element of the other.

        Args:
            margin: Least difference of the magnitudes of i and j.
            level: Level of each element, ``[M]``; i and j number levels. Default: each element is
                its own level.
        """
        values = self.values
        if level is None:
            level = torch.arange(len(values), device=values.device)
        levels = number_of(level)
        unknown, a = values.isnan(), values.nan_to_num(0.0)
        known = ~_reduced(unknown.to(a), level, levels, "amax").bool()
        weakest = _reduced(a.abs(), level, levels, "amin")
        strongest = _reduced(a.abs(), level, levels, "amax")
        mildest = _reduced(torch.where(a < 0, -a, torch.inf), level, levels, "amin")
        highest = _reduced(a, level, levels, "amax")
        graph = by_level(self.graph, level)
        rounding = self.rounding[graph]
        apart = rounding.clamp_min(margin)

        def confidence(i: Tensor, j: Tensor) -> Tensor:
            opposed = 2 * highest[j] > mildest[i] + rounding[i]
            above = (weakest[i] - strongest[j] > apart[i]) & ~opposed
            both = known[i] & known[j]
            return (above & both).sum(1).to(a) / both.sum(1).clamp_min(1)

        return confidence


def _reduced(values: Tensor, level: Tensor, levels: int, how: str) -> Tensor:
    """Largest or smallest value of each level and voice, ``[L, K]``."""
    index = level[:, None].expand_as(values)
    none = values.new_zeros(levels, values.size(1))
    return none.scatter_reduce(0, index, values, how, include_self=False)
