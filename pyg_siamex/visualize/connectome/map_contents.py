"""What a map of connections shows of its tables."""

from typing import TYPE_CHECKING

import numpy as np

from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.explain.elements import Edge
from pyg_siamex.visualize.paper.numbers import number

if TYPE_CHECKING:
    import pandas as pd

LISTED = 6
"""Connections that are named."""

_LEAST, _MOST = 20, 40
"""Connections that are shown where none is significant, and at most."""

_LEVEL = 0.05


def strongest_first(table: "pd.DataFrame", by: str) -> "pd.DataFrame":
    """The table in the order in which connections are drawn, whatever order it has.

    Args:
        table: A row per connection.
        by: ``"z"`` or, of magnitudes, ``"|z|"``.
    """
    values = table[by.strip("|")].to_numpy(dtype=float)
    return table.iloc[np.argsort(-(np.abs(values) if "|" in by else values), kind="stable")]


def shown_connections(table: "pd.DataFrame", by: str = "z") -> "tuple[pd.DataFrame, bool]":
    """The connections of a picture, the strongest first, and whether they are significant.

    Args:
        table: A row per connection.
        by: What orders them, see :func:`strongest_first`.
    """
    table = strongest_first(table, by)
    strict = table[(table["p_fwe"] <= _LEVEL) | (table["p_cluster"] <= _LEVEL)]
    return (strict.head(_MOST), True) if len(strict) else (table.head(_LEAST), False)


def signed_edges(shown: "pd.DataFrame", regions: list[str], first: str) -> list[Edge]:
    """The connections with |z|, above 0 where they are stronger in the first class.

    Args:
        shown: The connections to draw.
        regions: Names of the regions.
        first: Name of the first class.
    """
    place = {name: k for k, name in enumerate(regions)}
    return [
        Edge(
            place[row.region],
            place[row.other],
            abs(row.z) * (1 if row.stronger_in == first else -1),
        )
        for row in shown.itertuples()
    ]


def named(shown: "pd.DataFrame", column: str) -> list[str]:
    """The strongest connections in words.

    Args:
        shown: The connections, the strongest first.
        column: What is told of them.
    """
    return [
        f"{column} {number(abs(row[column]))}, {row['stronger_in']}: {row['region']} \u2013 "
        f"{row['other']}"
        for row in shown.head(LISTED).to_dict("records")
    ]


def shown_words(shown: "pd.DataFrame", strict: bool, what: str) -> str:
    """Which connections are drawn, in words.

    Args:
        shown: The connections to draw.
        strict: Whether they are significant.
        what: By what they are ordered, ``"z"`` or ``"|z|"``.
    """
    count = f"{len(shown)} connection{'s' if len(shown) > 1 else ''}"
    if not strict:
        return f"no connection has a family-wise p \u2264 .05: the {len(shown)} of highest {what}"
    which = f"the {count} of highest {what}" if len(shown) == _MOST else count
    return f"{which} with family-wise p \u2264 .05, alone or in a cluster"


def reach_of(shown: "pd.DataFrame") -> str:
    """From which |z| to which the drawn connections are.

    Args:
        shown: The connections to draw.
    """
    z = shown["z"].abs()
    least, most = number(float(z.min())), number(float(z.max()))
    return f"thin to thick: |z| from {least} to {most}" if least != most else f"|z| {most}"


def network_cells(
    tables: "dict[str, pd.DataFrame]", atlas: Atlas, column: str
) -> tuple[np.ndarray | None, list[tuple[int, int]]]:
    """A lower triangle ``[k, k]`` of the networks' values, and the significant cells.

    Args:
        tables: By level; ``None`` and no cells come back where there are no networks.
        atlas: The regions.
        column: What is shown.
    """
    if "networks" not in tables:
        return None, []
    place = {name: k for k, name in enumerate(atlas.network_names)}
    values = np.full((len(place), len(place)), np.nan)
    stars: list[tuple[int, int]] = []
    for row in tables["networks"].to_dict("records"):
        low, high = sorted((place[row["network"]], place[row["other"]]))
        values[high, low] = row[column]
        stars += [(high, low)] if row["p_fwe"] <= _LEVEL else []
    return values, stars
