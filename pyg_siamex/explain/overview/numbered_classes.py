"""Classes of graphs as numbers."""

from collections.abc import Sequence
from math import isinf
from numbers import Real
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from pyg_siamex._single import why_no_name
from pyg_siamex._visible import in_one_line


def numbered_classes(
    labels: Sequence[object] | Tensor | None, count: int, class_names: Sequence[str] | None = None
) -> tuple[Tensor, list[str]]:
    """Class of each graph as a number from 0, ``[N]``, and the names of the existing classes.

    Args:
        labels: Class of each graph, words or numbers. Default: a single class.
        count: Number N of graphs.
        class_names: Names of classes 0, 1, ..., if labels are numbers.

    Raises:
        TypeError: If a label is no single value, or labels are of kinds that have no order.
        ValueError: If there are fewer than 2 graphs, lengths differ, a label is missing, a number
            has no name or a name stands twice.
    """
    if count < 2:
        raise ValueError(f"an overview needs at least 2 graphs (got {count})")
    if labels is None:
        if class_names is not None:
            raise ValueError("`class_names` are of labels: give `labels` too, or leave them out")
        return torch.zeros(count, dtype=torch.long), ["all"]
    if isinstance(labels, Tensor) and labels.shape[:1] != (count,):
        raise ValueError(f"{labels.numel()} labels for {count} graphs")
    values = labels.tolist() if isinstance(labels, Tensor) else list(labels)
    if len(values) != count:
        raise ValueError(f"{len(values)} labels for {count} graphs")
    for k, value in enumerate(values):
        why = why_no_name(value)
        if why is not None:
            raise TypeError(f"labels must be one for each graph: that of graph {k} {why}")
    missing = next((k for k, value in enumerate(values) if pd.isna(value) is True), None)
    if missing is not None:
        raise ValueError(f"the label of graph {missing} is {values[missing]}: leave the graph out")
    infinite = [k for k, value in enumerate(values) if isinstance(value, Real) and isinf(value)]
    if infinite:
        raise ValueError(f"the label of graph {infinite[0]} is infinite: leave the graph out")
    if class_names is not None and len(set(class_names)) < len(class_names):
        raise ValueError("class_names has a name twice")
    present = _ordered(set(values))
    place = {value: k for k, value in enumerate(present)}
    if class_names is not None and (
        not all(isinstance(value, int) for value in present)
        or present[0] < 0
        or present[-1] >= len(class_names)
    ):
        raise ValueError(
            f"class_names has {len(class_names)} names for numbers from 0, and labels are "
            f"{in_one_line(str(present), 80)}"
        )
    words = [str(value) if class_names is None else class_names[value] for value in present]
    return torch.tensor([place[value] for value in values]), words


def _ordered(values: set[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:
        kinds = " and ".join(sorted({type(value).__name__ for value in values}))
        raise TypeError(
            f"labels must be of one kind, all words or all numbers (got {kinds})"
        ) from None
