"""Local explanations of the same elements on a common scale."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import torch
from torch import Tensor

from pyg_siamex.explain.self_learned.invariance.levels import by_level, certain, number_of

# Numbers, [P], or a range of them, which is read without a copy.
Chosen = Tensor | slice
# From i and j, P of each, to the confidence that each i exceeds its j, [P].
Confidence = Callable[[Chosen, Chosen], Tensor]

# A voice is ignored unless its largest importance is this many times above rounding.
_AUDIBLE = 50.0
# An element that works against what a pair is counts half as much as one that works towards it.
_OPPOSING = 0.5
# Powers of the agreement with the own voice, in the weights of references and of the own voice.
_SHARPNESS, _CONFIRMED = 8, 4


@dataclass(frozen=True)
class Voices:
    """V local explanations of each graph, called voices, scaled and turned the same way.

    Attributes:
        values: Importances, ``[M, V]`` in [-1, 1], with the largest magnitude of each graph and
            voice equal to 1. Positive elements work towards what the pair of the voice is: alike,
            if the whole graph is more alike than the empty one. ``nan`` if a voice does not apply.
        graph: Graph of each element, ``[M]``.
        weight: Weight of each voice, ``[G, V]``, non-negative.
        rounding: Largest difference of each graph's importances from rounding, ``[G, V]``.
    """

    values: Tensor
    graph: Tensor
    weight: Tensor
    rounding: Tensor

    @classmethod
    def of(
        cls,
        importance: Tensor,
        graph: Tensor,
        sign: Tensor,
        rounding: Tensor,
        differences: bool = True,
    ) -> "Voices":
        """Divide by the largest magnitude of each graph and voice, and turn by the sign.

        A voice whose importances are all within rounding is ignored for a graph, if another voice
        is not. All other voices have equal weights, which sum to 1.

        Args:
            importance: ``[M, V]``; ``nan`` if a voice does not apply to an element.
            graph: Graph of each element, ``[M]``.
            sign: 1 or -1 for each graph and voice, ``[G, V]``.
            rounding: Largest importance from rounding for each graph, ``[G]``.
            differences: Whether all importances are rounded that much; else, as gradients are, by a
                share of the largest.
        """
        known = importance.nan_to_num(0.0)
        none = importance.new_zeros(len(rounding), importance.size(1))
        largest = none.scatter_reduce(0, graph[:, None].expand_as(known), known.abs(), "amax")
        tiny = torch.finfo(importance.dtype).tiny
        least = (rounding[:, None].to(largest) / largest.clamp_min(tiny)).clamp_min(
            certain(importance.dtype)
        )
        heard = (largest > 0) & (_AUDIBLE * least <= 1)
        silent = heard.logical_not() & heard.any(1, keepdim=True)
        scale = torch.where(heard, largest * sign.to(largest), torch.inf)
        values = importance / scale[graph]
        if silent.any():
            values = values.masked_fill(silent[graph], torch.nan)
        weight = torch.where(silent, 0.0, 1.0).to(largest)
        weight = weight / weight.sum(1, keepdim=True).clamp_min(1.0)
        apart = least if differences else torch.full_like(least, certain(importance.dtype))
        return cls(values, graph, weight, torch.where(heard, apart, 0.0))

    @classmethod
    def scaled(cls, values: Tensor, graph: Tensor, graphs: int) -> "Voices":
        """Voices that were turned before, scaled again to a maximum of 1 in each graph.

        Args:
            values: ``[M, V]``; ``nan`` if a voice does not apply to an element.
            graph: Graph of each element, ``[M]``.
            graphs: Number G of graphs.
        """
        sign = values.new_ones(graphs, values.size(1))
        return cls.of(values, graph, sign, values.new_zeros(graphs))

    @classmethod
    def joined(cls, parts: Sequence["Voices"]) -> "Voices":
        """All voices of several sets of voices on the same elements."""
        return cls(
            torch.cat([one.values for one in parts], dim=1),
            parts[0].graph,
            torch.cat([one.weight for one in parts], dim=1),
            torch.cat([one.rounding for one in parts], dim=1),
        )

    @classmethod
    def of_more_graphs(cls, parts: Sequence["Voices"]) -> "Voices":
        """The same voices on the elements of several sets of graphs, one set after the other."""
        first = [0, *accumulate(len(one.weight) for one in parts)]
        return cls(
            torch.cat([one.values for one in parts]),
            torch.cat([one.graph + k for one, k in zip(parts, first, strict=False)]),
            torch.cat([one.weight for one in parts]),
            torch.cat([one.rounding for one in parts]),
        )

    def attuned(self, own: "Voices", share: float, reference: Tensor | None = None) -> "Voices":
        r"""Weigh voices by how far they agree with a graph's own voice, and add that voice.

        .. math::
            w_k \propto \rho_k^8, \qquad \rho_k = \cos(a_\mathrm{own}, a_k), \qquad
            c = \max_k \rho_k^4

        A voice with :math:`\rho_k < 0` is turned. References that are alike for another reason than
        this pair, such as another shared motif, hardly count then.

        Voices of the same graph have the total weight c: if no reference shares what the pair
        shares, the own voice decides. Mean voices of a population have the total weight 1 and the
        own voice has the weight ``share`` times c: what the population does not confirm is noise of
        one explanation.

        Args:
            own: The voice of the pair that is explained, one for each graph.
            share: Weight of the own voice.
            reference: Reference of each voice, ``[V]``, for voices of a population. The mean of the
                voices of a reference is compared with the own voice, and they get the same weight.
                Default: all voices explain the graph itself.
        """
        if not self.values.size(1):
            return Voices.joined([self, replace(own, weight=torch.ones_like(own.weight))])
        rho = self._agreement(own, reference)
        sign = torch.where(rho < 0, -1.0, 1.0).to(rho)
        largest = rho.abs().amax(1, keepdim=True)
        tiny = torch.finfo(rho.dtype).tiny
        weight = (rho / largest.clamp_min(tiny)) ** _SHARPNESS * self.weight
        total = weight.sum(1, keepdim=True)
        agreed = total > 0
        weight = torch.where(agreed, weight / total.clamp_min(tiny), self.weight)
        confirmed, trust = largest**_CONFIRMED, torch.full_like(own.weight, share)
        if reference is not None:
            trust = trust * confirmed
        elif share > 0:
            weight = torch.where(own.is_silent(), weight, weight * confirmed)
        pooled = replace(self, values=sign[self.graph] * self.values, weight=weight)
        return Voices.joined([pooled, replace(own, weight=trust)])

    def is_silent(self) -> Tensor:
        """Whether all importances of a graph are 0 or unknown, for each voice, ``[G, V]`` bool."""
        index = self.graph[:, None].expand_as(self.values)
        none = torch.zeros_like(self.weight)
        return none.scatter_add(0, index, self.values.nan_to_num(0.0).abs()) == 0

    def _agreement(self, own: "Voices", reference: Tensor | None) -> Tensor:
        """Cosine of the own voice and each voice, or the mean voice of its reference, ``[G, V]``.

        Cosines within rounding are 0.
        """
        v, known = self.values.nan_to_num(0.0), (~self.values.isnan()).to(self.values)
        if reference is not None:
            to_mean = torch.nn.functional.one_hot(reference).to(v)
            count = known @ to_mean
            v, known = v @ to_mean / count.clamp_min(1.0), (count > 0).to(v)
        a = own.values.nan_to_num(0.0)
        index = self.graph[:, None].expand_as(v)
        none = v.new_zeros(len(self.weight), v.size(1))
        product = none.scatter_add(0, index, v * a)
        squares = none.scatter_add(0, index, v.square())
        squares = squares * none.scatter_add(0, index, a.square() * known)
        rho = product / squares.sqrt().clamp_min(torch.finfo(v.dtype).tiny)
        rho = torch.where(rho.abs() > certain(v.dtype), rho, 0.0)
        return rho if reference is None else rho[:, reference]

    def importance(self) -> Tensor:
        r"""Importance of each element to each voice, ``[M, V]`` in [0, 1].

        It is a for elements that work towards what the pair is, and :math:`-a/2` for the others.
        """
        return torch.maximum(self.values, -_OPPOSING * self.values)

    def score(self) -> Tensor:
        """Weighted mean importance of each element, ``[M]`` in [0, 1]; ``nan`` without a voice."""
        return self._mean(self.importance())

    def direction(self) -> Tensor:
        """Sign of the weighted mean of each element, ``[M]``: 1, or -1 for an opposing element."""
        return torch.where(self._mean(self.values) < 0, -1.0, 1.0).to(self.values)

    def tolerance(self) -> Tensor:
        """Largest difference of scores from rounding for each graph, ``[G]``."""
        total = self.weight.sum(1).clamp_min(torch.finfo(self.weight.dtype).tiny)
        return (self.rounding * self.weight).sum(1) / total + certain(self.values.dtype)

    def take(self, voice: Tensor) -> "Voices":
        """Some of the voices, by number or as ``[V]`` bool."""
        values, weight, rounding = self.values, self.weight, self.rounding
        return Voices(values[:, voice], self.graph, weight[:, voice], rounding[:, voice])

    def select(self, chosen: Tensor) -> "Voices":
        """The voices on some elements, ``[M]`` bool."""
        return replace(self, values=self.values[chosen], graph=self.graph[chosen])

    def confidence(self, margin: float, level: Tensor | None = None) -> Confidence:
        """Weight of the voices that put i above j, among the voices that apply to both.

        A voice puts i above j if the importance of i is larger by more than the margin and
        rounding. A level is above another level if each of its elements is above each element of
        the other.

        Args:
            margin: Least difference of the importances of i and j.
            level: Level of each element, ``[M]``; i and j number levels. Default: each element is
                its own level.
        """
        if level is None:
            level = torch.arange(len(self.values), device=self.values.device)
        levels = number_of(level)
        unknown, a = self.values.isnan(), self.importance().nan_to_num(0.0)
        known = 1 - _reduced(unknown.to(a), level, levels, "amax")
        weakest = _reduced(a, level, levels, "amin")
        strongest = _reduced(a, level, levels, "amax")
        graph = by_level(self.graph, level)
        apart = self.rounding[graph].clamp_min(margin)
        weight, complete = known * self.weight[graph], not unknown.any()

        # Products with 0 and 1: choices from two tensors take ten times as long.
        def confidence(i: Chosen, j: Chosen) -> Tensor:
            above = (weakest[i] - strongest[j]).gt_(apart[i])
            both = weight[i] if complete else weight[i] * known[j]
            total = both.sum(1)
            agree = above.mul_(both).sum(1)
            return torch.where(total > 0, agree / total.clamp_min(1e-30), 0.0)

        return confidence

    def _mean(self, values: Tensor) -> Tensor:
        known = (values == values).to(values) * self.weight[self.graph]
        total = known.sum(1)
        mean = (values.nan_to_num(0.0) * known).sum(1) / total.clamp_min(1e-30)
        return torch.where(total > 0, mean, torch.nan)


def _reduced(values: Tensor, level: Tensor, levels: int, how: str) -> Tensor:
    """Largest or smallest value of each level and voice, ``[L, V]``."""
    index = level[:, None].expand_as(values)
    none = values.new_zeros(levels, values.size(1))
    return none.scatter_reduce(0, index, values, how, include_self=False)
