"""``pyg-siamex explain``: why a model finds two molecules, or two brains, alike or not."""

from pathlib import Path
from typing import Annotated

import typer

from pyg_siamex._writable import check_apart, check_writable
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.files import as_path, check_kept, check_there
from pyg_siamex.cli.option_group import OptionGroup, grouped
from pyg_siamex.cli.options import CONNECTOMES, MODEL_HELP, MOLECULES, of_domain
from pyg_siamex.cli.terminal import print_explained
from pyg_siamex.recipe.choices import check_method
from pyg_siamex.recipe.connectomes.view import ConnectomeView, check_style
from pyg_siamex.recipe.molecules.view import MoleculeView

_MOLECULE_VIEW = OptionGroup(
    MOLECULES,
    atom_numbers=typer.Option("--atom-numbers", help="Number the atoms."),
    size=typer.Option(help="Width and height of the picture: 900x400 (pixels) or 170x80mm."),
    dpi=typer.Option(help="Pixels per inch of a .png."),
    scales=typer.Option(
        help="shared (one colour scale), own (one for each molecule) or auto (one, unless one "
        "molecule would be colourless)."
    ),
)
_CONNECTOME_VIEW = OptionGroup(
    CONNECTOMES,
    matrices=typer.Option(help="Where the matrices are, if not where the model was trained from."),
    atlas=typer.Option(
        help="Names and places of the regions, as for training. Default: the model's."
    ),
    style=typer.Option(help="brains (needs coordinates) or circles."),
    columns=typer.Option(
        help="Width of the picture in columns of a journal, 1 or 2.", min=1, max=2
    ),
)


_Query = Annotated[
    str, typer.Argument(help="SMILES of the query molecule, or name of the query subject.")
]
_Reference = Annotated[
    str, typer.Argument(help="SMILES of the reference molecule, or name of its subject.")
]
_Out = Annotated[
    Path,
    typer.Option(
        help="Picture to write: .svg or .png, of connectomes also .pdf; or .html for a page "
        "that shows what goes with what, and how far to trust it."
    ),
]
_Save = Annotated[
    Path | None,
    typer.Option(help="File to keep the explanation in, for `pyg-siamex report`."),
]
_Method = Annotated[
    str | None,
    typer.Option(
        help="self-learned (the edges that are needed, held to what explanations share over "
        "references; the default), masks (the edges that are needed), occlusion (what is lost "
        "without an edge, signed), integrated, gradient, saliency, or bilrp and jacobians (which "
        "node goes with which)."
    ),
]
_Names = Annotated[
    str | None, typer.Option(help="Names of the two in the picture, separated by a comma.")
]


@one_line_errors
@grouped
def explain(
    model: Annotated[Path, typer.Argument(help=MODEL_HELP)],
    query: _Query,
    reference: _Reference,
    molecules: Annotated[MoleculeView, _MOLECULE_VIEW],
    connectomes: Annotated[ConnectomeView, _CONNECTOME_VIEW],
    out: _Out = Path("pair.svg"),
    save: _Save = None,
    method: _Method = None,
    names: _Names = None,
) -> None:
    """Show which bonds, or connections, make two molecules, or brains, alike or unlike."""
    check_method(method)
    check_writable(out, "write the picture into")
    check_kept(save, "explanation", "write the explanation into")
    check_apart([out, save], [model, *map(as_path, (connectomes.matrices, connectomes.atlas))])
    both_names = None if names is None else _two_names(names)
    check_there(model, "model")
    check_style(connectomes.style)

    from pyg_siamex.recipe import Trained, domain_of_model
    from pyg_siamex.recipe import explain as explain_pair

    trained = Trained.load(model)
    domain = domain_of_model(trained)
    [view] = of_domain(domain.name, molecules=[molecules], connectomes=[connectomes])
    view.check(out, trained)
    found = explain_pair(trained, query, reference, method=method, names=both_names, view=view)
    if save is not None:
        found.save(save)
    found.draw(out)
    print_explained(found, str(out))


def _two_names(names: str) -> tuple[str, str]:
    parts = [part.strip() for part in names.split(",")]
    if len(parts) != 2:
        raise ValueError(f"`names` needs two names separated by one comma (got '{names}')")
    return parts[0], parts[1]
