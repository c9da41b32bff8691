"""Measures of explained pairs, by name."""

from collections.abc import Sequence

import torch

from pyg_siamex.explain import PairExplanation
from pyg_siamex.metric.measure import Measured
from pyg_siamex.metric.table_measures import MEASURES
from pyg_siamex.nn import SiameseGNN

_SHARE, _STEPS, _DRAWS = 0.2, 20, 50


def measure_columns(measures: Sequence[str]) -> list[str]:
    """Columns of measures.

    Args:
        measures: Names of measures.

    Example:
        >>> measure_columns(["simplicity"])
        ['Gini index', 'effective share']
    """
    return [column.name for name in measures for column in MEASURES[name].columns]


def measured_pairs(
    model: SiameseGNN, explanations: Sequence[PairExplanation], measures: Sequence[str]
) -> list[dict[str, float]]:
    """Measures of the query of each pair, by column; without those that are undefined.

    Args:
        model: The model.
        explanations: P explanations.
        measures: Names of measures.

    Example:
        >>> [row] = measured_pairs(model, [explained.explanation], ["simplicity"])
        >>> 0 <= row["Gini index"] <= 1
        True
    """
    if not measures or not explanations:
        return [{} for _ in explanations]
    try:
        return _values(model, explanations, measures)
    except (ValueError, RuntimeError):
        if len(explanations) == 1:
            return [{}]
        return [measured_pairs(model, [one], measures)[0] for one in explanations]


def _values(
    model: SiameseGNN, explanations: Sequence[PairExplanation], measures: Sequence[str]
) -> list[dict[str, float]]:
    undirected = explanations[0].query.get("edge_mask") is not None
    given = Measured(
        model, explanations, None, None, _SHARE, _STEPS, _DRAWS, {"undirected": undirected}
    )
    columns = {
        name: values for measure in measures for name, values in MEASURES[measure](given).items()
    }
    return [
        {name: float(v[k]) for name, v in columns.items() if bool(torch.isfinite(v[k]))}
        for k in range(len(explanations))
    ]
