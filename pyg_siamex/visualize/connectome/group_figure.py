"""Connections that tell two groups apart: a glass brain, a circle and a matrix of networks."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from pyg_siamex._door import checked
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.visualize.connectome.map_contents import (
    named,
    reach_of,
    shown_connections,
    shown_words,
    signed_edges,
)
from pyg_siamex.visualize.connectome.map_figure import MapPicture, draw_map
from pyg_siamex.visualize.connectome.map_tables import check_tables

if TYPE_CHECKING:
    import pandas as pd

_LEVEL = 0.05

_COLUMNS = ("z", "p_fwe", "p_cluster", "raw_p_fwe", "raw_p_cluster", "stronger_in")

_OF_MATRIX = (
    "matrix: z of evidence on and below the diagonal, of raw connections above; * family-wise "
    "p \u2264 .05"
)


@checked
def draw_group(
    tables: "dict[str, pd.DataFrame]",
    atlas: Atlas,
    names: tuple[str, str],
    path: str | Path | None = None,
    *,
    title: str = "",
    columns: int = 2,
) -> Figure:
    """Draw the connections with a family-wise p of at most 0.05, or in such a cluster.

    Where there is none, the 20 of the highest z are drawn, and the caption says so. Purple
    connections are stronger in the first class, orange ones in the second; thicker ones have a
    higher z. The matrix has z of the evidence below its diagonal and z of the raw connections above
    it; a star marks a family-wise p of at most 0.05.

    Args:
        tables: ``"connections"`` and, where they are known, ``"networks"``, as
            :class:`~pyg_siamex.recipe.GroupFound` has them.
        atlas: The regions: ``names``, and where known ``coordinates`` and ``networks``.
        names: Names of the class and of what it is compared with.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``, or ``None``.
        title: Written above.
        columns: Width of the figure in columns of a journal, 1 (3.5 inches) or 2 (7.2 inches).

    Raises:
        ValueError: If the suffix is unknown, ``columns`` is neither 1 nor 2, or a table is not as
            described.

    Example:
        >>> figure = draw_group(found.tables, found.atlas, found.names, "group.svg")
    """
    check_tables(tables, atlas, _COLUMNS, ("z", "p_fwe", "raw_z", "raw_p_fwe"), "group", names)
    shown, strict = shown_connections(tables["connections"])
    matrix, stars = (None, []) if "networks" not in tables else _matrix(tables["networks"], atlas)
    words = _words(shown, strict, names, tables["connections"])
    picture = MapPicture(
        atlas,
        signed_edges(shown, list(atlas.names), names[0]),
        matrix,
        stars,
        [*words, _OF_MATRIX] if matrix is not None else words,
        named(shown, "z"),
    )
    return draw_map(picture, path, title=title, columns=columns)


def _words(
    shown: "pd.DataFrame", strict: bool, names: tuple[str, str], table: "pd.DataFrame"
) -> list[str]:
    alone, clustered = (int((table[p] <= _LEVEL).sum()) for p in ("p_fwe", "p_cluster"))
    raw_alone, raw_clustered = (
        int((table[p] <= _LEVEL).sum()) for p in ("raw_p_fwe", "raw_p_cluster")
    )
    return [
        f"{shown_words(shown, strict, 'z')}; purple: stronger in {names[0]}, orange: in "
        f"{names[1]}; {reach_of(shown)}",
        f"p \u2264 .05 alone: {alone}, in clusters: {clustered} connections; raw connections: "
        f"{raw_alone}, {raw_clustered}",
    ]


def _matrix(table: "pd.DataFrame", atlas: Atlas) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Z of the evidence on and below the diagonal, of raw connections above, and the stars."""
    place = {name: k for k, name in enumerate(atlas.network_names)}
    values = np.full((len(place), len(place)), np.nan)
    stars: list[tuple[int, int]] = []
    for row in table.itertuples():
        low, high = sorted((place[row.network], place[row.other]))
        cells = [(high, low, row.z, row.p_fwe)]
        if low != high:
            cells.append((low, high, row.raw_z, row.raw_p_fwe))
        for i, j, z, p in cells:
            values[i, j] = z
            stars += [(i, j)] if p <= _LEVEL else []
    return values, stars
