"""``pyg-siamex search``: what in a library is most like a query, and why."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pyg_siamex._there import check_there
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.files import check_kept
from pyg_siamex.cli.kept_embeddings import EMBEDDINGS, KeptEmbeddings
from pyg_siamex.cli.library_options import COLUMNS
from pyg_siamex.cli.option_group import OptionGroup, grouped
from pyg_siamex.cli.options import CONNECTOMES, MODEL_HELP, MOLECULES, of_domain
from pyg_siamex.cli.search_files import FILES, SearchFiles
from pyg_siamex.cli.terminal import Terminal
from pyg_siamex.recipe.choices import METHOD_NAMES, TO_TRAINING, check_method
from pyg_siamex.recipe.connectomes.reading import MatrixReading, check_atlas
from pyg_siamex.recipe.domain import domain_name
from pyg_siamex.recipe.molecules.columns import MoleculeColumns
from pyg_siamex.recipe.molecules.hit_choice import HitChoice

if TYPE_CHECKING:
    from pyg_siamex.explain import Contrast, SearchResult
    from pyg_siamex.nn.neighbour_estimate import NeighbourEstimate
    from pyg_siamex.recipe import Found

_PRINTED = 20

_MATRICES = OptionGroup(
    CONNECTOMES,
    atlas=typer.Option(help="Names and places of the regions. Default: the model's."),
    file_name=typer.Option(help="A subject's file without its suffix, if not as for training."),
    array=typer.Option(help="Array of the matrices, if not as for training."),
    subject=typer.Option(
        help="Array of the subjects' names in an .npz file, if not as for training."
    ),
)


_CHOICE = OptionGroup(
    MOLECULES,
    activity=typer.Option(
        help="Column of a measured value, to estimate it for the query from its neighbours."
    ),
    neighbours=typer.Option(help="Neighbours to average for the estimate, by default 5.", min=1),
    diverse=typer.Option(
        "--diverse", help="Hits that differ from one another, of the nearest ten times as many."
    ),
    duplicates=typer.Option(
        "--duplicates", help="Keep salts, charges and stereoisomers of the query among the hits."
    ),
)

Library = Annotated[
    Path,
    typer.Argument(
        help="What to search in: a table of molecules, or a folder or .npz file of "
        "connectivity matrices."
    ),
]
_Query = Annotated[
    str,
    typer.Option(
        help="A SMILES, or the name or line of a molecule in the library; or the name of a "
        "subject in it."
    ),
]
_Method = Annotated[
    str | None,
    typer.Option(
        help=f"How hits are explained: {', '.join(METHOD_NAMES)}; by default self-learned."
    ),
]


@one_line_errors
@grouped
def search_library(
    model: Annotated[Path, typer.Argument(help=MODEL_HELP)],
    library: Library,
    query: _Query,
    molecules: Annotated[MoleculeColumns, COLUMNS],
    matrices: Annotated[MatrixReading, _MATRICES],
    choice: Annotated[HitChoice, _CHOICE],
    files: Annotated[SearchFiles, FILES],
    kept: Annotated[KeptEmbeddings, EMBEDDINGS],
    k: Annotated[int, typer.Option("-k", help="How many hits.", min=1)] = 10,
    method: _Method = None,
) -> None:
    """Find the molecules, or connectomes, most like a query, and show why each of them is.

    The library is embedded once; its embeddings are saved and used again until the model or the
    library changes. The page says too why the first hit ranks above the second.
    """
    files.check(model, library, kept.index)
    check_kept(kept.index, "library", "keep the embeddings in")
    check_method(method)
    check_there(model, "model")
    domain_name(library)
    check_atlas(matrices.atlas)

    from pyg_siamex.recipe import Trained, search
    from pyg_siamex.recipe.domain import domain_of_both
    from pyg_siamex.recipe.nearest_hits import NearestHits

    trained = Trained.load(model)
    domain = domain_of_both(trained, library)
    reading, chosen = of_domain(
        domain.name, model, molecules=[molecules, choice], connectomes=[matrices, NearestHits()]
    )
    files.check_domain(domain.name, library)
    found = search(
        trained,
        library,
        query,
        k=k,
        index=kept.index,
        approximate=kept.approximate,
        method=method,
        reading=reading,
        choice=chosen,
    )
    _write(found, files, choice)
    _print(found, files)


def _write(found: "Found", files: SearchFiles, choice: HitChoice) -> None:
    from pyg_siamex.visualize import search_report

    search_report(found.result, files.out, notes=found.notes)
    if files.hits is not None:
        found.write_hits(files.hits)
    if files.grid is not None:
        from pyg_siamex.visualize import draw_hits

        draw_hits(found.result, files.grid, show=(choice.activity,) if choice.activity else ())


def _print(found: "Found", files: SearchFiles) -> None:
    console, result = Terminal(highlight=False), found.result
    for note in (*found.kept.splitlines(), *found.notes):
        console.print(note, soft_wrap=True, markup=False)
    if result.excluded:
        names = ", ".join(result.excluded[:3]) + (", ..." if len(result.excluded) > 3 else "")
        console.print(f"the query is in the library ({names}) and left out of its hits")
    if result.folded:
        names = ", ".join(hit.name for hit in result.folded[:3])
        names += ", ..." if len(result.folded) > 3 else ""
        console.print(
            f"{len(result.folded)} near-duplicates of the query are no hits ({names})",
            soft_wrap=True,
        )
    console.print(_hits(result))
    if len(result.hits) > _PRINTED:
        console.print(f"and {len(result.hits) - _PRINTED} more on the page")
    if result.estimate is not None:
        console.print(_estimated(result.estimate), soft_wrap=True)
    if result.contrast is not None:
        console.print(_contrasted(result.contrast), soft_wrap=True)
    for what, path in (("page", files.out), ("hits", files.hits), ("grid", files.grid)):
        if path is not None:
            console.print(f"{what}: {path}", soft_wrap=True)


def _estimated(found: "NeighbourEstimate") -> str:
    which = "unlike the training molecules" if found.unseen else "which the model may have learned"
    return (
        f"{found.name} of the query by its {len(found.neighbours)} nearest: {found.value:.3g} "
        f"\u00b1 {found.spread:.2g} (such estimates are off by {found.error:.2g} on average, the "
        f"mean of all by {found.of_mean:.2g}, over {found.judged} entries {which})"
    )


def _contrasted(contrast: "Contrast") -> str:
    terms = contrast.terms
    closer = f"hit 1 is closer than hit 2 by {terms['difference']:.4f}"
    if not contrast.carried.agrees:
        return f"{closer}, which cannot be placed on parts of the query: they do not account for it"
    return f"{closer}, of which parts of the query carry {terms['query']:.4f}"


def _hits(result: "SearchResult") -> Table:
    shown = [TO_TRAINING] if any(TO_TRAINING in hit.columns for hit in result.hits) else []
    shown += [] if result.estimate is None else [result.estimate.name]
    table = Table("rank", "name", "similarity", "probability alike", *shown)
    table.title = f"nearest of {result.size}"
    for hit in result.hits[:_PRINTED]:
        told = [hit.columns.get(column, "") for column in shown]
        numbers = (f"{hit.similarity:.4f}", f"{hit.probability:.2f}")
        texts = [text for text in told]
        more = f" (+{len(hit.twins)} near-duplicates)" if hit.twins else ""
        table.add_row(str(hit.rank), f"{hit.name}{more}", *numbers, *texts)
    return table
