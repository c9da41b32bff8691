"""``pyg-siamex explain``: why a model finds two molecules, or two brains, alike or not."""

from pathlib import Path
from typing import Annotated

import typer

from pyg_siamex._given import either
from pyg_siamex._there import check_there
from pyg_siamex._writable import check_apart, check_writable
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.explain_table import TABLE, TableOptions, explain_table
from pyg_siamex.cli.files import as_path, check_kept
from pyg_siamex.cli.option_group import OptionGroup, grouped
from pyg_siamex.cli.options import CONNECTOMES, MODEL_HELP, MOLECULES, NAME, SMILES, of_domain
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
    library=typer.Option(help="Table of molecules whose names may stand for their SMILES."),
    smiles=SMILES,
    name=NAME,
)
_CONNECTOME_VIEW = OptionGroup(
    CONNECTOMES,
    matrices=typer.Option(
        help="Where the matrices are, if not where the model was trained from. A subject that is "
        "not there is taken from the training's, and a note says so."
    ),
    atlas=typer.Option(
        help="Names and places of the regions, as for training. Default: the model's."
    ),
    style=typer.Option(help="brains (needs coordinates) or circles."),
    columns=typer.Option(
        help="Width of the picture in columns of a journal, 1 or 2.", min=1, max=2
    ),
)


Views = dict[str, MoleculeView | ConnectomeView]
"""How pairs are drawn, by domain."""

_Query = Annotated[
    str | None,
    typer.Argument(help="SMILES of the query molecule, or name of the molecule or subject."),
]
_Reference = Annotated[
    str | None,
    typer.Argument(help="SMILES of the reference molecule, or name of the molecule or subject."),
]
_Out = Annotated[
    Path | None,
    typer.Option(
        help="Picture to write: .svg or .png, of connectomes also .pdf; or .html for a page "
        "that shows what goes with what, and how far to trust it. With --pairs the folder to "
        "write. Default: pair.svg, or explained.",
        show_default=False,
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
    molecules: Annotated[MoleculeView, _MOLECULE_VIEW],
    connectomes: Annotated[ConnectomeView, _CONNECTOME_VIEW],
    table: Annotated[TableOptions, TABLE],
    query: _Query = None,
    reference: _Reference = None,
    out: _Out = None,
    save: _Save = None,
    method: _Method = None,
    names: _Names = None,
) -> None:
    """Show which bonds, or connections, make two molecules, or brains, alike or unlike.

    With --pairs all pairs of a table are explained into a folder; where it was stopped, the same
    command goes on.
    """
    check_method(method)
    read = [model, table.pairs, *map(as_path, (molecules.library, connectomes.matrices))]
    read.append(as_path(connectomes.atlas))
    check_style(connectomes.style)
    views: Views = {"molecules": molecules, "connectomes": connectomes}
    if table.pairs is None:
        _refuse("for a table of pairs: give it as `pairs`", **vars(table))
        if query is None or reference is None:
            raise ValueError("give a query and a reference, or a table of them as `pairs`")
        picture = either(out, Path("pair.svg"))
        check_writable(picture, "write the picture into")
        check_kept(save, "explanation", "write the explanation into")
        check_apart([picture, save], read)
        _explain_one(model, (query, reference), picture, save, method, names, views)
        return
    _refuse("for one pair, and `pairs` is a table", query=query, save=save, names=names)
    folder = either(out, Path("explained"))
    table.check(folder, read)
    explain_table(model, table, folder, method, views)


def _explain_one(
    model: Path,
    pair: tuple[str, str],
    out: Path,
    save: Path | None,
    method: str | None,
    names: str | None,
    views: Views,
) -> None:
    both_names = None if names is None else _two_names(names)
    check_there(model, "model")

    from pyg_siamex.recipe import Trained, domain_of_model
    from pyg_siamex.recipe import explain as explain_pair

    trained = Trained.load(model)
    domain = domain_of_model(trained)
    [view] = of_domain(domain.name, model, **{name: [own] for name, own in views.items()})
    domain.viewed_by(view).check(out, trained)
    found = explain_pair(trained, *pair, method=method, names=both_names, view=view)
    if save is not None:
        found.save(save)
    found.draw(out)
    print_explained(found, str(out))


def _refuse(why: str, **options: object) -> None:
    """Refuse options that are given."""
    for name, value in options.items():
        if value is not None:
            raise ValueError(f"`{name}` is {why}")


def _two_names(names: str) -> tuple[str, str]:
    parts = [part.strip() for part in names.split(",")]
    if len(parts) != 2 or not all(parts):
        raise ValueError(f"`names` needs two names separated by one comma (got '{names}')")
    return parts[0], parts[1]
