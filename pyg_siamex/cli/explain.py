"""``pyg-siamex explain``: why a model finds two molecules, or two brains, alike or not."""

from pathlib import Path
from typing import Annotated

import typer

from pyg_siamex.cli.atlas_choice import chosen_atlas
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.explain_connectomes import explain_connectomes
from pyg_siamex.cli.explain_molecules import explain_molecules
from pyg_siamex.cli.kind import kind_of_model, refuse
from pyg_siamex.cli.methods import METHODS
from pyg_siamex.cli.one_thread import one_thread
from pyg_siamex.cli.options import CONNECTOMES, MOLECULES
from pyg_siamex.nn import load_model


@one_line_errors
def explain(
    model: Annotated[Path, typer.Argument(help="A model that `pyg-siamex train` wrote.")],
    query: Annotated[
        str, typer.Argument(help="SMILES of the query molecule, or name of the query subject.")
    ],
    reference: Annotated[
        str, typer.Argument(help="SMILES of the reference molecule, or name of its subject.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="Picture to write: .svg or .png, of connectomes also .pdf; or .html for a page "
            "that shows what goes with what, and how far to trust it."
        ),
    ] = Path("pair.svg"),
    save: Annotated[
        Path | None,
        typer.Option(help="File to keep the explanation in, for `pyg-siamex report`."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="masks (the edges that are needed; for molecules if not given), self-learned "
            "(likewise, held to what explanations share over references; for connectomes if not "
            "given), occlusion (what is lost without an edge, signed), integrated, gradient, "
            "saliency, or bilrp and jacobians (which node goes with which)."
        ),
    ] = None,
    names: Annotated[
        str | None, typer.Option(help="Names of the two in the picture, separated by a comma.")
    ] = None,
    atom_numbers: Annotated[
        bool,
        typer.Option("--atom-numbers", help="Number the atoms.", rich_help_panel=MOLECULES),
    ] = False,
    matrices: Annotated[
        Path | None,
        typer.Option(
            help="Where the matrices are, if not where the model was trained from.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    atlas: Annotated[
        str | None,
        typer.Option(
            help="Names and places of the regions, as for training, if not those of the model.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(
            help="brains (needs coordinates) or circles.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
) -> None:
    """Show which bonds, or connections, make two molecules, or brains, alike or unlike."""
    if method is not None and method not in METHODS:
        raise ValueError(f"--method must be one of {', '.join(METHODS)} (got '{method}')")
    for path, what in ((out, "picture"), (save, "explanation")):
        if path is not None and not path.parent.is_dir():
            raise FileNotFoundError(f"no folder {path.parent} to write the {what} into")
    both_names = None if names is None else _two_names(names)
    siamese, metadata = load_model(model)
    kind, pair = kind_of_model(metadata, model), (query, reference)
    if kind == "molecules":
        refuse(kind, matrices=matrices, atlas=atlas, style=style)
        explain_molecules(
            siamese, metadata, pair, method or "masks", out, both_names, atom_numbers, save
        )
        return
    refuse(kind, atom_numbers=atom_numbers)
    with one_thread():
        explain_connectomes(
            siamese,
            metadata,
            pair,
            method or "self-learned",
            out,
            names=both_names,
            matrices=matrices,
            atlas=chosen_atlas(atlas),
            style=style,
            save=save,
        )


def _two_names(names: str) -> tuple[str, str]:
    parts = [part.strip() for part in names.split(",")]
    if len(parts) != 2:
        raise ValueError(f"--names needs two names separated by one comma (got '{names}')")
    return parts[0], parts[1]
