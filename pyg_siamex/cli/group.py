"""``pyg-siamex group``: which connections tell two groups apart, with statistics."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pyg_siamex._writable import check_apart
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.files import as_path, check_folder, check_there
from pyg_siamex.cli.option_group import grouped
from pyg_siamex.cli.options import MODEL_HELP
from pyg_siamex.cli.terminal import Terminal
from pyg_siamex.cli.train_options import MATRICES
from pyg_siamex.recipe.connectomes.reading import MatrixReading, check_reading

if TYPE_CHECKING:
    import pandas as pd

    from pyg_siamex.recipe import GroupFound

_LISTED = 8
_SUFFIXES = (".html", ".svg", ".png", ".pdf")

_Matrices = Annotated[
    Path | None,
    typer.Argument(help="Folder or archive of all subjects, if not where the model is from."),
]
_Label = Annotated[str | None, typer.Option(help="Column of the class (in an .npz file an array).")]
_Classes = Annotated[
    str | None,
    typer.Option(help="Two classes with a comma between them, or one to compare with all others."),
]
_Out = Annotated[Path, typer.Option(help="Page, .html, or picture, .svg, .png or .pdf, to write.")]
_Table = Annotated[Path | None, typer.Option(help="CSV file to write, with a row per connection.")]


@one_line_errors
@grouped
def group_subjects(
    model: Annotated[Path, typer.Argument(help=MODEL_HELP)],
    reading: Annotated[MatrixReading, MATRICES],
    matrices: _Matrices = None,
    label: _Label = None,
    classes: _Classes = None,
    out: _Out = Path("group.html"),
    table: _Table = None,
    permutations: Annotated[int, typer.Option(help="Relabelled groups.", min=20)] = 5000,
    models: Annotated[
        int, typer.Option(help="Models trained on the same subjects, for stability.", min=1)
    ] = 3,
) -> None:
    """Test which connections, regions and networks tell two groups apart in new subjects.

    Models with the settings of MODEL learn from some of the subjects and explain others, so labels
    can be permuted: p values are corrected for all connections. The same test of the raw
    connections stands beside.
    """
    if out.suffix.lower() not in _SUFFIXES:
        raise ValueError(f"`out` must end in {', '.join(_SUFFIXES)} (got '{out}')")
    check_folder(out, "write the page into")
    if table is not None:
        if table.suffix.lower() != ".csv":
            raise ValueError(f"`table` must end in .csv (got '{table}')")
        check_folder(table, "write the table into")
    check_apart([out, table], [model, matrices, *map(as_path, (reading.labels, reading.atlas))])
    check_there(model, "model")
    check_reading(reading)

    from pyg_siamex.recipe import Trained, group
    from pyg_siamex.visualize import draw_group, group_report

    found = group(
        Trained.load(model),
        matrices,
        label,
        classes=classes,
        permutations=permutations,
        models=models,
        reading=reading,
    )
    if out.suffix.lower() == ".html":
        group_report(found, out)
    else:
        draw_group(found.tables, found.atlas, found.names, out)
    if table is not None:
        found.save(table)
    _print(found, out)


def _print(found: "GroupFound", out: Path) -> None:
    console = Terminal(highlight=False)
    for note in found.notes:
        console.print(note)
    if found.stability is not None:
        console.print(f"maps of retrained models correlate by {found.stability:.2f}")
    for name, table in found.tables.items():
        console.print(_rows(name, table))
    what = "page" if out.suffix.lower() == ".html" else "picture"
    console.print(f"{what}: {out}", soft_wrap=True)


def _rows(name: str, frame: "pd.DataFrame") -> Table:
    counts = [int((frame[p] <= 0.05).sum()) for p in ("p_fwe", "raw_p_fwe")]
    out = Table("", "z", "p FWE", "q", "stronger in", "raw z", "raw p FWE", title=name)
    out.caption = f"p FWE <= .05: {counts[0]}; raw connections: {counts[1]}"
    for row in frame.head(_LISTED).to_dict("records"):
        first = row.get("region", row.get("network"))
        place = first if "other" not in row else f"{first} \u2013 {row['other']}"
        numbers = (f"{row['z']:.2f}", f"{row['p_fwe']:.4f}", f"{row['q']:.4f}")
        raw = (f"{row['raw_z']:+.2f}", f"{row['raw_p_fwe']:.4f}")
        out.add_row(str(place), *numbers, row["stronger_in"], *raw)
    return out
