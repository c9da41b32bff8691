"""``pyg-siamex search``: what in a library is most like a query, and why."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.kind import kind_of_model
from pyg_siamex.cli.library import LibraryOptions, embedded, open_library
from pyg_siamex.cli.methods import METHODS, PAIR_METHODS
from pyg_siamex.cli.one_thread import one_thread
from pyg_siamex.cli.options import CONNECTOMES, LargestFragment, NameColumn, SmilesColumn
from pyg_siamex.explain import (
    PairExplainer,
    SearchResult,
    SelfLearned,
    SharedInvariance,
    search,
)
from pyg_siamex.nn import SiameseGNN, load_model

USUAL = {"molecules": "bilrp", "connectomes": "self-learned"}
PRINTED = 20


@one_line_errors
def search_library(
    model: Annotated[Path, typer.Argument(help="A model that `pyg-siamex train` wrote.")],
    library: Annotated[
        Path,
        typer.Argument(
            help="What to search in: a CSV file of molecules, or a folder or .npz file of "
            "connectivity matrices."
        ),
    ],
    query: Annotated[
        str,
        typer.Option(
            help="A SMILES, or the name or line of a molecule in the library; or the name of a "
            "subject in it."
        ),
    ],
    k: Annotated[int, typer.Option("-k", help="How many hits.", min=1)] = 10,
    out: Annotated[Path, typer.Option(help="Page to write, .html.")] = Path("search.html"),
    index: Annotated[
        Path | None,
        typer.Option(
            help="File of the library's embeddings, made where it is not there or does not fit; "
            "beside the library if not given."
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help=f"How hits are explained: {', '.join(METHODS)}; bilrp for molecules and "
            "self-learned for connectomes if not given."
        ),
    ] = None,
    smiles: SmilesColumn = None,
    name: NameColumn = None,
    largest_fragment: LargestFragment = False,
    atlas: Annotated[
        str | None,
        typer.Option(
            help="Names and places of the regions, if not those of the model.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    file_name: Annotated[
        str | None,
        typer.Option(
            help="A subject's file without its suffix, if not as for training.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    array: Annotated[
        str | None,
        typer.Option(
            help="Array of the matrices, if not as for training.", rich_help_panel=CONNECTOMES
        ),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(
            help="Array of the subjects' names in an .npz file, if not as for training.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
) -> None:
    """Find the molecules, or connectomes, most like a query, and show why each of them is.

    The library is embedded once; its embeddings are saved and used again until the model or the
    library changes. The page says too why the first hit ranks above the second.
    """
    from pyg_siamex.visualize import search_report

    if out.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"--out must end in .html (got '{out}')")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to write the page into")
    if index is not None and not index.parent.is_dir():
        raise FileNotFoundError(f"no folder {index.parent} to keep the embeddings in")
    if method is not None and method not in METHODS:
        raise ValueError(f"--method must be one of {', '.join(METHODS)} (got '{method}')")
    siamese, metadata = load_model(model)
    options = LibraryOptions(smiles, name, largest_fragment, atlas, file_name, array, subject)
    with one_thread():
        graphs = open_library(library, model, metadata, options)
        asked, title = graphs.find(query)  # before the long work
        entries, kept = embedded(graphs, siamese, model, index)
        chosen = method or USUAL[kind_of_model(metadata, model)]
        explainer = _explainer(siamese, chosen, getattr(graphs, "graphs", None))
        place = graphs.entry(asked)
        found = search(entries, graphs, place, k, explainer=explainer, name=title)
    search_report(found, out)
    _print(found, kept, metadata, out)


def _explainer(model: SiameseGNN, method: str, subjects: list | None) -> PairExplainer:
    """The explainer of a name; self-learned masks of subjects learn from all of them."""
    algorithm = METHODS[method]()
    if method in PAIR_METHODS:
        return PairExplainer(model, algorithm, node_mask_type="object")
    if method == "self-learned" and subjects is not None:
        invariance = SharedInvariance.learn(
            model, subjects, edge_mask_type="object", undirected=True
        )
        algorithm = SelfLearned(solver="gda", invariance=invariance)
    return PairExplainer(model, algorithm, edge_mask_type="object", undirected=True)


def _print(found: SearchResult, kept: str, metadata: dict[str, Any], out: Path) -> None:
    console = Console(highlight=False)
    console.print(kept, soft_wrap=True, markup=False)
    if "test_pair_auc" in metadata:
        console.print(f"the model's test pair AUC is {metadata['test_pair_auc']:.3f}")
    if found.excluded:
        names = ", ".join(found.excluded[:3]) + (", ..." if len(found.excluded) > 3 else "")
        console.print(
            f"the query is in the library ({names}) and left out of its hits", markup=False
        )
    table = Table("rank", "name", "similarity", "probability alike")
    table.title = f"nearest of {found.size}"
    for hit in found.hits[:PRINTED]:
        cells = (f"{hit.similarity:.4f}", f"{hit.probability:.2f}")
        table.add_row(str(hit.rank), _plain(hit.name), *cells)
    console.print(table)
    if len(found.hits) > PRINTED:
        console.print(f"and {len(found.hits) - PRINTED} more on the page")
    if found.contrast is not None:
        terms = found.contrast.terms
        console.print(
            f"hit 1 is closer than hit 2 by {terms['difference']:.4f}: {terms['query']:+.4f} on "
            f"parts of the query, {terms['remainder']:+.4f} on none (biases)",
            soft_wrap=True,
        )
    console.print(f"page: {out}", soft_wrap=True, markup=False)


def _plain(text: str) -> Any:
    """A name as it is, whatever brackets it has."""
    from rich.text import Text

    return Text(text)
