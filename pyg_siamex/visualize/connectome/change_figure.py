"""What changes within persons, and what keeps them alike, as maps of connections."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from matplotlib.figure import Figure

from pyg_siamex._door import checked
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.explain.elements import Edge
from pyg_siamex.visualize.connectome.map_contents import (
    LISTED,
    named,
    network_cells,
    reach_of,
    shown_connections,
    shown_words,
    signed_edges,
)
from pyg_siamex.visualize.connectome.map_figure import MapPicture, draw_map
from pyg_siamex.visualize.connectome.map_tables import check_tables
from pyg_siamex.visualize.paper.numbers import number

if TYPE_CHECKING:
    import pandas as pd

ChangeMap = Literal["change", "likeness"]
"""What is drawn: what changes, or what makes the scans of a person alike."""

_SHOWN = 30

_COLUMNS = {
    "change": ("z", "p_fwe", "p_cluster", "stronger_in"),
    "likeness": ("alike", "alike_share"),
}
_OF_NETWORKS = {"change": ("z", "p_fwe"), "likeness": ("alike", "p_fwe")}


@checked
def draw_changes(
    tables: "dict[str, pd.DataFrame]",
    atlas: Atlas,
    sessions: tuple[str, str],
    path: str | Path | None = None,
    *,
    which: ChangeMap = "change",
    title: str = "",
    columns: int = 2,
) -> Figure:
    """Draw what changes between two sessions, or what makes a person's two scans alike.

    Changes: connections with a family-wise p of at most 0.05, or in such a cluster, else the 20 of
    largest z; purple ones are stronger in the second session, orange ones in the first. Likeness:
    the 30 connections of largest mean contribution to the model's similarity; purple ones make a
    person's scans more alike than the average, orange ones less.

    Args:
        tables: ``"connections"`` and, where they are known, ``"networks"``, as
            :class:`~pyg_siamex.recipe.Longitudinal` has them.
        atlas: The regions: ``names``, and where known ``coordinates`` and ``networks``.
        sessions: Names of the first and the second session.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``, or ``None``.
        which: ``"change"`` or ``"likeness"``.
        title: Written above.
        columns: Width of the figure in columns of a journal, 1 (3.5 inches) or 2 (7.2 inches).

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> figure = draw_changes(found.tables, found.atlas, found.sessions)  # doctest: +SKIP
    """
    if which not in get_args(ChangeMap):
        raise ValueError(f"which must be one of {', '.join(get_args(ChangeMap))} (got '{which}')")
    check_tables(tables, atlas, _COLUMNS[which], _OF_NETWORKS[which], "changes", sessions)
    picture = (_changes if which == "change" else _likeness)(tables, atlas, sessions)
    return draw_map(picture, path, title=title, columns=columns)


def _changes(
    tables: "dict[str, pd.DataFrame]", atlas: Atlas, sessions: tuple[str, str]
) -> MapPicture:
    shown, strict = shown_connections(tables["connections"], "|z|")
    words = [
        f"{shown_words(shown, strict, '|z|')}; purple: stronger in {sessions[1]}, orange: in "
        f"{sessions[0]}; {reach_of(shown)}"
    ]
    matrix, stars = network_cells(tables, atlas, "z")
    if matrix is not None:
        words.append("matrix: z of the change; * family-wise p \u2264 .05")
    edges = signed_edges(shown, list(atlas.names), sessions[1])
    return MapPicture(atlas, edges, matrix, stars, words, named(shown, "z"))


def _likeness(
    tables: "dict[str, pd.DataFrame]", atlas: Atlas, sessions: tuple[str, str]
) -> MapPicture:
    table = tables["connections"]
    order = table["alike"].abs().sort_values(ascending=False, kind="stable").index[:_SHOWN]
    shown, place = table.loc[order], {name: k for k, name in enumerate(atlas.names)}
    edges = [Edge(place[row.region], place[row.other], row.alike) for row in shown.itertuples()]
    entries = [
        f"{number(row['alike'], '+')} ({row['alike_share']:.0%}): {row['region']} \u2013 "
        f"{row['other']}"
        for row in shown.head(LISTED).to_dict("records")
    ]
    words = [
        f"the {len(shown)} connections that add most to the similarity of a person's {sessions[0]} "
        f"and {sessions[1]}, mean over persons; purple: more alike than the average, orange: less; "
        f"in brackets the share of persons in whom it is above 0"
    ]
    matrix, _ = network_cells(tables, atlas, "alike")
    if matrix is not None:
        words.append("matrix: sums over the connections of two networks")
    return MapPicture(atlas, edges, matrix, [], words, entries, "networks: sums")
