"""``pyg-siamex overview``: what drives similarity over a whole library."""

from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.kind import kind_of, kind_of_model, refuse
from pyg_siamex.cli.labelled import Labelled, labelled_connectomes, labelled_molecules
from pyg_siamex.cli.library import LibraryOptions
from pyg_siamex.cli.one_thread import one_thread
from pyg_siamex.cli.options import CONNECTOMES, LargestFragment, NameColumn, SmilesColumn
from pyg_siamex.explain import (
    BiLRP,
    IntegratedJacobians,
    Overview,
    PairExplainer,
    overview,
    overview_of_pairs,
)
from pyg_siamex.nn import SiameseGNN, load_model

LISTED = 8
PAIRS_EACH = 10
"""Partners of each graph where pairs are explained one by one."""


@one_line_errors
def overview_library(
    model: Annotated[Path, typer.Argument(help="A model that `pyg-siamex train` wrote.")],
    library: Annotated[
        Path,
        typer.Argument(
            help="A CSV file of molecules, or a folder or .npz file of connectivity matrices."
        ),
    ],
    label: Annotated[
        str | None,
        typer.Option(
            help="Column of the class, or of a measured value, which is cut into thirds (in an "
            ".npz file an array)."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Page to write, .html.")] = Path("overview.html"),
    groups: Annotated[
        str | None,
        typer.Option(
            help="functional-groups (if not given), ring-systems or murcko-scaffold of molecules; "
            "networks (if not given) or regions of connectomes."
        ),
    ] = None,
    sample: Annotated[
        int, typer.Option(help="Most graphs to look at; a larger library is sampled.", min=2)
    ] = 5000,
    smiles: SmilesColumn = None,
    name: NameColumn = None,
    largest_fragment: LargestFragment = False,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Table with a row per subject of the folder.", rich_help_panel=CONNECTOMES
        ),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(
            help="Column (in an .npz file an array) of the subjects' names.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    atlas: Annotated[
        str | None,
        typer.Option(
            help="Names and networks of the regions, if not those of the model.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    file_name: Annotated[
        str | None,
        typer.Option(
            help="A subject's file without its suffix, as for training.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    array: Annotated[
        str | None,
        typer.Option(help="Array of the matrices, as for training.", rich_help_panel=CONNECTOMES),
    ] = None,
) -> None:
    """Show which groups of atoms, or networks, make molecules, or connectomes, alike.

    All pairs count, exactly, where the model's similarity allows it. Molecules, or subjects,
    whose explanation is more like another class's than like their own are listed: their labels
    deserve a look.
    """
    from pyg_siamex.visualize import overview_report

    if out.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"--out must end in .html (got '{out}')")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to write the page into")
    siamese, metadata = load_model(model)
    options = LibraryOptions(smiles, name, largest_fragment, atlas, file_name, array, subject)
    data = _labelled(model, library, metadata, (labels, label, groups, sample), options)
    with one_thread():
        found = _overview(siamese, data)
    overview_report(found, out, graphs=data.graphs, total=data.total)
    _print(found, data, out)


def _labelled(
    model: Path,
    library: Path,
    metadata: dict[str, Any],
    asked: tuple[Path | None, str | None, str | None, int],
    options: LibraryOptions,
) -> Labelled:
    kind, found = kind_of_model(metadata, model), kind_of(library)
    if kind != found:
        raise ValueError(f"{model} was trained on {kind}, and {library} is a library of {found}")
    table, label, groups, sample = asked
    if kind == "molecules":
        refuse(
            kind, labels=table, subject=options.subject, atlas=options.atlas,
            file_name=options.file_name, array=options.array,
        )  # fmt: skip
        return labelled_molecules(library, metadata, label, groups, sample, options)
    refuse(
        kind, smiles=options.smiles, name=options.name, largest_fragment=options.largest_fragment
    )
    return labelled_connectomes(library, metadata, table, label, groups, sample, options)


def _overview(model: SiameseGNN, data: Labelled) -> Overview:
    known: dict[str, Any] = {"names": data.names, "class_names": data.class_names}
    if model.similarity.product_form() is None:
        return _by_pairs(model, data, known)
    return overview(model, data.graphs, data.groups, data.labels, **known)


def _by_pairs(model: SiameseGNN, data: Labelled, known: dict[str, Any]) -> Overview:
    """Every graph with some others, drawn at random, explained pair by pair."""
    count = len(data.graphs)
    generator = torch.Generator().manual_seed(0)
    each = min(PAIRS_EACH, count - 1)
    pairs = [
        [k, (k + 1 + int(step)) % count]
        for k in range(count)
        for step in torch.randperm(count - 1, generator=generator)[:each]
    ]
    sides = [[data.graphs[pair[side]] for pair in pairs] for side in (0, 1)]
    try:
        found = PairExplainer(model, BiLRP(), node_mask_type="object").explain(*sides)
    except ValueError:  # a layer or a head without a rule
        found = PairExplainer(model, IntegratedJacobians(), node_mask_type="object").explain(*sides)
    return overview_of_pairs(found, pairs, data.groups, data.labels, **known)


def _print(found: Overview, data: Labelled, out: Path) -> None:
    console = Console(highlight=False)
    console.print(f"{len(data.graphs)} of {data.total} graphs, {found.num_pairs} pairs")
    table = Table("group", "within a class", "between classes", "graphs")
    table.title = f"what adds to the similarity of a pair, on average ({found.algorithm})"
    for row in found.drivers.head(LISTED).itertuples():
        cells = (f"{row.within:+.4f}", f"{row.between:+.4f}", str(row.graphs))
        table.add_row(Text(row.group), *cells)
    console.print(table)
    suspicious = found.suspicious
    if len(found.class_names) > 1:
        console.print(f"{len(suspicious)} have an explanation more like another class's:")
    for row in suspicious.head(LISTED).to_dict("records"):
        line = (
            f"  {row['name']}: labelled {row['class']}, resembles {row['resembles']} "
            f"({row['score']:+.2f})"
        )
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"page: {out}", soft_wrap=True, markup=False)
