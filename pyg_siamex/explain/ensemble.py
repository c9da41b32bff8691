"""Explanations averaged over several trained models."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.elements import floating
from pyg_siamex.explain.explained_graph import same_graph
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.intake import graphs_of
from pyg_siamex.explain.provenance import parameters_of

_MASKS = ("node_mask", "edge_mask")
_OF_MODELS = ", mean of "


@checked
class EnsembleExplainer:
    r"""Explain pairs with several models, and average.

    Models that differ only in their training seed may use different parts of the graphs. The mean
    of their explanations depends less on the seed:

    .. math::
        \bar m_i = \frac{1}{M} \sum_k m_i^{(k)}, \qquad
        \sigma_i = \sqrt{\frac{1}{M - 1} \sum_k (m_i^{(k)} - \bar m_i)^2}

    Explanations that sum to the similarity then sum to the mean similarity of the models.

    Args:
        explainers: One for each model, with the same algorithm and masks. Seeds, and what an
            algorithm has learned, may differ.

    Raises:
        ValueError: If there are fewer than two explainers, or their algorithms, settings, masks,
            sides, or similarities of the models differ, or biases of the models that are read.

    Example:
        >>> explainers = [
        ...     PairExplainer(one, SelfLearned(), edge_mask_type="object") for one in (model, twin)
        ... ]
        >>> explanation = EnsembleExplainer(explainers)(query, reference)
        >>> explanation.query.edge_mask_spread.shape
        torch.Size([4])
    """

    def __init__(self, explainers: Sequence[PairExplainer]) -> None:
        self.explainers: list[PairExplainer] = list(explainers)
        if len(self.explainers) < 2:
            raise ValueError(f"an ensemble needs at least 2 explainers (got {len(explainers)})")
        first = self.explainers[0]
        for number, other in enumerate(self.explainers[1:], 1):
            if other.kinds != first.kinds or other.side != first.side:
                raise ValueError(
                    f"explainer {number} masks other parts than explainer 0: give all the same "
                    f"node_mask_type, edge_mask_type, side, undirected and mask_mode"
                )
            if _settings(other.algorithm) != _settings(first.algorithm):
                raise ValueError(
                    f"explainer {number} is {other.algorithm!r}, and explainer 0 is "
                    f"{first.algorithm!r}: an ensemble averages models, so give all the same "
                    f"algorithm and settings"
                )
            _check_settings(other.settings, first.settings, f"explainer {number}", "explainer 0")

    def __call__(
        self, query: Data | Batch, reference: Data | Batch
    ) -> PairExplanation | list[PairExplanation]:
        """Explain one pair, or two batches pair by pair, as :class:`PairExplainer` does."""
        reads = sorted({name for one in self.explainers for name in one.model.extra_inputs})
        out = self.explain(graphs_of(query, reads), graphs_of(reference, reads))
        single = not isinstance(query, Batch) and not isinstance(reference, Batch)
        return out[0] if single else out

    @checked
    def explain(self, queries: Sequence[Data], references: Sequence[Data]) -> list[PairExplanation]:
        """Explain lists of graphs pair by pair.

        Each explanation has the mean masks, ``prediction`` and ``relevance``, the standard
        deviations of the masks as ``node_mask_spread`` and ``edge_mask_spread`` of its graphs, and
        ``info["predictions"]`` of the models. It knows no ``model``.

        Args:
            queries: B graphs.
            references: B graphs.
        """
        found = [explainer.explain(queries, references) for explainer in self.explainers]
        return [mean_explanation(one) for one in zip(*found, strict=True)]


@checked
def mean_explanation(explanations: Sequence[PairExplanation]) -> PairExplanation:
    """Mean of explanations of one pair by several models; see :class:`EnsembleExplainer`.

    Signs say where a part pulls, as in :meth:`PairExplanation.pulls`, since models may differ in
    whether the pair is alike.

    Args:
        explanations: At least two explanations of the same pair by the same algorithm, with the
            same settings. Seeds, and what an algorithm has learned, may differ.

    Raises:
        TypeError: If a part of an explanation is of another kind.
        ValueError: If there are fewer than two, or their algorithms, settings, graphs, masks, or
            similarities of the models differ, or biases of the models that are read, or the parts
            of an explanation do not fit together.
    """
    explanations = [one.pulls() for one in explanations]  # signs of one meaning
    if len(explanations) < 2:
        raise ValueError(f"a mean needs at least 2 explanations (got {len(explanations)})")
    first = explanations[0]
    check_one_algorithm(explanations)
    if any(one.terms.keys() != first.terms.keys() for one in explanations):
        raise ValueError("the explanations have other `terms`: give explanations of one algorithm")
    for number, one in enumerate(explanations[1:], 1):
        _check_settings(one.settings, first.settings, f"explanation {number}", "explanation 0")
    pairs = all(one.gives_pairs for one in explanations)
    errors = [one.completeness_error for one in explanations]
    return replace(
        first,
        query=_mean_graph([one.query for one in explanations], "query"),
        reference=_mean_graph([one.reference for one in explanations], "reference"),
        prediction=_mean([one.prediction for one in explanations]),
        relevance=_mean_matrix(explanations) if pairs else None,
        terms={name: _mean([one.terms[name] for one in explanations]) for name in first.terms},
        completeness_error=None if None in errors else max(e for e in errors if e is not None),
        algorithm=f"{first.algorithm}{_OF_MODELS}{len(explanations)} models",
        info={"predictions": [one.prediction for one in explanations]},
        model=None,
    )


def check_one_algorithm(explanations: Sequence[PairExplanation]) -> None:
    """Refuse explanations by several algorithms; a mean over models is by that of the models.

    Args:
        explanations: The explanations.

    Raises:
        ValueError: If they are by several.
    """
    names = sorted({one.algorithm.partition(_OF_MODELS)[0] for one in explanations})
    if len(names) > 1:
        told = ", ".join(name if name else "an unnamed one" for name in names)
        raise ValueError(f"the explanations are by {told}: give those of one algorithm")


def _settings(algorithm: PairAlgorithm) -> tuple[Any, ...]:
    """Class and settings of an algorithm, without its seed and what it has learned."""
    return type(algorithm), _kept(parameters_of(algorithm))


def _kept(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings without the seed and what an algorithm has learned."""
    return {
        name: value["type"] if isinstance(value, dict) and "type" in value else value
        for name, value in settings.items()
        if name != "seed"
    }


def _check_settings(
    one: Mapping[str, Any], other: Mapping[str, Any], name: str, other_name: str
) -> None:
    """Refuse settings that differ, where both are known: files, and hands, may lack them."""
    for part in ("algorithm", "explainer"):
        own, theirs = one.get(part), other.get(part)
        if not isinstance(own, Mapping) or not isinstance(theirs, Mapping):
            continue
        own, theirs = _kept(own), _kept(theirs)
        unlike = [key for key in own.keys() & theirs.keys() if own[key] != theirs[key]]
        if unlike:
            key = min(unlike)
            raise ValueError(
                f"{name} is with {key}={shown(own[key])}, and {other_name} with "
                f"{key}={shown(theirs[key])}: give those of one setting"
            )
    _check_models(one, other, name, other_name)


def _check_models(
    one: Mapping[str, Any], other: Mapping[str, Any], name: str, other_name: str
) -> None:
    """Refuse models whose similarities, or whose biases where they are read, are of two kinds."""
    models = [known.get("model") for known in (one, other)]
    if not all(isinstance(model, Mapping) and "encoder" in model for model in models):
        return  # functions of molecules, which have a name alone
    algorithm = one.get("algorithm")
    follows = isinstance(algorithm, Mapping) and algorithm.get("biases", "") is None
    for key in ("similarity", "biases") if follows else ("similarity",):
        own, theirs = (model.get(key) for model in models if isinstance(model, Mapping))
        if own is not None and theirs is not None and own != theirs:
            raise ValueError(
                f"{name} is of a model with {key}={shown(own)}, and {other_name} of one with "
                f"{key}={shown(theirs)}: a mean is over models of one kind"
                + (", or give the algorithm its own biases=" if key == "biases" else "")
            )


def _mean_graph(graphs: list[Explanation], side: str) -> Explanation:
    first = graphs[0]
    for graph in graphs[1:]:
        alike = all((first.get(n) is None) == (graph.get(n) is None) for n in _MASKS)
        if not same_graph(first, graph) or not alike:
            raise ValueError(
                f"the explanations differ in the {side}'s nodes, edges or kinds of masks: give "
                f"explanations of one pair"
            )
    out = first.clone()
    for name in _MASKS:
        if first.get(name) is not None:
            masks = torch.stack([floating(graph[name]) for graph in graphs])
            out[name], out[f"{name}_spread"] = masks.mean(0), masks.std(0)
    return out


def _mean_matrix(explanations: list[PairExplanation]) -> Tensor:
    matrices = [one.relevance for one in explanations]
    return torch.stack([matrix for matrix in matrices if matrix is not None]).mean(0)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
