"""What tells two groups apart in new subjects, with statistics, as one page."""

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context

from pyg_siamex.explain.provenance import versions
from pyg_siamex.visualize.connectome.group_figure import draw_group
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole
from pyg_siamex.visualize.paper.words import drawable, name_of
from pyg_siamex.visualize.report.rendering import plain, render

if TYPE_CHECKING:
    import pandas as pd

_ROWS = {"connections": 30, "regions": 15, "networks": 15}
"""Rows of a table on the page; the CSV files have all."""

_FILE_ROWS = 5000

_LONGEST = 40
_LEVEL = 0.05
_NOUNS = {
    "connections": ("connection", "connections"),
    "regions": ("region", "regions"),
    "networks": ("pair of networks", "pairs of networks"),
}

_COLUMNS = {
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


def group_report(found: Any, path: str | Path, *, title: str | None = None) -> None:
    """Write a page of what tells two groups apart: one HTML file that needs nothing else.

    It has the figure of :func:`~pyg_siamex.visualize.draw_group`, the strongest connections,
    regions and networks beside the same test of raw connections, subjects that are least like their
    class, and all tables as CSV.

    Args:
        found: A :class:`~pyg_siamex.recipe.GroupFound`.
        path: Where to write, ``.html``.
        title: The page's title.

    Raises:
        ValueError: If the suffix is not ``.html``.

    Example:
        >>> group_report(found, "group.html")
    """
    picture_format(path, ("html",))
    files = {**found.tables, "subjects": found.subjects}
    page = render(
        "group.html.jinja",
        title=drawable(title or f"What tells {found.names[0]} from {found.names[1]}"),
        names=found.names,
        answer=_answer(found),
        notes=[*found.notes, _stable(found.stability)],
        figure=_figure(found),
        tables=[_table(name, table) for name, table in found.tables.items()],
        subjects=_subjects(found.subjects),
        files={name: _file(table) for name, table in files.items()},
        versions=versions(),
    )
    write_whole(path, page.encode())


def _answer(found: Any) -> str:
    counts = {name: len(table) for name, table in found.significant.items()}
    raw = {name: int((t["raw_p_fwe"] <= _LEVEL).sum()) for name, t in found.tables.items()}
    pair = f"{found.names[0]} and {found.names[1]}"
    if not any(counts.values()):
        words = f"Nothing tells {pair} apart in new subjects with a family-wise p of at most .05"
    else:
        words = (
            f"What tells {pair} apart in new subjects, with a family-wise p of at most .05: "
            f"{_listed(counts)}"
        )
    return f"{words}. Raw connections, without a model: {_listed(raw)}."


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {_NOUNS[name][count != 1]}" for name, count in counts.items())


def _stable(value: float | None) -> str:
    if value is None:
        return "One model was trained for each block: its stability is not known."
    return (
        f"Maps of models with other seeds correlate by {value:.2f} on average (Spearman, over "
        f"connections)."
    )


def _figure(found: Any) -> str:
    with rc_context({"svg.hashsalt": "pyg_siamex"}):
        figure, buffer = draw_group(found.tables, found.atlas, found.names), io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()


def _table(name: str, table: "pd.DataFrame") -> dict[str, Any]:
    places = [column for column in ("region", "network", "other") if column in table]
    columns = [column for column in _COLUMNS if column in table]
    top = table.head(_ROWS[name])
    return {
        "name": name,
        "heads": [*places, *(_COLUMNS[column] for column in columns)],
        "rows": [
            [*(name_of(str(row[p]), _LONGEST) for p in places), *(_cell(row, c) for c in columns)]
            for row in top.to_dict("records")
        ],
        "more": max(min(len(table), _FILE_ROWS) - len(top), 0),
    }


def _cell(row: dict[str, Any], column: str) -> str:
    if column == "g":
        return f"{number(row['g'])} ({number(row['g_low'])} to {number(row['g_high'])})"
    value = row[column]
    return name_of(value, _LONGEST) if isinstance(value, str) else number(float(value))


def _subjects(table: "pd.DataFrame") -> Sequence[Sequence[str]]:
    order = table["for_own_class"].sort_values(kind="stable").index[:10]
    return [
        [
            *(name_of(str(row[column]), _LONGEST) for column in ("subject", "class")),
            number(row["for_own_class"], "+"),
        ]
        for row in table.loc[order].to_dict("records")
    ]


def _file(table: "pd.DataFrame") -> Any:
    rounded = table.head(_FILE_ROWS).map(lambda v: float(f"{v:.5g}") if isinstance(v, float) else v)
    body = rounded.astype(object).to_numpy().tolist()
    return plain({"rows": [list(table.columns), *body]})
