"""The measures of a table, by name; each gives one or more columns with a value per pair."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pyg_siamex._numbers import real, whole
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.completeness import completeness
from pyg_siamex.metric.conformity import conformity
from pyg_siamex.metric.element_values import every_importance, present_importance
from pyg_siamex.metric.fidelity import fidelity
from pyg_siamex.metric.ground_truth import (
    ground_truth_auroc,
    ground_truth_average_precision,
    ground_truth_precision,
)
from pyg_siamex.metric.insertion import insertion_deletion
from pyg_siamex.metric.measure import Column, Columns, Measure, Measured, measure
from pyg_siamex.metric.over_pairs import ranked_importances
from pyg_siamex.metric.overlap import effect_overlap, sparse_fidelity
from pyg_siamex.metric.protocol import EvaluationProtocol
from pyg_siamex.metric.robust import robust_fidelity
from pyg_siamex.metric.simplicity import effective_share, gini


@measure(
    "fidelity",
    Column("fidelity+", "high"),
    Column("fidelity-", "low"),
    Column("characterisation", "high", 0, 1),
)
def _fidelity_columns(measured: Measured) -> Columns:
    """Plain fidelities at the given share."""
    out = fidelity(measured.model, measured.explanations, share=measured.share, **measured.options)
    return {
        "fidelity+": out.plus,
        "fidelity-": out.minus,
        "characterisation": out.characterisation,
    }


@measure(
    "robust_fidelity",
    Column("robust fidelity+", "high"),
    Column("robust fidelity-", "low"),
    Column("robust fidelity", "high"),
)
def _robust_columns(measured: Measured) -> Columns:
    """Robust fidelities at the given share, and their difference."""
    out = robust_fidelity(
        measured.model,
        measured.explanations,
        share=measured.share,
        draws=measured.draws,
        **measured.options,
    )
    return {
        "robust fidelity+": out.plus,
        "robust fidelity-": out.minus,
        "robust fidelity": out.plus - out.minus,
    }


@measure(
    "insertion_deletion",
    Column("insertion", "high"),
    Column("deletion", "low"),
    Column("insertion - deletion", "high"),
    Column("effect overlap", "low", 0, 1),
    Column("sparse fidelity", "high", 0, 1),
)
def _curve_columns(measured: Measured) -> Columns:
    """Areas under insertion and deletion curves, effect overlap and sparse fidelity."""
    out = insertion_deletion(
        measured.model, measured.explanations, steps=measured.steps, **measured.options
    )
    return {
        "insertion": out.insertion,
        "deletion": out.deletion,
        "insertion - deletion": out.difference,
        "effect overlap": effect_overlap(out.curves),
        "sparse fidelity": sparse_fidelity(out.curves)[1],
    }


@measure(
    "ground_truth",
    Column("AUROC", "high", 0, 1),
    Column("average precision", "high", 0, 1),
    Column("precision@k", "high", 0, 1),
)
def _ground_truth_columns(measured: Measured) -> Columns:
    """Agreement with the ground truth, if it is known."""
    if measured.truths is None:
        return {}
    ranked = ranked_importances(measured.model, measured.explanations, measured.protocol)
    scores = {
        "AUROC": ground_truth_auroc,
        "average precision": ground_truth_average_precision,
        "precision@k": ground_truth_precision,
    }
    pairs = list(zip(ranked, measured.truths, strict=True))
    return {
        name: _column([float("nan") if t is None else score(i, t.elements) for i, t in pairs])
        for name, score in scores.items()
    }


@measure("conformity", Column("conformity", "high", 0, 1))
def _conformity_columns(measured: Measured) -> Columns:
    """Conformity to the given orders."""
    if measured.orders is None:
        return {}
    rows = [every_importance(e, measured.protocol) for e in measured.explanations]
    if measured.protocol.ranking == "magnitude":
        rows = [row.abs() for row in rows]
    pairs = zip(rows, measured.orders, strict=True)
    return {
        "conformity": _column(
            [float("nan") if order is None else conformity(row, order) for row, order in pairs]
        )
    }


@measure(
    "simplicity",
    Column("Gini index", "high", 0, 1),
    Column("effective share", "low", 0, 1),
)
def _simplicity_columns(measured: Measured) -> Columns:
    """Sparsity of the soft masks."""
    rows = [present_importance(e, measured.protocol) for e in measured.explanations]
    nothing = float("nan")
    return {
        "Gini index": _column([gini(row) if len(row) else nothing for row in rows]),
        "effective share": _column([effective_share(row) if len(row) else nothing for row in rows]),
    }


@measure("completeness", Column("completeness error", "low", 0))
def _completeness_columns(measured: Measured) -> Columns:
    """Completeness errors of methods that promise completeness."""
    errors = completeness(measured.explanations).errors
    return {} if errors.isnan().all() else {"completeness error": errors}


MEASURES: dict[str, Measure] = {
    own.name: own
    for own in (
        _ground_truth_columns,
        _curve_columns,
        _robust_columns,
        _fidelity_columns,
        _conformity_columns,
        _simplicity_columns,
        _completeness_columns,
    )
}
"""The measures of every table, by name."""


def check_orders(
    explanations: Sequence[PairExplanation],
    orders: Sequence[Tensor | None],
    protocol: EvaluationProtocol,
) -> None:
    """Refuse orders that do not fit the pairs.

    Raises:
        ValueError: If an order is not ``[R, 2]`` or names an unknown element.
    """
    for explanation, order in zip(explanations, orders, strict=True):
        if order is not None:
            conformity(every_importance(explanation, protocol), order)


def check_amounts(share: float, steps: int, draws: int) -> None:
    """Refuse arguments that the measures would refuse later.

    Raises:
        ValueError: If a number is out of range.
    """
    real("share", share, "(0, 1)")
    for name, value in (("steps", steps), ("draws", draws)):
        whole(name, value, most=10_000, why="the model runs for each of them")


def _column(values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.double)
