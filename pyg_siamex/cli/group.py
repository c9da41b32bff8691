"""``pyg-siamex group``: which connections tell two groups apart, with statistics."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pyg_siamex._there import check_there
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.maps import (
    COLUMNS,
    LISTED,
    MapColumns,
    MapMatrices,
    MapOut,
    MapTable,
    check_map_files,
    map_rows,
)
from pyg_siamex.cli.option_group import OptionGroup, grouped
from pyg_siamex.cli.options import MODEL_HELP
from pyg_siamex.cli.terminal import Terminal
from pyg_siamex.cli.train_options import MATRICES
from pyg_siamex.recipe.connectomes.reading import MatrixReading, check_reading

if TYPE_CHECKING:
    import pandas as pd

    from pyg_siamex.recipe import GroupFound

_Label = Annotated[str | None, typer.Option(help="Column of the class (in an .npz file an array).")]
_Classes = Annotated[
    str | None,
    typer.Option(help="Two classes with a comma between them, or one to compare with all others."),
]
_Subject = Annotated[
    str | None,
    typer.Option(
        help="A subject against the other members of its class: the picture and the table are of "
        "it, the page shows it too."
    ),
]


@dataclass(frozen=True)
class Inference:
    """How much is computed for a test.

    Attributes:
        permutations: Relabelled groups.
        models: Models trained on the same subjects.
    """

    permutations: int = 5000
    models: int = 3


_INFERENCE = OptionGroup(
    "Inference",
    permutations=typer.Option(help="Relabelled groups.", min=20),
    models=typer.Option(help="Models trained on the same subjects, for stability.", min=1),
)

_GROUP: dict[str, Any] = {
    "z": "{:.2f}".format,
    "p_fwe": "{:.4f}".format,
    "q": "{:.4f}".format,
    "stronger_in": str,
    "raw_z": "{:+.2f}".format,
    "raw_p_fwe": "{:.4f}".format,
}
_GROUP_HEADS = ["z", "p FWE", "q", "stronger in", "raw z", "raw p FWE"]
_OWN: dict[str, Any] = {
    "for_own_class": "{:+.2f}".format,
    "z": "{:+.2f}".format,
    "p_fwe": "{:.3f}".format,
}
_OWN_HEADS = ["for own class", "z", "p"]


@one_line_errors
@grouped
def group_subjects(
    model: Annotated[Path, typer.Argument(help=MODEL_HELP)],
    reading: Annotated[MatrixReading, MATRICES],
    inference: Annotated[Inference, _INFERENCE],
    matrices: MapMatrices = None,
    label: _Label = None,
    classes: _Classes = None,
    subject_map: _Subject = None,
    out: MapOut = Path("group.html"),
    table: MapTable = None,
    columns: MapColumns = COLUMNS,
) -> None:
    """Test which connections, regions and networks tell two groups apart in new subjects.

    Models with the settings of MODEL learn from some of the subjects and explain others, so labels
    can be permuted: p values are corrected for all connections. The same test of the raw
    connections stands beside. Each subject is also compared with the other members of its class.
    """
    read = [model, matrices, reading.labels, reading.atlas]
    check_map_files(out, table, read, columns=columns != COLUMNS)
    check_there(model, "model")
    check_reading(reading)

    from pyg_siamex.recipe import Trained, group

    found = group(
        Trained.load(model),
        matrices,
        label,
        classes=classes,
        permutations=inference.permutations,
        models=inference.models,
        subject=subject_map,
        reading=reading,
    )
    _write(found, subject_map, out, table, columns)
    _print(found, subject_map, out)


def _write(
    found: "GroupFound", subject: str | None, out: Path, table: Path | None, columns: int
) -> None:
    from pyg_siamex.visualize import draw_group, draw_subject, group_report

    if out.suffix.lower() == ".html":
        group_report(found, out, subject=subject)
    elif subject is None:
        draw_group(found.tables, found.atlas, found.names, out, columns=columns)
    else:
        of, own = found.maps.class_of(subject), found.maps.of(subject)
        draw_subject(own, found.atlas, of, out, title=subject, columns=columns)
    if table is not None:
        found.save(table, subject)


def _print(found: "GroupFound", subject: str | None, out: Path) -> None:
    console = Terminal(highlight=False)
    for note in found.notes:
        console.print(note, markup=False, soft_wrap=True)
    if found.stability is not None:
        console.print(f"maps of retrained models correlate by {found.stability:.2f}")
    for name, table in found.tables.items():
        console.print(_rows(name, table))
    if subject is None:
        console.print(_farthest(found.subjects))
    else:
        of = found.maps.class_of(subject)
        own = found.maps.of(subject)["connections"]
        console.print(map_rows(f"{subject} against others of {of}", own, _OWN, _OWN_HEADS))
    what = "page" if out.suffix.lower() == ".html" else "picture"
    console.print(f"{what}: {out}", soft_wrap=True, markup=False)


def _rows(name: str, frame: "pd.DataFrame") -> Table:
    counts = [int((frame[p] <= 0.05).sum()) for p in ("p_fwe", "raw_p_fwe")]
    out = map_rows(name, frame, _GROUP, _GROUP_HEADS)
    out.caption = f"p FWE <= .05: {counts[0]}; raw connections: {counts[1]}"
    return out


def _farthest(frame: "pd.DataFrame") -> Table:
    out = Table("subject", "class", "farthest connection", "z", "p", title="against the own class")
    order = frame["z"].abs().sort_values(ascending=False, kind="stable").index[:LISTED]
    for row in frame.loc[order].to_dict("records"):
        names = [str(row[column]) for column in ("subject", "class", "farthest")]
        out.add_row(*names, f"{row['z']:+.2f}", f"{row['p']:.3f}")
    return out
