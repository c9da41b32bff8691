"""What changes within persons from one session to another, as one page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyg_siamex._door import checked
from pyg_siamex.explain.provenance import versions
from pyg_siamex.visualize.connectome.change_figure import ChangeMap, draw_changes
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole
from pyg_siamex.visualize.paper.words import drawable, name_of, sentence
from pyg_siamex.visualize.report.found_maps import ChangeMaps
from pyg_siamex.visualize.report.map_parts import (
    LONGEST,
    figure_source,
    listed,
    map_table,
    table_file,
)
from pyg_siamex.visualize.report.rendering import render

if TYPE_CHECKING:
    import pandas as pd

_PERSONS = 15
"""Persons on the page."""

_HEADS = {
    "effect": "mean change",
    "z": "z",
    "g": "g (95 %)",
    "p_fwe": "p, family-wise",
    "q": "q",
    "p_cluster": "p, cluster",
    "stronger_in": "stronger in",
    "alike": "adds to likeness",
    "alike_share": "share above 0",
}

_HOW = (
    "The change of a connection is its value in the second session less that in the first, of the "
    "same person. Without a change both orders are equally likely, so the signs of whole persons "
    "are flipped at random: the family-wise p is corrected for all rows of its table by the "
    "maximum statistic, q by Benjamini and Hochberg, and the cluster p for all connected clusters "
    "of connections with |z| above 3. g is the mean change in standard deviations of the change, "
    "with a 95 % interval. This needs no model. A change of everybody, as by another scanner, is a "
    "change.",
    "Likeness is the model\u2019s: by how much more alike a person\u2019s scan is to the other one "
    "than the average of its session, split over connections (integrated gradients), mean over "
    "persons and both directions. Below 0 a connection makes a person\u2019s scans less alike. It "
    "is a description without a test; if the model learned from these persons, it may know them.",
)


@checked
def change_report(found: ChangeMaps, path: str | Path, *, title: str | None = None) -> None:
    """Write a page of what changes within persons: one HTML file that needs nothing else.

    It has both figures of :func:`~pyg_siamex.visualize.draw_changes`, the connections, regions and
    networks that change most, persons that are least like themselves, and all tables as CSV.

    Args:
        found: A :class:`~pyg_siamex.recipe.Longitudinal`.
        path: Where to write, ``.html``.
        title: The page's title.

    Raises:
        ValueError: If the suffix is not ``.html``.

    Example:
        >>> change_report(found, "change.html")  # doctest: +SKIP
    """
    picture_format(path, ("html",))
    first, second = found.sessions
    files = {**found.tables, "persons": found.persons}
    tables = [
        map_table(name, table, _HEADS, "The largest |z| first.")
        for name, table in found.tables.items()
    ]
    page = render(
        "maps.html.jinja",
        title=drawable(title or f"What changes from {first} to {second}"),
        question="What changes?",
        answer=_answer(found),
        notes=[sentence(str(note)) for note in found.notes],
        figures=[
            _figure(found, "change", f"Change from {first} to {second}"),
            _figure(found, "likeness", "What keeps persons like themselves"),
        ],
        tables=[*tables, _persons(found.persons)],
        how=_HOW,
        files={name: table_file(table) for name, table in files.items()},
        versions=versions(),
    )
    write_whole(path, page.encode())


def _answer(found: ChangeMaps) -> str:
    counts = {name: len(table) for name, table in found.significant.items()}
    first, second = found.sessions
    if not any(counts.values()):
        return f"Nothing changes from {first} to {second} with a family-wise p of at most .05."
    return (
        f"What changes from {first} to {second}, with a family-wise p of at most .05: "
        f"{listed(counts)}."
    )


def _figure(found: ChangeMaps, which: ChangeMap, title: str) -> dict[str, str]:
    draw = figure_source(
        lambda: draw_changes(found.tables, found.atlas, found.sessions, which=which)
    )
    return {"title": title, "source": draw}


def _persons(table: "pd.DataFrame") -> dict[str, Any]:
    order = (table["own"] - table["others"]).sort_values(kind="stable").index[:_PERSONS]
    return {
        "name": "least",
        "title": "Who is least like the own other scan?",
        "caption": "Similarity of a person\u2019s two scans beside that to other persons, and how "
        "many others are nearer.",
        "heads": ["person", "own", "others", "nearer others"],
        "rows": [
            [
                name_of(str(row["person"]), LONGEST),
                number(row["own"]),
                number(row["others"]),
                str(row["nearer"]),
            ]
            for row in table.loc[order].to_dict("records")
        ],
        "more": max(len(table) - _PERSONS, 0),
    }
