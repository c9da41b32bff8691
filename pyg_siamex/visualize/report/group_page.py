"""What tells two groups apart in new subjects, with statistics, as one page."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyg_siamex._door import checked
from pyg_siamex.explain.provenance import versions
from pyg_siamex.visualize.connectome.group_figure import draw_group
from pyg_siamex.visualize.connectome.subject_figure import draw_subject
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole
from pyg_siamex.visualize.paper.words import drawable, name_of, sentence
from pyg_siamex.visualize.report.found_maps import GroupMaps
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

_LEVEL = 0.05

_FARTHEST = 20
"""Connections of each subject in its file."""

_SUBJECTS = 15
"""Subjects on the page."""

_HEADS = {
    "z": "z",
    "g": "g (95 %)",
    "p_fwe": "p, family-wise",
    "q": "q",
    "p_cluster": "p, cluster",
    "least_z": "least z of a model",
    "stronger_in": "stronger in",
    "raw_z": "raw z",
    "raw_p_fwe": "raw p, family-wise",
    "raw_q": "raw q",
}

_HOW = (
    "Each subject is explained by models that learned from earlier blocks of subjects and never "
    "from its own: by how much does a connection\u2019s distance from the average make the subject "
    "more like \u201c{0}\u201d than like \u201c{1}\u201d? z compares members of the two with "
    "relabelled subjects; it is one-sided, since a useful connection speaks for the right class. "
    "The family-wise p is corrected for all rows of its table by the maximum statistic, q by "
    "Benjamini and Hochberg, and the cluster p for all connected clusters of connections with z "
    "above 3. g is Hedges\u2019 g with a 95 % interval. Raw columns test the connection itself, "
    "without a model, two-sided, in all subjects.",
    "A subject against its class: z says how far the evidence of a connection is from the mean of "
    "the class, in standard deviations of the class, p in which share of the members any "
    "connection is as far.",
    "A connection may be told apart by the model because of others that go with it. Another split "
    "into blocks gives somewhat other numbers. With confounds that go with the classes, labels are "
    "exchangeable only as far as taking out their linear effect makes them so.",
)


@checked
def group_report(
    found: GroupMaps, path: str | Path, *, title: str | None = None, subject: str | None = None
) -> None:
    """Write a page of what tells two groups apart: one HTML file that needs nothing else.

    It has the figure of :func:`~pyg_siamex.visualize.draw_group`, the strongest connections,
    regions and networks beside the same test of raw connections, subjects against their class, and
    all tables as CSV.

    Args:
        found: A :class:`~pyg_siamex.recipe.GroupFound`.
        path: Where to write, ``.html``.
        title: The page's title.
        subject: A subject whose map is shown too.

    Raises:
        ValueError: If the suffix is not ``.html``, or the subject was not explained.

    Example:
        >>> group_report(found, "group.html")
    """
    picture_format(path, ("html",))
    own = None if subject is None else found.maps.of(subject)
    files = {**found.tables, "subjects": found.subjects}
    files["subject_maps"] = found.maps.strongest(_FARTHEST)
    tables = [
        map_table(name, table, _HEADS, "The highest z first.")
        for name, table in found.tables.items()
    ]
    figures = [_figure(found)]
    if subject is not None and own is not None:
        files[f"map of {name_of(subject, LONGEST)}"] = own["connections"]
        figures.append(_of_subject(found, subject, own))
    page = render(
        "maps.html.jinja",
        title=drawable(title or f"What tells {found.names[0]} from {found.names[1]}"),
        question="What is different?",
        answer=_answer(found),
        notes=[*map(sentence, found.notes), _stable(found.stability)],
        figures=figures,
        tables=[*tables, *_subjects(found.subjects)],
        how=[text.format(*found.names) for text in _HOW],
        files={name: table_file(table) for name, table in files.items()},
        versions=versions(),
    )
    write_whole(path, page.encode())


def _answer(found: GroupMaps) -> str:
    counts = {name: len(table) for name, table in found.significant.items()}
    raw = {name: int((t["raw_p_fwe"] <= _LEVEL).sum()) for name, t in found.tables.items()}
    pair = f"{found.names[0]} and {found.names[1]}"
    if not any(counts.values()):
        words = f"Nothing tells {pair} apart in new subjects with a family-wise p of at most .05"
    else:
        words = (
            f"What tells {pair} apart in new subjects, with a family-wise p of at most .05: "
            f"{listed(counts)}"
        )
    return f"{words}. Raw connections, without a model: {listed(raw)}."


def _stable(value: float | None) -> str:
    if value is None:
        return "One model was trained for each block: its stability is not known."
    return (
        f"Maps of models with other seeds correlate by {value:.2f} on average (Spearman, over "
        f"connections)."
    )


def _figure(found: GroupMaps) -> dict[str, str]:
    source = figure_source(lambda: draw_group(found.tables, found.atlas, found.names))
    return {"title": f"{found.names[0]} and {found.names[1]}", "source": source}


def _of_subject(found: GroupMaps, subject: str, own: "dict[str, pd.DataFrame]") -> dict[str, str]:
    of = found.maps.class_of(subject)
    source = figure_source(lambda: draw_subject(own, found.atlas, of))
    return {"title": f"{name_of(subject, LONGEST)} against other members of {of}", "source": source}


def _subjects(table: "pd.DataFrame") -> Sequence[dict[str, Any]]:
    """Subjects that are least like their class, and subjects that are farthest from it."""
    least = table.loc[table["for_own_class"].sort_values(kind="stable").index[:_SUBJECTS]]
    far = table.loc[(-table["z"].abs()).sort_values(kind="stable").index[:_SUBJECTS]]
    return [
        {
            "name": "least",
            "title": "Who is least like the own class?",
            "caption": "Evidence for the own class, summed over connections, in standard "
            "deviations over subjects. Below 0 a subject resembles the other class more.",
            "heads": ["subject", "class", "for own class"],
            "rows": _rows(least, {"for_own_class": "+"}),
            "more": 0,
        },
        {
            "name": "farthest",
            "title": "Who is farthest from the own class in a single connection?",
            "caption": "The connection whose evidence is farthest from that of other members, and "
            "the share of members with any connection as far.",
            "heads": ["subject", "class", "connection", "z", "p"],
            "rows": _rows(far, {"farthest": "", "z": "+", "p": "-"}),
            "more": 0,
        },
    ]


def _rows(table: "pd.DataFrame", columns: dict[str, str]) -> list[list[str]]:
    return [
        [
            *(name_of(str(row[column]), LONGEST) for column in ("subject", "class")),
            *(
                number(row[column], sign) if sign else name_of(str(row[column]), 2 * LONGEST)
                for column, sign in columns.items()
            ),
        ]
        for row in table.to_dict("records")
    ]
