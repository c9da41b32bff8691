"""Measure how far explanations can be trusted, and save the result with them."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex.explain.elements import goes_both_ways, is_masked
from pyg_siamex.explain.engine.problem import OneSide
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.curves import removal_curves
from pyg_siamex.metric.element_values import every_importance, present_elements
from pyg_siamex.metric.methods import explain_seeded
from pyg_siamex.metric.protocol import Elements, EvaluationProtocol
from pyg_siamex.metric.randomisation import ExplainerOf, model_randomisation
from pyg_siamex.metric.rank import Ranks
from pyg_siamex.metric.retraining import retraining_stability
from pyg_siamex.metric.stability import stability
from pyg_siamex.nn.siamese import SiameseGNN

SHARES = (0.0, 0.01, 0.02, *(step / 20 for step in range(1, 21)))
"""Shares of a graph's elements at which curves are measured; the first are the densest."""

SIDES = ("query", "reference")


@checked
def trust(
    explanations: PairExplanation | Sequence[PairExplanation],
    explainer: PairExplainer | None = None,
    *,
    model: SiameseGNN | None = None,
    references: Sequence[Data] = (),
    retrained: Sequence[PairExplainer] = (),
    randomise: bool | ExplainerOf = True,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Measure how far explanations can be trusted, and save it in their ``info``.

    Each explanation's ``info["trust"]`` is set to plain numbers that :meth:`PairExplanation.save`
    writes and the report page shows:

    * ``"curves"``: for each explained side :func:`side_curves`, the similarity and fidelities with
      only its most important elements, and without them;
    * ``"completeness_error"``, if the method promises completeness;
    * ``"stability"``: with ``references``, see :func:`~pyg_siamex.metric.stability`;
    * ``"retraining"``: with ``retrained``, see :func:`~pyg_siamex.metric.retraining_stability`;
    * ``"randomisation"``: with an ``explainer``, the correlation of magnitudes with the explanation
      of a model whose layers are all reinitialised, see
      :func:`~pyg_siamex.metric.model_randomisation`.

    Args:
        explanations: One explanation, or P explanations.
        explainer: The explainer of the explanations; required for stability and for the
            randomisation check. These explain each pair again, once per reference and once per
            layer.
        model: The model. Default: the explainer's model, else the explanations' own.
        references: Further graphs, R at least 1, of the class of each query's reference; each query
            is explained against them.
        retrained: Explainers of models with the same training graphs and other seeds, at least
            one; each explains the pairs again.
        randomise: Whether to run the randomisation check if an explainer is given; or a function
            from a model to an explainer, required if the explainer has learned from the model, as
            an invariance has.
        seed: Seed of ties, of new parameters and of the explainers' draws.

    Returns:
        The new ``info["trust"]`` of each explanation.

    Raises:
        ValueError: If explanations or the model are missing; references, or a function as
            ``randomise``, are given without an explainer; references are given for masks of
            references alone; an explainer is of another method than the explanations; a retrained
            model is the explained one; or the model, or the explainer's, does not give the
            explained similarities.
    """
    found = [explanations] if isinstance(explanations, PairExplanation) else list(explanations)
    if not found:
        raise ValueError("there are no explanations to measure")
    for one in (*([] if explainer is None else [explainer]), *retrained):
        for explanation in found:
            _check_same_method(explanation, one)
    if len(references) and explainer is None:
        raise ValueError("stability over references explains anew: give the explainer as well")
    if explainer is None and not isinstance(randomise, bool):
        raise ValueError("randomisation explains anew: give the explainer as well")
    if len(references) and not any(is_masked(one.query) for one in found):
        raise ValueError(
            "stability over references compares masks of the query, and only the reference is "
            "explained: leave `references` out, or explain with side='query'"
        )
    asked = model or (explainer.model if explainer else None)
    _check_retrained(retrained, asked, found)
    if explainer is not None and explainer.model is not asked:
        for explanation in found:
            pair_curves(explanation, explainer.model, seed=seed)
    records: list[dict[str, Any]] = []
    for explanation in found:
        record = {
            "curves": pair_curves(explanation, asked, seed=seed),
            "completeness_error": explanation.completeness_error,
            "stability": None,
            "retraining": None,
            "randomisation": None,
        }
        records.append(record)
    if len(retrained):
        _explain_retrained(retrained, found, records)
    if explainer is not None:
        _explain_again(explainer, asked, found, references, randomise, seed, records)
    for explanation, record in zip(found, records, strict=True):
        explanation.info = {**explanation.info, "trust": record}
    return records


def pair_curves(
    explanation: PairExplanation, model: SiameseGNN | None = None, *, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """:func:`side_curves` of every side that has masks.

    Raises:
        OtherModelError: If the model is not the one that was explained.
        ValueError: If the model is missing, or its encoder cannot work without these elements.
    """
    model = model or explanation.model
    if model is None:
        raise ValueError("the explanation does not know its model: give the model")
    return {
        side: side_curves(explanation, model, side, seed=seed)
        for side in SIDES
        if is_masked(getattr(explanation, side))
    }


def side_curves(
    explanation: PairExplanation, model: SiameseGNN, side: str, *, seed: int = 0
) -> dict[str, Any]:
    """Similarity and fidelities of a pair along the shares :data:`SHARES` of one side's elements.

    Args:
        explanation: The explanation, with masks on that side.
        model: The model that was explained; left unchanged.
        side: ``"query"`` or ``"reference"``; the other graph stays whole.
        seed: Seed of ties.

    Returns:
        ``elements`` and their ``count``; ``whole`` and ``empty`` similarity and the ``effect``
        between them (``nan`` if there is nothing to explain); along the ``shares`` the numbers
        ``selected``, the similarities ``kept`` and ``removed``, ``fidelity_plus`` and
        ``fidelity_minus``; and the areas ``insertion`` and ``deletion``.

    Raises:
        OtherModelError: If the model gives another similarity than the explained one.
        ValueError: If the side has no masks.
    """
    protocol = side_protocol(explanation, side, seed)
    curves = removal_curves(
        model,
        [explanation],
        shares=SHARES,
        elements=protocol.elements,
        side=protocol.side,
        undirected=protocol.undirected,
        seed=seed,
    )
    count = int(present_elements(explanation, side, protocol).sum())
    return {
        "elements": protocol.elements_of([explanation]),
        "count": count,
        "whole": float(curves.whole),
        "empty": float(curves.empty),
        "effect": float(curves.effect),
        "shares": list(SHARES),
        "selected": (curves.selected[0] * count).nan_to_num().round().int().tolist(),
        "kept": curves.kept[0].tolist(),
        "removed": curves.removed[0].tolist(),
        "fidelity_plus": curves.fidelity_plus[0].tolist(),
        "fidelity_minus": curves.fidelity_minus[0].tolist(),
        "insertion": float(curves.area(1 - curves.fidelity_minus)),
        "deletion": float(curves.area(1 - curves.fidelity_plus)),
    }


def side_ranks(explanation: PairExplanation, side: str, *, seed: int = 0) -> Tensor:
    """Position of each element of one side in the order of :func:`side_curves`, ``[M]``.

    The most important element has position 0. Edges are numbered as in
    :func:`~pyg_siamex.metric.element_importance`, as unordered pairs of nodes if the graph is
    undirected.
    """
    protocol = side_protocol(explanation, side, seed)
    values = every_importance(explanation, protocol).abs()
    present = present_elements(explanation, side, protocol)
    return Ranks(values, torch.zeros_like(present, dtype=torch.long), present, 1, seed).rank


def side_protocol(explanation: PairExplanation, side: str, seed: int = 0) -> EvaluationProtocol:
    """Protocol for one side, by its edges, its nodes, or the features of a graph of one node.

    An edge and its reverse are one element. Feature masks of larger graphs count by node.
    """
    graph = getattr(explanation, side)
    undirected = goes_both_ways(graph.edge_index)
    elements: Elements = "edge" if graph.get("edge_mask") is not None else "node"
    if elements == "node" and graph.num_nodes == 1 and graph.node_mask.size(1) > 1:
        elements = "feature"
    return EvaluationProtocol(elements, side, undirected, seed=seed)  # type: ignore[arg-type]


def _check_same_method(explanation: PairExplanation, explainer: PairExplainer) -> None:
    """Refuse the explainer of another method than an explanation is of."""
    own, other = explanation.algorithm, explainer.algorithm.name
    kinds = explanation.settings.get("explainer", {})
    for name in ("node_mask_type", "edge_mask_type"):
        kind = getattr(explainer.kinds, name)
        given = getattr(kind, "value", kind)
        if own == other and kinds.get(name, given) != given:
            own, other = f"{name}={kinds[name]!r}", f"{name}={given!r}"
    if own != other:
        raise ValueError(
            f"the explanations are of {own}, and an explainer is of {other}: what it explains anew "
            f"says nothing of them. Give the explainer that made them"
        )


def _check_retrained(
    retrained: Sequence[PairExplainer],
    model: SiameseGNN | None,
    explanations: Sequence[PairExplanation],
) -> None:
    """Refuse retrained models that are the explained one, or there twice."""
    taken = [one for one in (model, *(e.model for e in explanations)) if one is not None]
    for k, explainer in enumerate(retrained):
        if any(explainer.model is one for one in taken):
            raise ValueError(
                f"retrained[{k}] explains the explained model, or one of another entry: give "
                f"explainers of models that were trained anew"
            )
        taken.append(explainer.model)


def _explain_again(
    explainer: PairExplainer,
    model: SiameseGNN | None,
    explanations: Sequence[PairExplanation],
    references: Sequence[Data],
    randomise: bool | ExplainerOf,
    seed: int,
    records: Sequence[dict[str, Any]],
) -> None:
    """Add the checks that explain the pairs again to each record."""
    for explanation, record in zip(explanations, records, strict=True):
        side = _explained_side(explanation)
        protocol = side_protocol(explanation, side, seed)
        kinds: dict[str, Any] = {
            "elements": protocol.elements,
            "side": side,
            "undirected": protocol.undirected,
        }
        query, reference = (_unmasked(getattr(explanation, name)) for name in SIDES)
        if len(references) and side == "query":
            others = explain_seeded(explainer, [query] * len(references), references, seed)
            found = stability([explanation, *others], model=model, **kinds)
            record["stability"] = {
                "references": len(references) + 1,
                "spearman": found.spearman,
                "magnitude": found.magnitude,
                "jaccard": found.jaccard,
                "spread": found.spread,
            }
        if randomise:
            again = explainer if isinstance(randomise, bool) else randomise
            check = model_randomisation(
                again, [query], [reference], model=explainer.model, seed=seed, **kinds
            )
            last = check.frame[check.frame["step"] == check.frame["step"].max()]
            record["randomisation"] = {
                "magnitude": float(last["magnitude"].mean()),
                "unchanged": check.unchanged,
                "layers": int(check.frame["step"].max()) + 1,
            }


def _explain_retrained(
    retrained: Sequence[PairExplainer],
    explanations: Sequence[PairExplanation],
    records: Sequence[dict[str, Any]],
) -> None:
    """Add the agreement with the explanations of retrained models to each record."""
    queries, references = ([_unmasked(getattr(e, side)) for e in explanations] for side in SIDES)
    again = [explainer.explain(queries, references) for explainer in retrained]
    for explanation, record, others in zip(
        explanations, records, zip(*again, strict=True), strict=True
    ):
        side = _explained_side(explanation)
        protocol = side_protocol(explanation, side)
        found = retraining_stability(
            [explanation, *others],
            elements=protocol.elements,
            side=side,
            undirected=protocol.undirected,
        )
        record["retraining"] = {
            "models": found.models,
            "spearman": found.spearman,
            "magnitude": found.magnitude,
            "jaccard": found.jaccard,
        }


def _explained_side(explanation: PairExplanation) -> OneSide:
    return "query" if is_masked(explanation.query) else "reference"


def _unmasked(graph: Data) -> Data:
    """The graph with all its own attributes, without masks."""
    values: Mapping[str, Any] = graph.to_dict()
    return Data(**{k: v for k, v in values.items() if k not in ("node_mask", "edge_mask")})
