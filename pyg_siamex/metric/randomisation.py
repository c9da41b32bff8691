r"""Sanity checks: explanations must change if the model's parameters or labels are random."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._called import called
from pyg_siamex._door import check_fields, checked
from pyg_siamex._edited import names_edits
from pyg_siamex._numbers import real
from pyg_siamex._tables import Columns
from pyg_siamex.data.checked_graph import check_types
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.explain.engine.problem import Side
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.agreement import spearman
from pyg_siamex.metric.element_values import present_importance
from pyg_siamex.metric.methods import Explanations, explain_seeded
from pyg_siamex.metric.permuted import permuted
from pyg_siamex.metric.protocol import Elements, EvaluationProtocol
from pyg_siamex.metric.reset import layers_from_output, reset
from pyg_siamex.nn.copied import copied_model
from pyg_siamex.nn.siamese import SiameseGNN

if TYPE_CHECKING:
    import pandas as pd

_Mode = Literal["cascading", "independent"]
ExplainerOf = Callable[[SiameseGNN], PairExplainer]


_ROWS = Columns(["layer"], ["step"], ["spearman", "magnitude", "similarity"])
"""Columns of the table of changes."""


@names_edits
@dataclass(frozen=True)
class Randomisation:
    """Changes of explanations as the model is randomised.

    Attributes:
        frame: One row per randomised layer and pair: ``step``, ``layer`` (as named in the model),
            ``pair``, ``spearman`` with the explanation of the trained model, ``magnitude`` (the
            same for absolute values, which do not depend on the sign of gradients), ``similarity``
            (the randomised model's prediction).
        unchanged_above: Correlation of magnitudes from which explanations count as unchanged.
    """

    frame: "Annotated[pd.DataFrame, _ROWS]"
    unchanged_above: float

    @property
    def by_layer(self) -> "pd.DataFrame":
        """Means over pairs, one row per randomised layer."""
        check_fields("Randomisation", self)
        values = ["spearman", "magnitude", "similarity"]
        return self.frame.groupby(["step", "layer"], sort=False)[values].mean().reset_index()

    @property
    def unchanged(self) -> bool:
        """Whether the last randomised model still has the explanations of the trained model.

        True also if every correlation is undefined, since constant importances do not change.
        """
        check_fields("Randomisation", self)
        last = self.frame[self.frame["step"] == self.frame["step"].max()]["magnitude"]
        return not last.mean() < self.unchanged_above


@checked
def model_randomisation(
    explainer: PairExplainer | ExplainerOf,
    queries: Sequence[Data],
    references: Sequence[Data],
    *,
    model: SiameseGNN | None = None,
    mode: _Mode = "cascading",
    unchanged_above: float = 0.5,
    seed: int = 0,
    elements: Elements | None = None,
    side: Side = "query",
    undirected: bool = False,
) -> Randomisation:
    r"""Model parameter randomisation test (Adebayo et al., NeurIPS 2018, arXiv 1810.03292).

    Reinitialises layers from the similarity head back to the input and explains the same pairs
    again. Compares each explanation with the explanation of the trained model by Spearman's
    correlation, in [-1, 1]. Low is good: an unchanged explanation describes the graph instead of
    the model. The trained model is left unchanged.

    Args:
        explainer: The explainer; or a function from a model to an explainer, required if the
            explainer has learned from the model (for example an amortised one).
        queries: The queries.
        references: Their references.
        model: The trained model, if ``explainer`` is a function.
        mode: ``"cascading"`` keeps layers randomised, down to a completely random model;
            ``"independent"`` randomises one layer at a time.
        unchanged_above: Mean correlation of magnitudes from which explanations are flagged.
        seed: Seed of the new parameters, and of the global generator whenever pairs are explained.
            The fixed generator reveals an explainer that returns its random start.
        elements: Which elements are compared, see :class:`~pyg_siamex.metric.EvaluationProtocol`.
        side: See :class:`~pyg_siamex.metric.EvaluationProtocol`.
        undirected: See :class:`~pyg_siamex.metric.EvaluationProtocol`.

    Raises:
        ValueError: If the model, the pairs or layers with parameters are missing, or an argument
            is out of range.
    """
    if mode not in get_args(_Mode):
        raise ValueError(f"mode must be 'cascading' or 'independent' (got '{mode}')")
    trained, explainer_of = _explainer_of(explainer, model)
    _check(queries, references, unchanged_above)
    protocol = EvaluationProtocol(elements=elements, side=side, undirected=undirected)
    for side, graph in (("query", queries[0]), ("reference", references[0])):
        check_types(graph, f"{side} 0")
    layers = layers_from_output(trained, queries[0], references[0])
    if not layers:
        raise ValueError("the model has no layer with parameters that could be randomised")

    def explained(model: SiameseGNN) -> Explanations:
        return explain_seeded(explainer_of(model), queries, references, seed)

    before = explained(trained)
    changed, rows = copied_model(trained), []
    for step, layer in enumerate(layers):
        if mode == "independent":
            changed = copied_model(trained)
        reset(changed.get_submodule(layer), seed + step)
        try:
            after = explained(changed)
        except ValueError as error:
            raise ValueError(
                f"the explainer cannot explain the model with {layer} initialised anew ({error}): "
                "give a function from a model to an explainer that learns from that model"
            ) from error
        rows += _compare(before, after, protocol, step, layer)
    return Randomisation(_frame(rows), unchanged_above)


@checked
def label_randomisation(
    explainer: PairExplainer | ExplainerOf,
    queries: Sequence[Data],
    references: Sequence[Data],
    pairs: PairDataset,
    train: Callable[[SiameseGNN, PairDataset], object],
    *,
    model: SiameseGNN | None = None,
    unchanged_above: float = 0.5,
    seed: int = 0,
    elements: Elements | None = None,
    side: Side = "query",
    undirected: bool = False,
) -> Randomisation:
    r"""Data randomisation test (Adebayo et al., NeurIPS 2018): a model trained on permuted labels.

    Trains a fresh copy of the model on the same graphs with permuted labels, and explains the same
    pairs. Low correlation is good, as for :func:`model_randomisation`. Train until the permuted
    labels are fitted; :func:`model_randomisation` tests models that learned nothing.

    Args:
        explainer: As for :func:`model_randomisation`.
        queries: The queries.
        references: Their references.
        pairs: The pairs that the model was trained on.
        train: Trains a model on pairs in place, for example
            ``lambda model, pairs: fit(model, pairs, epochs=50)``.
        model: As for :func:`model_randomisation`.
        unchanged_above: As for :func:`model_randomisation`.
        seed: Seed of the permutation, of the new parameters and of the global generator, which is
            restored afterwards.
        elements: Which elements are compared, see :class:`~pyg_siamex.metric.EvaluationProtocol`.
        side: See :class:`~pyg_siamex.metric.EvaluationProtocol`.
        undirected: See :class:`~pyg_siamex.metric.EvaluationProtocol`.

    Raises:
        ValueError: If the model or the pairs are missing, the pairs have no targets, or ``train``
            fails or changes no weight.
    """
    trained, explainer_of = _explainer_of(explainer, model)
    _check(queries, references, unchanged_above)
    protocol = EvaluationProtocol(elements=elements, side=side, undirected=undirected)
    shuffled = permuted(pairs, seed)
    before = explain_seeded(explainer_of(trained), queries, references, seed)
    changed = copied_model(trained)
    for step, layer in enumerate(layers_from_output(trained, queries[0], references[0])):
        reset(changed.get_submodule(layer), seed + step)
    fresh = {name: value.clone() for name, value in changed.state_dict().items()}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        called("train", train, changed, shuffled)
    if all(torch.equal(fresh[name], value) for name, value in changed.state_dict().items()):
        raise ValueError(
            "train left the model as it was, with initial weights: it must train the model that it "
            "is given in place, as `lambda model, pairs: fit(model, pairs)` does"
        )
    after = explain_seeded(explainer_of(changed), queries, references, seed)
    return Randomisation(_frame(_compare(before, after, protocol, 0, "labels")), unchanged_above)


def _explainer_of(
    explainer: PairExplainer | ExplainerOf, model: SiameseGNN | None
) -> tuple[SiameseGNN, ExplainerOf]:
    if not isinstance(explainer, PairExplainer):
        if model is None:
            raise ValueError("explainer is a function: also pass the trained model")
        return model, partial(called, "explainer", explainer)

    def same_explainer(other: SiameseGNN) -> PairExplainer:
        out = copy.copy(explainer)
        out.model = other
        return out

    return model or explainer.model, same_explainer


def _check(queries: Sequence[Data], references: Sequence[Data], unchanged_above: float) -> None:
    if not queries or len(queries) != len(references):
        raise ValueError(
            f"give one reference per query, and at least one pair (got {len(queries)} queries and "
            f"{len(references)} references)"
        )
    real("unchanged_above", unchanged_above, "(0, 1]")


def _compare(
    before: Sequence[PairExplanation],
    after: Sequence[PairExplanation],
    protocol: EvaluationProtocol,
    step: int,
    layer: str,
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for pair, (one, other) in enumerate(zip(before, after, strict=True)):
        a, b = (present_importance(e, protocol)[None] for e in (one, other))
        rows.append(
            {
                "step": step,
                "layer": layer,
                "pair": pair,
                "spearman": _correlation(a, b),
                "magnitude": _correlation(a.abs(), b.abs()),
                "similarity": other.prediction,
            }
        )
    return rows


def _correlation(a: Tensor, b: Tensor) -> float:
    return float(spearman(a, b)) if a.numel() else float("nan")


def _frame(rows: list[dict[str, object]]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(rows)
