"""The measures of a table, by name: each a column or a few for every pair."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

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
from pyg_siamex.metric.over_pairs import ranked_importances
from pyg_siamex.metric.overlap import effect_overlap, sparse_fidelity
from pyg_siamex.metric.robust import robust_fidelity
from pyg_siamex.metric.setting import Options, Setting
from pyg_siamex.metric.simplicity import effective_share, gini
from pyg_siamex.metric.truth import PairTruth
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class Measured:
    """P explanations of one method, and what is needed to measure them.

    Attributes:
        model: The model that was explained.
        explanations: The explanations.
        truths: For each pair its truth or ``None``; ``None`` where no truth is known.
        orders: For each pair relations ``[R, 2]`` or ``None``; ``None`` where there are no orders.
        share: Share of selected elements.
        steps: Steps of curves.
        draws: Draws of robust fidelity.
        options: See :class:`~pyg_siamex.metric.Setting`.
    """

    model: SiameseGNN
    explanations: Sequence[PairExplanation]
    truths: Sequence[PairTruth | None] | None
    orders: Sequence[Tensor | None] | None
    share: float
    steps: int
    draws: int
    options: Options

    @property
    def setting(self) -> Setting:
        """The options, checked."""
        return Setting(**self.options)


Columns = dict[str, Tensor]
Measure = Callable[[Measured], Columns]


def fidelity_columns(measured: Measured) -> Columns:
    """Plain fidelities at the given share."""
    out = fidelity(measured.model, measured.explanations, share=measured.share, **measured.options)
    return {
        "fidelity+": out.plus,
        "fidelity-": out.minus,
        "characterisation": out.characterisation,
    }


def robust_columns(measured: Measured) -> Columns:
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


def curve_columns(measured: Measured) -> Columns:
    """Areas under insertion and deletion curves, and what else the curves say."""
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


def ground_truth_columns(measured: Measured) -> Columns:
    """Agreement with the ground truth, where it is known."""
    if measured.truths is None:
        return {}
    ranked = ranked_importances(measured.model, measured.explanations, measured.setting)
    measures = {
        "AUROC": ground_truth_auroc,
        "average precision": ground_truth_average_precision,
        "precision@k": ground_truth_precision,
    }
    pairs = list(zip(ranked, measured.truths, strict=True))
    return {
        name: _column([float("nan") if t is None else measure(i, t.elements) for i, t in pairs])
        for name, measure in measures.items()
    }


def conformity_columns(measured: Measured) -> Columns:
    """Conformity to the given orders."""
    if measured.orders is None:
        return {}
    rows = [every_importance(e, measured.setting) for e in measured.explanations]
    if measured.setting.ranking == "magnitude":
        rows = [row.abs() for row in rows]
    pairs = zip(rows, measured.orders, strict=True)
    return {
        "conformity": _column(
            [float("nan") if order is None else conformity(row, order) for row, order in pairs]
        )
    }


def simplicity_columns(measured: Measured) -> Columns:
    """How few elements the soft masks rest on."""
    rows = [present_importance(e, measured.setting) for e in measured.explanations]
    nothing = float("nan")
    return {
        "Gini index": _column([gini(row) if len(row) else nothing for row in rows]),
        "effective share": _column([effective_share(row) if len(row) else nothing for row in rows]),
    }


def completeness_columns(measured: Measured) -> Columns:
    """Completeness errors, of methods that promise completeness."""
    errors = completeness(measured.explanations).errors
    return {} if errors.isnan().all() else {"completeness error": errors}


MEASURES: dict[str, Measure] = {
    "ground_truth": ground_truth_columns,
    "insertion_deletion": curve_columns,
    "robust_fidelity": robust_columns,
    "fidelity": fidelity_columns,
    "conformity": conformity_columns,
    "simplicity": simplicity_columns,
    "completeness": completeness_columns,
}


# Which end of a column is good; columns that are neither are left out.
BETTER = {
    "AUROC": "high",
    "average precision": "high",
    "precision@k": "high",
    "insertion": "high",
    "deletion": "low",
    "insertion - deletion": "high",
    "effect overlap": "low",
    "sparse fidelity": "high",
    "robust fidelity+": "high",
    "robust fidelity-": "low",
    "robust fidelity": "high",
    "fidelity+": "high",
    "fidelity-": "low",
    "characterisation": "high",
    "conformity": "high",
    "Gini index": "high",
    "effective share": "low",
    "completeness error": "low",
    "stability": "high",
    "stability, magnitude": "high",
    "top overlap": "high",
    "seed floor": "high",
}


def check_orders(
    explanations: Sequence[PairExplanation], orders: Sequence[Tensor | None], setting: Setting
) -> None:
    """Refuse orders that do not fit the pairs.

    Raises:
        ValueError: If an order is not ``[R, 2]`` or names no element.
    """
    for explanation, order in zip(explanations, orders, strict=True):
        if order is not None:
            conformity(every_importance(explanation, setting), order)


def check_amounts(share: float, steps: int, draws: int) -> None:
    """Refuse what the measures would refuse later.

    Raises:
        ValueError: If a number is out of range.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be between 0 and 1 (got {share})")
    for name, value in (("steps", steps), ("draws", draws)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1 (got {value})")


def _column(values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.double)
