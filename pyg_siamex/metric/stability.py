r"""Stability over references, with the numbers needed to interpret it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.problem import OneSide, Side
from pyg_siamex.explain.engine.unshared import embedder
from pyg_siamex.explain.ensemble import check_one_algorithm
from pyg_siamex.explain.explained_graph import same_graph
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.agreement import between_rows, mean_defined, spearman, top_jaccard
from pyg_siamex.metric.element_values import present_importance
from pyg_siamex.metric.protocol import Elements, EvaluationProtocol
from pyg_siamex.metric.unexplained import union
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class Stability:
    """Stability of one query's importances, with the numbers needed to interpret it.

    Attributes:
        spearman: Mean Spearman correlation between references, in [-1, 1]; high is stable.
        magnitude: The same for absolute values.
        jaccard: Mean overlap between references of the top share by absolute value, in [0, 1];
            high is stable.
        spread: Mean cosine between the references' embeddings, in [-1, 1]. Near 1 the model does
            not distinguish them and stability is trivial. ``None`` without a model, and
            for models of pairs without embeddings.
        seed_floor: Mean Spearman correlation between seeds for one pair; it bounds the stability
            over references. ``None`` without ``reseeded``.
        other_class: Mean Spearman correlation with explanations against another class. If it is
            near ``spearman``, the explanation does not depend on the reference. For signed
            importances it should be strongly negative. ``None`` without ``others``.
        other_class_magnitude: The same for absolute values.
        undefined: Number of comparisons left out because importances were constant.
    """

    spearman: float
    magnitude: float
    jaccard: float
    spread: float | None
    seed_floor: float | None
    other_class: float | None
    other_class_magnitude: float | None
    undefined: int


@checked
def stability(
    explanations: Sequence[PairExplanation],
    *,
    model: SiameseGNN | None = None,
    reseeded: Sequence[PairExplanation] | None = None,
    others: Sequence[PairExplanation] | None = None,
    share: float = 0.2,
    elements: Elements | None = None,
    side: Side = "query",
    undirected: bool = False,
) -> Stability:
    r"""Measure how stable a query's importances are if only the reference changes.

    .. math:: \frac{2}{R(R-1)} \sum_{a < b} \rho(i_a, i_b)

    with :math:`\rho` Spearman's correlation (ties by average ranks) and :math:`i_a` the importances
    of the query's elements against reference a. Read stability together with faithfulness, since a
    constant answer is stable.

    Args:
        explanations: One query against R references of one class, R at least 2. The references
            should differ, see ``spread``.
        model: The model that was explained, for the spread.
        reseeded: One of the pairs, explained at least twice with different seeds.
        others: The query against references of another class.
        share: Share of the elements in the top, for the overlap.
        elements: Which elements are compared, see :class:`~pyg_siamex.metric.EvaluationProtocol`.
        side: ``"query"``; or ``"reference"``, to compare one reference against many queries.
        undirected: Whether an edge and its reverse are one element.

    Raises:
        ValueError: If there are fewer than two explanations, one is there twice, their queries or
            algorithms differ, or ``reseeded`` are not all of one of the pairs.
    """
    protocol = EvaluationProtocol(elements=elements, side=side, undirected=undirected)
    rows = importance_rows(explanations, protocol)
    check_apart(explanations=explanations, others=others)
    if reseeded is not None:
        check_apart(reseeded=reseeded)
    if len(rows) < 2:
        raise ValueError(f"stability needs at least 2 references (got {len(rows)})")
    rho = between_rows(spearman(rows, rows))
    floor = across = magnitude = None
    if reseeded is not None:
        _check_reseeded(reseeded, explanations)
        seeds = importance_rows(reseeded, protocol)
        floor = mean_defined(between_rows(spearman(seeds, seeds)))
    if others is not None:
        theirs = importance_rows(others, protocol)
        _same_query(explanations[0], others[0], protocol)
        check_one_algorithm([explanations[0], others[0]])
        across = mean_defined(spearman(rows, theirs))
        magnitude = mean_defined(spearman(rows.abs(), theirs.abs()))
    return Stability(
        spearman=mean_defined(rho),
        magnitude=mean_defined(between_rows(spearman(rows.abs(), rows.abs()))),
        jaccard=mean_defined(between_rows(top_jaccard(rows.abs(), rows.abs(), share))),
        spread=None if model is None else reference_spread(model, explanations, protocol),
        seed_floor=floor,
        other_class=across,
        other_class_magnitude=magnitude,
        undefined=int(rho.isnan().sum()),
    )


def check_apart(**given: Sequence[PairExplanation] | None) -> None:
    """Refuse an explanation that is compared with itself.

    Args:
        **given: Explanations by the name of their argument.

    Raises:
        ValueError: If an explanation is there twice.
    """
    places: dict[int, str] = {}
    for name, explanations in given.items():
        for k, explanation in enumerate(() if explanations is None else explanations):
            place = f"{name}[{k}]"
            if id(explanation) in places:
                raise ValueError(
                    f"{place} is {places[id(explanation)]} again, and an explanation always agrees "
                    f"with itself: leave it out"
                )
            places[id(explanation)] = place


def _check_reseeded(
    reseeded: Sequence[PairExplanation], explanations: Sequence[PairExplanation]
) -> None:
    """Refuse explanations of several pairs, or of one that is not measured."""
    if len(reseeded) < 2:
        raise ValueError(
            f"`reseeded` must be at least 2 explanations of one pair (got {len(reseeded)})"
        )
    number = next((k for k, one in enumerate(reseeded) if not _same_pair(reseeded[0], one)), None)
    if number is not None:
        raise ValueError(
            f"`reseeded` must all be of one pair: explanation {number} is of another than "
            f"explanation 0"
        )
    if not any(_same_pair(reseeded[0], one) for one in explanations):
        raise ValueError("`reseeded` must be of one of the pairs of `explanations`")


def _same_pair(one: PairExplanation, other: PairExplanation) -> bool:
    return same_graph(one.query, other.query) and same_graph(one.reference, other.reference)


def importance_rows(
    explanations: Sequence[PairExplanation], protocol: EvaluationProtocol
) -> Tensor:
    """Importances of one graph against many, ``[R, M]``.

    Raises:
        ValueError: If ``explanations`` is empty, or the measured graphs, the algorithms or the
            kinds of masks differ.
    """
    if not explanations:
        raise ValueError("there are no explanations to compare")
    if protocol.side == "both":
        raise ValueError("stability compares one graph against many: use side='query'")
    for explanation in explanations[1:]:
        _same_query(explanations[0], explanation, protocol)
    check_one_algorithm(explanations)
    rows = [present_importance(e, protocol) for e in explanations]
    number = next((k for k, row in enumerate(rows) if row.shape != rows[0].shape), None)
    if number is not None:
        raise ValueError(
            f"explanation {number} gives {len(rows[number])} elements their importance, and "
            f"explanation 0 {len(rows[0])}: compare masks of one kind"
        )
    return torch.stack(rows)


@torch.no_grad()
def reference_spread(
    model: SiameseGNN, explanations: Sequence[PairExplanation], protocol: EvaluationProtocol
) -> float | None:
    """Mean cosine between the embeddings of the other graphs of the pairs, in [-1, 1].

    ``None`` if the model has no embedding of one graph.
    """
    from pyg_siamex.nn.training.quality import spread

    side: OneSide = "query" if protocol.side == "reference" else "reference"
    tower = embedder(model, side)
    if tower is None:
        return None
    with untouched(tower):
        return spread(embed_alone(tower, union([getattr(e, side) for e in explanations], tower)))


def _same_query(one: PairExplanation, other: PairExplanation, protocol: EvaluationProtocol) -> None:
    side = "reference" if protocol.side == "reference" else "query"
    if not same_graph(getattr(one, side), getattr(other, side)):
        raise ValueError(
            f"stability needs explanations of the same {side}, and these differ in its nodes or "
            f"edges"
        )
