"""What local explanations against many references agree on: a score, and an order."""

from dataclasses import dataclass

from torch import Tensor

from pyg_siamex.explain.self_learned.invariance.levels import Levels
from pyg_siamex.explain.self_learned.invariance.order import Order, partial_order
from pyg_siamex.explain.self_learned.invariance.voices import Voices


@dataclass(frozen=True)
class Consensus:
    """What should not change with the reference.

    Attributes:
        score: Mean importance of each element, ``[M]`` in [0, 1].
        order: The relations that nearly all local explanations share.
    """

    score: Tensor
    order: Order


def agree(voices: Voices, alpha: float, margin: float = 0.0) -> Consensus:
    r"""Consensus of K local explanations.

    .. math::
        \mathrm{score}_i = \frac{1}{K} \sum_k |a_{ik}|, \qquad
        A \succ B \iff \frac{1}{K} \sum_k [k \text{ puts } A \text{ above } B] \ge 1 - \alpha

    over levels A and B, groups of elements of equal score; see :meth:`Voices.confidence` for what
    above means. Elements that a symmetry of the graph exchanges are tied, and in the same
    relations.

    Not all pairs of the L levels are asked: with the levels of a graph sorted by score, those
    :math:`1, 2, 4, 8, \dots` places apart are, and a relation that two relations of half its length
    imply is dropped. So there are at most :math:`L \log_2 L`, without cycles.

    Args:
        voices: The explanations.
        alpha: Share of the explanations that may object, in [0, 1).
        margin: By how much the magnitude of i must exceed that of j, in units of the largest.

    Returns:
        The consensus. An element of which no explanation says anything gets the median score of
        its graph and no relation.
    """
    score = voices.score()
    levels = Levels.of_score(score.nan_to_num(-1.0), voices.graph, voices.tolerance())
    order = partial_order(levels, alpha, voices.confidence(margin, levels.of))
    return Consensus(fill(score, voices.graph), order)


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
