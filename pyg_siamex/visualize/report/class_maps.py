"""Heat maps of a data set: between classes, and between groups for each class pair."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pyg_siamex.explain.overview import Overview
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import name_of
from pyg_siamex.visualize.report.number_charts import Chart, heat_map

_CELLS = 10
"""Groups that a heat map shows; the others share one row and one column."""

_LEAST = 0.01
"""Smallest share of the largest group that gives a group a row of its own."""

_MAPS = 36
"""Most class pairs that get a heat map."""

CLASSES = 12
"""Most classes in the matrix of classes."""

_LONGEST = 60
"""Letters of a name."""

_REST = "all others"


@dataclass(frozen=True)
class _Map:
    """The heat map of one class pair.

    Attributes:
        key: Its id.
        title: The classes.
        rows: What rows are.
        columns: What columns are.
        words: What it shows.
        chart: The picture.
    """

    key: str
    title: str
    rows: str
    columns: str
    words: str
    chart: Chart


def class_matrix(overview: Overview) -> Chart | None:
    """Draw the mean explained similarity of each class pair; ``None`` for a single class."""
    names = overview.class_names[:CLASSES]
    if len(names) < 2:
        return None
    place = {name: k for k, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    for row in overview.classes.to_dict("records"):
        if row["query_class"] in place and row["reference_class"] in place:
            one, other = place[row["query_class"]], place[row["reference_class"]]
            matrix[one, other] = matrix[other, one] = row["explained"]
    label = "Mean explained similarity between classes"
    return heat_map(matrix.tolist(), names, names, label)


def class_maps(overview: Overview) -> tuple[list[_Map], int]:
    """Draw a heat map for each class pair, pairs of one class first, and count those left out."""
    pairs = overview.classes.copy()
    pairs["same"] = pairs["query_class"] == pairs["reference_class"]
    pairs["size"] = pairs["explained"].abs()
    pairs = pairs.sort_values(["same", "size"], ascending=False, kind="stable")
    by_pair = dict(iter(overview.table.groupby(["query_class", "reference_class"], sort=False)))
    out = [
        _map(row, by_pair[row["query_class"], row["reference_class"]], k)
        for k, row in enumerate(pairs.head(_MAPS).to_dict("records"))
    ]
    return out, max(len(pairs) - _MAPS, 0)


def _map(pair: Mapping[Any, Any], table: pd.DataFrame, k: int) -> _Map:
    one, other = short(pair["query_class"]), short(pair["reference_class"])
    title = f"two of \u201c{one}\u201d"
    if not pair["same"]:
        title = f"\u201c{one}\u201d with \u201c{other}\u201d"
    square = table.pivot(index="query_group", columns="reference_group", values="contribution")
    rows, columns = _strongest(square), _strongest(square.T)
    if pair["same"]:
        columns = rows
    small = _folded(_folded(square, rows).T, columns).T
    top = table.loc[table["contribution"].abs().idxmax()]
    pairs = pair["pairs"] // 2 if pair["same"] else pair["pairs"]
    words = (
        f"Mean explained similarity {number(pair['explained'])} over {pairs:,} pairs. "
        f"Largest: \u201c{short(top['query_group'])}\u201d with "
        f"\u201c{short(top['reference_group'])}\u201d, {number(top['contribution'], '+')} a pair "
        f"({number(top['mean'], '+')} \u00b1 {number(top['std'])} where both are there)."
    )
    label = f"Contributions of groups to the similarity of {title}"
    names = list(small.index), list(small.columns)
    chart = heat_map(small.to_numpy().tolist(), *names, label)
    return _Map(f"map-{k + 1}", title, f"of {one}", f"of {other}", words, chart)


def _strongest(square: pd.DataFrame) -> list[str]:
    """Choose the rows with the largest sums of magnitudes, in the order of their names."""
    size = square.abs().sum(axis=1).sort_values(ascending=False, kind="stable")
    order = size[size >= _LEAST * size.iloc[0]].index
    kept = list(size.index) if len(size) <= len(order[:_CELLS]) + 1 else list(order[:_CELLS])
    return sorted(kept)


def _folded(square: pd.DataFrame, rows: list[str]) -> pd.DataFrame:
    """Keep these rows and sum all others into one."""
    rest = square.drop(index=rows)
    kept = square.loc[rows]
    if rest.empty:
        return kept
    folded = rest.sum(axis=0, min_count=1).to_frame(f"{_REST} ({len(rest)})").T
    return pd.concat([kept, folded])


def short(name: str) -> str:
    """Shorten a name to fit the page."""
    return name_of(name, _LONGEST)
