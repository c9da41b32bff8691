"""One subject of a group against the other members of its class, as a map of connections."""

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from pyg_siamex._door import checked
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.explain.elements import Edge
from pyg_siamex.visualize.connectome.map_contents import LISTED, network_cells, strongest_first
from pyg_siamex.visualize.connectome.map_figure import MapPicture, draw_map
from pyg_siamex.visualize.connectome.map_tables import check_tables
from pyg_siamex.visualize.paper.numbers import number

if TYPE_CHECKING:
    import pandas as pd

_SHOWN, _LEVEL = 20, 0.05


@checked
def draw_subject(
    tables: "dict[str, pd.DataFrame]",
    atlas: Atlas,
    of: str,
    path: str | Path | None = None,
    *,
    title: str = "",
    columns: int = 2,
) -> Figure:
    """Draw the 20 connections in which a subject is farthest from other members of its class.

    Purple connections speak more for the class than in other members, orange ones less; thicker
    ones are farther.

    Args:
        tables: ``"connections"`` and, where they are known, ``"networks"``, as
            :meth:`SubjectMaps.of <pyg_siamex.recipe.connectomes.subject_maps.SubjectMaps.of>` gives
            them.
        atlas: The regions: ``names``, and where known ``coordinates`` and ``networks``.
        of: Name of the class.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``, or ``None``.
        title: Written above.
        columns: Width of the figure in columns of a journal, 1 (3.5 inches) or 2 (7.2 inches).

    Raises:
        ValueError: If the suffix is unknown, ``columns`` is neither 1 nor 2, or a table is not as
            described.

    Example:
        >>> name, kind = found.maps.subjects[0], found.maps.classes[0]
        >>> figure = draw_subject(found.maps.of(name), found.atlas, kind, "subject.svg")
    """
    check_tables(tables, atlas, ("z", "p_fwe"), ("z", "p_fwe"), "subject")
    table = tables["connections"]
    shown = strongest_first(table, "|z|").head(_SHOWN)
    place = {name: k for k, name in enumerate(atlas.names)}
    edges = [Edge(place[row.region], place[row.other], row.z) for row in shown.itertuples()]
    entries = [
        f"z {number(row['z'], '+')}: {row['region']} \u2013 {row['other']}"
        for row in shown.head(LISTED).to_dict("records")
    ]
    far = int((table["p_fwe"] <= _LEVEL).sum())
    words = [
        f"the {len(shown)} connections farthest from other members of {of}; purple: speaks more "
        f"for {of} than in them, orange: less",
        f"connections that are farther than any of 19 in 20 members: {far}; least p "
        f"{table['p_fwe'].min():.3f}",
    ]
    matrix, stars = network_cells(tables, atlas, "z")
    if matrix is not None:
        words.append("matrix: z of sums over two networks; * p \u2264 .05 over all of them")
    picture = MapPicture(atlas, edges, matrix, stars, words, entries)
    return draw_map(picture, path, title=title, columns=columns)
