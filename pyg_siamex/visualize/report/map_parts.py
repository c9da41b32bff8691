"""Figures, tables and files of pages about maps of connections."""

import base64
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import name_of
from pyg_siamex.visualize.report.rendering import plain

if TYPE_CHECKING:
    import pandas as pd

ROWS = {"connections": 30, "regions": 15, "networks": 15}
"""Rows of a table on the page; the CSV files have all."""

NOUNS = {
    "connections": ("connection", "connections"),
    "regions": ("region", "regions"),
    "networks": ("pair of networks", "pairs of networks"),
}

LONGEST = 40
"""Letters of a name."""

_FILE_ROWS = 5000


def figure_source(draw: Callable[[], Figure]) -> str:
    """A figure as the source of an image, the same every time.

    Args:
        draw: Makes the figure.
    """
    with rc_context({"svg.hashsalt": "pyg_siamex"}):
        figure, buffer = draw(), io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()


def map_table(
    name: str, table: "pd.DataFrame", heads: Mapping[str, str], caption: str
) -> dict[str, Any]:
    """The first rows of a table of places.

    Args:
        name: Name of the level.
        table: A row per place, the strongest first.
        heads: Heading by column; columns that are not there are left out. ``g`` and its
            range are one.
        caption: What order the rows have.
    """
    places = [column for column in ("region", "network", "other") if column in table]
    whole = {"g": ("g_low", "g_high")}
    columns = [name for name in heads if all(one in table for one in (name, *whole.get(name, ())))]
    top = table.head(ROWS[name])
    return {
        "name": name,
        "title": name.capitalize(),
        "caption": caption,
        "heads": [*places, *(heads[column] for column in columns)],
        "rows": [
            [*(name_of(str(row[p]), LONGEST) for p in places), *(_cell(row, c) for c in columns)]
            for row in top.to_dict("records")
        ],
        "more": max(min(len(table), _FILE_ROWS) - len(top), 0),
    }


def table_file(table: "pd.DataFrame") -> Any:
    """A table as a file of the page.

    Args:
        table: Any table.
    """
    rounded = table.head(_FILE_ROWS).map(lambda v: float(f"{v:.5g}") if isinstance(v, float) else v)
    body = rounded.astype(object).to_numpy().tolist()
    return plain({"rows": [list(table.columns), *body]})


def listed(counts: Mapping[str, int]) -> str:
    """Numbers of places of each level, in words.

    Args:
        counts: By name of the level.

    Example:
        >>> listed({"connections": 1, "regions": 2})
        '1 connection, 2 regions'
    """
    return ", ".join(f"{count} {NOUNS[name][count != 1]}" for name, count in counts.items())


def _cell(row: dict[str, Any], column: str) -> str:
    if column == "g":
        return f"{number(row['g'])} ({number(row['g_low'])} to {number(row['g_high'])})"
    value = row[column]
    return name_of(value, LONGEST) if isinstance(value, str) else number(float(value))
