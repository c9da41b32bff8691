"""Consensus of local explanations against many references: a score and an order."""

from dataclasses import dataclass

from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.explain.self_learned.invariance.levels import Levels
from pyg_siamex.explain.self_learned.invariance.order import Order, partial_order
from pyg_siamex.explain.self_learned.invariance.voices import Voices


@dataclass(frozen=True)
class Consensus:
    """Score and order that should not change with the reference.

    Attributes:
        score: Mean importance of each element, ``[M]`` in [0, 1].
        direction: 1 where an element works towards what the pair is, -1 where it works against it,
            ``[M]``.
        order: The relations that nearly all local explanations share.
    """

    score: Tensor
    direction: Tensor
    order: Order


@checked
def agree(voices: Voices, alpha: float, margin: float = 0.0) -> Consensus:
    r"""Consensus of V local explanations.

    .. math::
        \mathrm{score}_i = \sum_k w_k \tilde a_{ik} \Big/ \sum_k w_k, \qquad
        A \succ B \iff \sum_k w_k [k \text{ puts } A \text{ above } B]
            \ge (1 - \alpha) \sum_k w_k

    with the importance :math:`\tilde a` of :meth:`Voices.importance`, over levels A and B, which
    are groups of elements of equal score. :meth:`Voices.confidence` defines "above". Elements that
    a symmetry of the graph exchanges are tied and have the same relations.

    Only some pairs of the L levels are compared. With the levels of a graph sorted by score, these
    are levels :math:`1, 2, 4, 8, \dots` places apart. A relation that two relations of half its
    length imply is dropped. The result has at most :math:`L \log_2 L` relations and no cycles.

    Args:
        voices: The explanations.
        alpha: Share of the explanations that may contradict a relation, in [0, 1).
        margin: Least difference of the importances of i and j, in units of the largest.

    Returns:
        The consensus. An element without any explanation gets the median score of its graph and no
        relation.
    """
    score = voices.score()
    levels = Levels.of_score(score.nan_to_num(-1.0), voices.graph, voices.tolerance())
    order = partial_order(levels, alpha, voices.confidence(margin, levels.of))
    return Consensus(_filled(score, voices.graph), voices.direction(), order)


def _filled(score: Tensor, graph: Tensor) -> Tensor:
    """Give elements without a score the median of their graph, or 1/2 if it has no scores."""
    missing = score.isnan()
    if not missing.any():
        return score
    out = score.clone()
    for position in graph[missing].unique():
        inside = graph == position
        known = score[inside & ~missing]
        out[inside & missing] = known.median() if len(known) else 0.5
    return out
