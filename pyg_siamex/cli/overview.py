"""``pyg-siamex overview``: what drives similarity over a whole library."""

from collections.abc import Iterable
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pyg_siamex._there import check_there
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.files import check_page
from pyg_siamex.cli.library_options import COLUMNS
from pyg_siamex.cli.option_group import OptionGroup, grouped
from pyg_siamex.cli.options import CONNECTOMES, LABELS, MODEL_HELP, of_domain
from pyg_siamex.cli.terminal import Terminal
from pyg_siamex.recipe.added_domains import added_domain_names
from pyg_siamex.recipe.choices import DOMAIN_PARTITIONS, check_choice
from pyg_siamex.recipe.connectomes.reading import MatrixReading, check_atlas
from pyg_siamex.recipe.domain import domain_name
from pyg_siamex.recipe.molecules.columns import MoleculeColumns

if TYPE_CHECKING:
    import pandas as pd

    from pyg_siamex.explain import Overview
    from pyg_siamex.recipe import Seen

_LISTED = 8
_DASH = "\u2013"

_MATRICES = OptionGroup(
    CONNECTOMES,
    labels=LABELS,
    subject=typer.Option(help="Column (in an .npz file an array) of the subjects' names."),
    atlas=typer.Option(help="Names and networks of the regions. Default: the model's."),
    file_name=typer.Option(help="A subject's file without its suffix, as for training."),
    array=typer.Option(help="Array of the matrices, as for training."),
)


Library = Annotated[
    Path,
    typer.Argument(help="A table of molecules, or a folder or .npz file of connectivity matrices."),
]
_Label = Annotated[
    str | None,
    typer.Option(
        help="Column of the class, or of a measured value, which is cut into thirds (in an "
        ".npz file an array)."
    ),
]
Groups = Annotated[
    str | None,
    typer.Option(
        help="functional-groups (the default), ring-systems or murcko-scaffold of molecules; "
        "networks (the default) or regions of connectomes."
    ),
]
_Sample = Annotated[
    int, typer.Option(help="Most graphs to look at; a larger library is sampled.", min=2)
]


@one_line_errors
@grouped
def overview_library(
    model: Annotated[Path, typer.Argument(help=MODEL_HELP)],
    library: Library,
    molecules: Annotated[MoleculeColumns, COLUMNS],
    matrices: Annotated[MatrixReading, _MATRICES],
    label: _Label = None,
    out: Annotated[Path, typer.Option(help="Page to write, .html.")] = Path("overview.html"),
    groups: Groups = None,
    sample: _Sample = 5000,
) -> None:
    """Show which groups of atoms, or networks, make molecules, or connectomes, alike.

    All pairs count, exactly, where the model's similarity allows it; a second table has the masks
    of some pairs. Molecules, or subjects,
    whose explanation is more like another class's than like their own are listed: their labels
    deserve a look.
    """
    check_page(out, [model, library])
    check_there(model, "model")
    found = domain_name(library)
    if groups is not None and not added_domain_names():  # else the model says whose groups
        check_choice("groups", groups, DOMAIN_PARTITIONS[found], f"{library} is of {found}")
    check_atlas(matrices.atlas)

    from pyg_siamex.recipe import Trained, overview
    from pyg_siamex.recipe.domain import domain_of_both
    from pyg_siamex.visualize import overview_report

    trained = Trained.load(model)
    domain = domain_of_both(trained, library)
    [reading] = of_domain(domain.name, model, molecules=[molecules], connectomes=[matrices])
    seen = overview(trained, library, label, groups=groups, sample=sample, reading=reading)
    data = seen.labelled
    overview_report(
        seen.overview,
        out,
        graphs=data.graphs,
        total=data.total,
        r_groups=seen.r_groups,
        notes=seen.notes,
    )
    _print(seen, out)


def _print(seen: "Seen", out: Path) -> None:
    console, found = Terminal(highlight=False), seen.overview
    looked_at = len(seen.labelled.graphs)
    console.print(f"{looked_at} of {seen.labelled.total} graphs, {found.num_pairs} pairs")
    if found.agrees:
        console.print(_drivers(found))
    console.print(_carried(found))
    if found.kept is not None:
        console.print(_kept(found.kept, found.kept_by))
    if not found.agrees:
        console.print(
            "parts do not account for the similarity, so that groups are not ranked (the model's "
            "biases are on no part: train it with --biases nodes)",
            soft_wrap=True,
        )
    if not found.agrees and found.rule == "class":
        console.print(f"page: {out}", soft_wrap=True)
        return
    suspicious = found.suspicious
    if len(found.class_names) > 1:
        console.print(_disagreeing(found), soft_wrap=True)
    for row in suspicious.head(_LISTED).to_dict("records"):
        line = (
            f"  {row['name']}: labelled {row['class']}, resembles {row['resembles']} "
            f"({row['score']:+.2f})"
        )
        console.print(line, soft_wrap=True)
    console.print(f"page: {out}", soft_wrap=True)


def _disagreeing(found: "Overview") -> str:
    shown, all_of_them = len(found.suspicious), found.num_disagreeing
    which = {
        "class": "have an explanation more like another class's",
        "value": "have a value far from the mean of the molecules that the model finds most alike",
    }[found.rule]
    listed = f", of which {shown} deserve a look" if shown < all_of_them else ""
    return f"{all_of_them} of {len(found.outliers)} {which}{listed}:"


def _carried(found: "Overview") -> Table:
    from pyg_siamex.visualize.paper.words import amount

    table = Table("one class", "other class", "parts carry")
    table.title = "how much of the mean similarity parts carry"
    rows = found.classes[["query_class", "reference_class"]].itertuples(index=False)
    for names, known in list(zip(rows, found.carried, strict=True))[:_LISTED]:
        table.add_row(*(name for name in names), amount(known))
    return table


def _kept(kept: "pd.DataFrame", by: str) -> Table:
    table = Table("group", "within a class", "between classes", "other parts", "graphs")
    table.title = f"what masks keep, on average over some pairs ({by})"
    rows = [
        (row.group, (row.within, row.between, row.others), str(row.graphs))
        for row in kept.head(_LISTED).itertuples()
    ]
    for group, values, graphs in rows:
        table.add_row(group, *(_number(value, ".2f") for value in values), graphs)
    table.caption = _absent(value for _, values, _ in rows for value in values)
    return table


def _drivers(found: "Overview") -> Table:
    table = Table("group", "within a class", "between classes", "graphs")
    table.title = f"what adds to the similarity of a pair, on average ({found.algorithm})"
    rows = list(found.drivers.head(_LISTED).itertuples())
    for row in rows:
        values = (row.within, row.between)
        table.add_row(row.group, *(_number(value, "+.4f") for value in values), str(row.graphs))
    table.caption = _absent(value for row in rows for value in (row.within, row.between))
    return table


def _number(value: float, form: str) -> str:
    """A mean; a dash where nothing has one."""
    return _DASH if isnan(value) else format(value, form)


def _absent(values: Iterable[float]) -> str | None:
    """What a dash means, where there is one."""
    return f"{_DASH}: no such pair" if any(map(isnan, values)) else None
