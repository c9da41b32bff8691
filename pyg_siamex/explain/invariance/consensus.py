"""What local explanations against many references agree on: a score, and an order."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Confidence = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Order:
    """Relations "i is more important than j" between elements of one graph.

    Attributes:
        upper: i of each relation, ``[C]`` long.
        lower: j of each relation, ``[C]`` long.
        confidence: Share of the local explanations in which it holds, ``[C]`` in [0, 1].
    """

    upper: Tensor
    lower: Tensor
    confidence: Tensor

    def __len__(self) -> int:
        """Number C of relations."""
        return len(self.upper)


@dataclass(frozen=True)
class Consensus:
    """What should not change with the reference.

    Attributes:
        score: Mean importance of each element, ``[M]`` in [0, 1].
        order: The relations that nearly all local explanations share.
    """

    score: Tensor
    order: Order


def agree(importance: Tensor, graph: Tensor, alpha: float, margin: float = 0.0) -> Consensus:
    r"""Consensus of K local explanations.

    Each explanation is scaled to a largest magnitude of 1 in each graph, so that all weigh the
    same, and signed by its sum, so that positive is what makes the similarity what it is:

    .. math::
        \mathrm{score}_i = \frac{1}{K} \sum_k |a_{ik}|, \qquad
        i \succ j \iff \frac{1}{K} \sum_k
            \bigl[|a_{ik}| - |a_{jk}| > \mathrm{margin}
                  \wedge \neg (a_{ik} < 0 \wedge a_{jk} > \tfrac12 |a_{ik}|)\bigr]
            \ge 1 - \alpha

    The second condition keeps what *opposes* the similarity to some references from being put
    above what makes it.

    Not all of the :math:`M^2` pairs are asked: with the elements of a graph sorted by score, those
    :math:`1, 2, 4, 8, \dots` places apart are, and a relation that two relations of half its length
    imply is dropped. So there are at most :math:`M \log_2 M`, without cycles.

    Args:
        importance: Local importances, ``[M, K]``; ``nan`` where an explanation says nothing of an
            element.
        graph: Graph of each element, ``[M]``.
        alpha: Share of the explanations that may object, in [0, 1).
        margin: By how much the magnitude of i must exceed that of j, in units of the largest.

    Returns:
        The consensus. An element of which no explanation says anything gets the median score of
        its graph and no relation.
    """
    scaled = scale(importance, graph)
    score = scaled.abs().nanmean(1)
    order = partial_order(score, graph, alpha, agreement(scaled, margin))
    return Consensus(fill(score, graph), order)


def scale(importance: Tensor, graph: Tensor) -> Tensor:
    """Divide by the largest magnitude of each graph and explanation, signed by their sum."""
    graphs = int(graph.max()) + 1 if len(graph) else 0
    known = importance.nan_to_num(0.0)
    none = importance.new_zeros(graphs, importance.size(1))
    index = graph[:, None].expand_as(importance)
    largest = none.scatter_reduce(0, index, known.abs(), "amax")
    largest = largest.clamp_min(torch.finfo(importance.dtype).tiny)
    turned = torch.where(none.index_add(0, graph, known) < 0, -largest, largest)
    return importance / turned[graph]


def fill(score: Tensor, graph: Tensor) -> Tensor:
    """Give elements without a score the median of their graph, or 1/2 where it has none."""
    missing = score.isnan()
    if not missing.any():
        return score
    filled = score.clone()
    for position in graph[missing].unique():
        inside = graph == position
        known = score[inside & ~missing]
        filled[inside & missing] = known.median() if len(known) else 0.5
    return filled


def agreement(scaled: Tensor, margin: float) -> Confidence:
    """Share of the explanations, of those that know both, in which i is above j.

    Args:
        scaled: Scaled importances, ``[M, K]``; see :func:`agree` for what above means.
        margin: See :func:`agree`.
    """

    def confidence(i: Tensor, j: Tensor) -> Tensor:
        a, b = scaled[i], scaled[j]
        above = (a.abs() - b.abs() > margin) & ~((a < 0) & (2 * b > a.abs()))
        known = (~(a.isnan() | b.isnan())).sum(1)
        return above.sum(1).to(scaled) / known.clamp_min(1)

    return confidence


def partial_order(score: Tensor, graph: Tensor, alpha: float, confidence: Confidence) -> Order:
    """The relations of :func:`agree`.

    Args:
        score: ``[M]``; elements of equal score are in no relation, nor are those of score ``nan``.
        graph: Graph of each element, ``[M]``.
        alpha: Relations of confidence below 1 - alpha are dropped.
        confidence: How sure it is that elements i exceed elements j.
    """
    order = sort_by_score(score.nan_to_num(-1.0), graph)
    g, s = graph[order], score[order]
    longest = int(graph.bincount().max()) if len(graph) else 0
    found, shorter, step = [], None, 1
    while step < longest:
        sure = confidence(order[:-step], order[step:])
        holds = (sure >= 1 - alpha) & (g[:-step] == g[step:]) & (s[:-step] > s[step:])
        implied = torch.zeros_like(holds)
        if shorter is not None:
            half = step // 2
            implied = shorter[:-half] & shorter[half:]
        new = (holds & ~implied).nonzero().flatten()
        found.append((order[new], order[new + step], sure[new]))
        shorter, step = holds, 2 * step
    if not found:
        return Order(graph[:0], graph[:0], score[:0])
    upper, lower, sure = (torch.cat(parts) for parts in zip(*found, strict=True))
    return Order(upper, lower, sure.to(score))


def height(score: Tensor, graph: Tensor) -> Tensor:
    """Rank of each element's score within its graph, ``[M]`` in [0, 1]; ties share the lowest."""
    order = sort_by_score(-score, graph)
    s, g = score[order], graph[order]
    place = torch.arange(len(order), device=score.device)
    new = torch.ones_like(place, dtype=torch.bool)
    new[1:] = (s[1:] != s[:-1]) | (g[1:] != g[:-1])
    first = torch.where(new, place, 0).cummax(0).values if len(place) else place
    counts = graph.bincount()
    start = (counts.cumsum(0) - counts)[g]
    share = (first - start).to(score) / (counts[g] - 1).clamp_min(1)
    return torch.empty_like(score).index_copy(0, order, share)


def sort_by_score(score: Tensor, graph: Tensor) -> Tensor:
    """Elements graph by graph, each graph's from the highest score down."""
    order = score.argsort(descending=True, stable=True)
    return order[graph[order].argsort(stable=True)]
