"""``pyg-siamex cliffs``: alike molecules of unlike activity, and whether the model sees why."""

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pyg_siamex._there import check_there
from pyg_siamex._writable import check_apart
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.files import check_page
from pyg_siamex.cli.library_options import COLUMNS
from pyg_siamex.cli.option_group import OptionGroup, grouped
from pyg_siamex.cli.options import MODEL_HELP
from pyg_siamex.cli.terminal import Terminal
from pyg_siamex.recipe.molecules.cliff_search import CliffSearch
from pyg_siamex.recipe.molecules.columns import MoleculeColumns
from pyg_siamex.recipe.table_files import check_cliffs

if TYPE_CHECKING:
    from pyg_siamex.explain.cliffs import Cliffs

_PRINTED = 10

_WHICH = OptionGroup(
    "Which pairs",
    by=typer.Option(
        help="Alike by structure (Tanimoto of ECFP4; or a matched pair, which differs by one "
        "substituent, whatever its similarity) or by the model."
    ),
    least_similarity=typer.Option(
        help="Least Tanimoto similarity (default 0.6) of pairs that are not matched, or model's "
        "probability (default 0.5)."
    ),
    least_difference=typer.Option(
        help="Least difference of activities; by default one standard deviation."
    ),
    sample=typer.Option(help="Most molecules to compare; a larger table is sampled.", min=2),
)

_Table = Annotated[Path, typer.Argument(help="The table of molecules with their activities.")]
_Activity = Annotated[str, typer.Option(help="Column of the measured activity.")]
_Out = Annotated[Path, typer.Option(help="Page to write, .html.")]
_Csv = Annotated[Path | None, typer.Option(help="Table of the cliffs to write too, .csv.")]
_Method = Annotated[
    str, typer.Option(help="occlusion, integrated, gradient, bilrp or jacobians, atom by atom.")
]


@one_line_errors
@grouped
def find_cliffs(
    model: Annotated[Path, typer.Argument(help=MODEL_HELP)],
    table: _Table,
    activity: _Activity,
    molecules: Annotated[MoleculeColumns, COLUMNS],
    which: Annotated[CliffSearch, _WHICH],
    k: Annotated[int, typer.Option("-k", help="How many cliffs to explain.", min=1)] = 50,
    out: _Out = Path("cliffs.html"),
    csv: _Csv = None,
    method: _Method = "occlusion",
) -> None:
    """Find molecules that are alike and differ in activity, and show whether the model sees why.

    Each cliff is explained atom by atom. The share of the importance on the atoms that differ is
    compared with the share that they would have by chance.
    """
    check_page(out, [model, table])
    check_apart([out, csv], [model, table])
    if csv is not None:
        check_cliffs(csv)
    which.check()
    check_there(model, "model")
    check_there(table, "table")

    from pyg_siamex.data.csv_file import write_csv
    from pyg_siamex.recipe import Trained, cliffs
    from pyg_siamex.visualize import cliffs_report

    found = cliffs(
        Trained.load(model), table, activity, k=k, method=method, which=which, reading=molecules
    )
    cliffs_report(found, out)
    if csv is not None:
        write_csv(found.to_frame(), csv)
    _print(found)
    for what, path in (("page", out), ("table", csv)):
        if path is not None:
            Terminal().print(f"{what}: {path}", soft_wrap=True)


def _print(found: "Cliffs") -> None:
    console = Terminal(highlight=False)
    console.print(
        f"{found.found} cliffs among {found.compared} alike pairs of {found.entries} molecules "
        f"(they differ by {found.least_difference:.3g} or more in {found.activity})",
        soft_wrap=True,
    )
    if found.by == "structure":
        console.print(
            f"alike: a Tanimoto similarity of {found.least_similarity:.3g} or more, or a matched "
            f"pair, which differs by one substituent",
            soft_wrap=True,
        )
    if not found.pairs:
        return
    title = f"the steepest ({found.algorithm})"
    table = Table("rank", "one", "other", "difference", "Tanimoto", "alike", "share", "chance")
    table.title = title
    for pair in found.pairs[:_PRINTED]:
        table.add_row(
            str(pair.rank),
            *(f"{name} ({value:g})" for name, value in zip(pair.names, pair.values, strict=True)),
            f"{pair.difference:+.2f}",
            f"{pair.tanimoto:.2f}",
            f"{pair.probability:.2f}",
            *("" if isnan(part) else f"{part:.0%}" for part in (pair.share, pair.chance)),
        )
    console.print(table)
    console.print(
        f"of {len(found.pairs)}, the model finds {found.told_apart} rather unlike, and in "
        f"{found.seen} what changed has more importance than by chance",
        soft_wrap=True,
    )
    for note in found.notes:
        console.print(note, soft_wrap=True)
