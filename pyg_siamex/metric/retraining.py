r"""Stability over retraining: the same pair, explained with models of other training seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from pyg_siamex._door import checked
from pyg_siamex.explain.engine.problem import OneSide
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.agreement import between_rows, mean_defined, spearman, top_jaccard
from pyg_siamex.metric.protocol import Elements, EvaluationProtocol
from pyg_siamex.metric.stability import check_apart, importance_rows


@dataclass(frozen=True)
class RetrainingStability:
    """Agreement of the explanations of one pair between retrained models.

    Attributes:
        spearman: Mean Spearman correlation between models, in [-1, 1]; high is stable.
        magnitude: The same for absolute values.
        jaccard: Mean overlap between models of the top share by absolute value, in [0, 1].
        models: Number of models.
        undefined: Number of comparisons left out because importances were constant.
    """

    spearman: float
    magnitude: float
    jaccard: float
    models: int
    undefined: int


@checked
def retraining_stability(
    explanations: Sequence[PairExplanation],
    *,
    share: float = 0.2,
    elements: Elements | None = None,
    side: OneSide = "query",
    undirected: bool = False,
) -> RetrainingStability:
    r"""Measure how far the explanation of a pair depends on the training seed of the model.

    .. math:: \frac{2}{M(M-1)} \sum_{a < b} \rho(i_a, i_b)

    with :math:`\rho` Spearman's correlation and :math:`i_a` the importances with model a. The
    models have the same training graphs and differ in their seeds. Equally good models may use
    different parts, so an unstable explanation can be faithful to each of them, but it then says
    little about the data. :class:`~pyg_siamex.explain.EnsembleExplainer` averages over models.

    Args:
        explanations: The same pair, explained with M models, M at least 2.
        share: Share of the elements in the top, for the overlap.
        elements: Which elements are compared, see :class:`~pyg_siamex.metric.EvaluationProtocol`.
        side: Graph of the elements, ``"query"`` or ``"reference"``.
        undirected: Whether an edge and its reverse are one element.

    Raises:
        ValueError: If there are fewer than two explanations, one is there twice, or their pairs or
            algorithms differ.
    """
    rows = importance_rows(explanations, EvaluationProtocol(elements, side, undirected))
    if len(rows) < 2:
        raise ValueError(f"stability over retraining needs at least 2 models (got {len(rows)})")
    check_apart(explanations=explanations)
    other = "reference" if side == "query" else "query"
    first = getattr(explanations[0], other)
    for explanation in explanations[1:]:
        graph = getattr(explanation, other)
        if not (torch.equal(first.x, graph.x) and torch.equal(first.edge_index, graph.edge_index)):
            raise ValueError(
                f"stability over retraining needs explanations of one pair, and their {other}s "
                f"differ in nodes or edges"
            )
    rho = between_rows(spearman(rows, rows))
    return RetrainingStability(
        spearman=mean_defined(rho),
        magnitude=mean_defined(between_rows(spearman(rows.abs(), rows.abs()))),
        jaccard=mean_defined(between_rows(top_jaccard(rows.abs(), rows.abs(), share))),
        models=len(rows),
        undefined=int(rho.isnan().sum()),
    )
