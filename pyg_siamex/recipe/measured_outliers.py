"""Graphs whose measured value is far from the values of the graphs that the model finds alike."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from pyg_siamex._arrays import as_array
from pyg_siamex.explain import Overview
from pyg_siamex.nn import Library
from pyg_siamex.nn.neighbour_estimate import left_out_estimates
from pyg_siamex.recipe.label_choice import in_logarithms, is_learned
from pyg_siamex.recipe.labelled import Labelled
from pyg_siamex.recipe.trained import Trained

_NEIGHBOURS, _FEWEST = 5, 20
"""Neighbours whose values are averaged, and fewest graphs that are judged by them."""

_SPREADS = 3 * 1.4826
"""Three standard deviations of normal errors, in median absolute deviations."""

_RULE = re.compile(r"at most ([-+.0-9e]+)", re.IGNORECASE)


def judged_by_values(
    found: Overview, trained: Trained, data: Labelled, label: str | None = None
) -> Overview:
    """Judge labels by the rule that the model was trained with, where it is one of values.

    If two graphs are alike because their values differ by at most d, the value of a graph should be
    near the mean of its five nearest. It deserves a look if it is farther from it than d, and
    farther than nearly all other graphs (three standard deviations, robustly estimated). Otherwise
    the overview is unchanged. Of a label that the model was not trained on, d says nothing. If the
    training took logarithms, so does the judgement, and means are geometric.

    Args:
        found: The overview, whose classes are thirds of the values.
        trained: The model.
        data: The graphs, with their values as ``y``.
        label: Name of the label. Default: that of the training.

    Example:
        >>> seen = overview(trained, "molecules.csv", "active")
        >>> judged_by_values(seen.overview, trained, seen.labelled).rule
        'class'
    """
    allowed = _RULE.search(str(trained.metadata.get("rule", "")))
    if allowed is None or len(found.class_names) < 2 or len(data.graphs) < _FEWEST:
        return found
    y = torch.stack([graph.y.reshape(()) for graph in data.graphs])
    if not y.is_floating_point():
        return found
    values, logs = as_array(y.double()), in_logarithms(trained.metadata, label)
    values = np.log10(values) if logs else values
    library = Library.embed(trained.model, data.graphs, data.names)
    expected = np.array(left_out_estimates(library, values.tolist(), _NEIGHBOURS))
    least = float(allowed[1]) if is_learned(trained.metadata, label) else 0.0
    return replace(found, outliers=_frame(values, expected, data, least, logs), rule="value")


def _frame(
    values: np.ndarray, expected: np.ndarray, data: Labelled, allowed: float, logs: bool
) -> pd.DataFrame:
    """A row per graph, in the columns of an overview's outliers."""
    misses = np.abs(values - expected)
    off = values - expected
    spread = _SPREADS * float(np.nanmedian(np.abs(off - np.nanmedian(off))))
    widths = max(allowed, spread), 3 * float(np.nanstd(off))
    limit = next(filter(None, widths), 1.0)
    if logs:
        values, expected = 10**values, 10**expected
    frame = pd.DataFrame(
        {
            "position": np.arange(len(values)),
            "name": data.names,
            "class": [f"{value:.4g}" for value in values],
            "resembles": ["" if np.isnan(value) else f"{value:.4g}" for value in expected],
            "score": misses / limit - 1,
            "own": values,
            "other": expected,
        }
    )
    return frame.sort_values("score", ascending=False, kind="stable").reset_index(drop=True)
