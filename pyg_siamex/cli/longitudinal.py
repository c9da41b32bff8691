"""``pyg-siamex longitudinal``: what changes between two sessions of the same persons."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pyg_siamex._there import check_there
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.maps import (
    COLUMNS,
    MapColumns,
    MapMatrices,
    MapOut,
    MapTable,
    check_map_files,
    map_rows,
)
from pyg_siamex.cli.option_group import OptionGroup, grouped
from pyg_siamex.cli.options import CONNECTOMES, MODEL_HELP
from pyg_siamex.cli.terminal import Terminal
from pyg_siamex.cli.train_options import MATRICES
from pyg_siamex.recipe.choices import check_choice
from pyg_siamex.recipe.connectomes.reading import MatrixReading, check_reading

if TYPE_CHECKING:
    from pyg_siamex.recipe import Longitudinal

_READ = ("atlas", "file_name", "array", "subject", "drop_regions", "kind", "triangle")
_READING = OptionGroup(CONNECTOMES, **{name: MATRICES.options[name] for name in _READ})

_MAPS = ("change", "likeness")

_Sessions = Annotated[
    str | None,
    typer.Option(help="Two sessions with a comma between them, the first one first."),
]
_Map = Annotated[
    str,
    typer.Option(
        "--map",
        help="What a picture shows: change (of connections) or likeness (what makes a person's two "
        "scans alike, or unlike). A page shows both.",
    ),
]

_COLUMNS: dict[str, Any] = {
    "effect": "{:+.3g}".format,
    "z": "{:+.2f}".format,
    "p_fwe": "{:.4f}".format,
    "q": "{:.4f}".format,
    "stronger_in": str,
    "alike": "{:+.2g}".format,
}
_HEADS = ["change", "z", "p FWE", "q", "stronger in", "adds to likeness"]


@one_line_errors
@grouped
def longitudinal_changes(
    model: Annotated[Path, typer.Argument(help=MODEL_HELP)],
    reading: Annotated[MatrixReading, _READING],
    matrices: MapMatrices = None,
    sessions: _Sessions = None,
    out: MapOut = Path("change.html"),
    which: _Map = "change",
    table: MapTable = None,
    columns: MapColumns = COLUMNS,
    permutations: Annotated[int, typer.Option(help="Flips of signs.", min=20)] = 5000,
) -> None:
    """Show what changes between two sessions of the same persons, and what keeps them alike.

    Names of scans say whose they are and when they were made, as BIDS has it: sub-01_ses-2. Changes
    are tested within persons, with p values corrected for all connections. The model says how like
    themselves persons stay, and by which connections.
    """
    check_choice("map", which, _MAPS)
    pictured = {"columns": columns != COLUMNS, "map": which != _MAPS[0]}
    check_map_files(out, table, [model, matrices, reading.atlas], **pictured)
    check_there(model, "model")
    check_reading(reading)

    from pyg_siamex.recipe import Trained, longitudinal
    from pyg_siamex.visualize import change_report, draw_changes

    found = longitudinal(
        Trained.load(model),
        matrices,
        sessions=sessions,
        permutations=permutations,
        reading=reading,
    )
    if out.suffix.lower() == ".html":
        change_report(found, out)
    else:
        shown: Any = which
        draw_changes(found.tables, found.atlas, found.sessions, out, which=shown, columns=columns)
    if table is not None:
        found.save(table)
    _print(found, out)


def _print(found: "Longitudinal", out: Path) -> None:
    console = Terminal(highlight=False)
    for note in found.notes:
        console.print(note, markup=False, soft_wrap=True)
    for name, table in found.tables.items():
        rows = map_rows(name, table, _COLUMNS, _HEADS)
        rows.caption = f"p FWE <= .05: {int((table['p_fwe'] <= 0.05).sum())}"
        console.print(rows)
    what = "page" if out.suffix.lower() == ".html" else "picture"
    console.print(f"{what}: {out}", soft_wrap=True, markup=False)
