"""What commands about maps of connections share: outputs, and tables in the terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pyg_siamex._writable import check_apart, check_writable
from pyg_siamex.cli.files import as_path
from pyg_siamex.recipe.table_files import check_connections

if TYPE_CHECKING:
    import pandas as pd

LISTED = 8
"""Rows of a table in the terminal."""

COLUMNS = 2
"""Width of a picture in columns of a journal, by default."""

_SUFFIXES = (".html", ".svg", ".png", ".pdf")

MapMatrices = Annotated[
    Path | None,
    typer.Argument(help="Folder or archive of all subjects, if not where the model is from."),
]
MapOut = Annotated[
    Path, typer.Option(help="Page, .html, or picture, .svg, .png or .pdf, to write.")
]
MapTable = Annotated[
    Path | None, typer.Option(help="CSV file to write, with a row per connection.")
]
MapColumns = Annotated[
    int,
    typer.Option(help="Width of a picture in columns of a journal, 1 or 2.", min=1, max=2),
]


def check_map_files(out: Path, table: Path | None, inputs: list[Any], **pictured: bool) -> None:
    """Refuse outputs that cannot be written, or are inputs, before the work.

    Args:
        out: Page or picture.
        table: CSV file, or ``None``.
        inputs: What is read.
        **pictured: Options about pictures, and whether each is another than by default.

    Raises:
        ValueError: If an ending is unknown, an output is an input, or an option about pictures is
            given for a page.
    """
    if out.suffix.lower() not in _SUFFIXES:
        raise ValueError(f"`out` must end in {', '.join(_SUFFIXES)} (got '{out}')")
    given = [name for name, other in pictured.items() if other]
    if given and out.suffix.lower() == ".html":
        raise ValueError(f"`{given[0]}` is for pictures, and '{out}' is a page")
    check_apart([out, table], [*map(as_path, inputs)])
    check_writable(out, "write the page into")
    if table is not None:
        check_connections(table)


def place_of(row: dict[str, Any]) -> str:
    """Names of a connection's regions, of a region, or of two networks.

    Args:
        row: A row of a table of places.
    """
    first = row.get("region", row.get("network"))
    return str(first if "other" not in row else f"{first} \u2013 {row['other']}")


def map_rows(
    title: str,
    frame: "pd.DataFrame",
    columns: dict[str, Callable[[Any], Any]],
    heads: list[str],
) -> Table:
    """The first rows of a table of places.

    Args:
        title: Heading.
        frame: A row per place.
        columns: How each column is written.
        heads: Headings of the columns.
    """
    out = Table("", *heads, title=title)
    for row in frame.head(LISTED).to_dict("records"):
        out.add_row(place_of(row), *(write(row[name]) for name, write in columns.items()))
    return out
