"""``pyg-siamex train``: molecules or connectivity matrices in, a model file out."""

from pathlib import Path
from typing import Annotated

import typer

from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.files import check_folder
from pyg_siamex.cli.option_group import grouped
from pyg_siamex.cli.options import of_domain
from pyg_siamex.cli.terminal import print_training
from pyg_siamex.cli.train_options import EDGES, JUDGING, MATRICES, SETTINGS, SMILES_COLUMN
from pyg_siamex.recipe.connectomes.connections import Connections
from pyg_siamex.recipe.connectomes.judgement import Judging
from pyg_siamex.recipe.connectomes.reading import MatrixReading, check_reading
from pyg_siamex.recipe.domain import domain_name, domain_named
from pyg_siamex.recipe.molecules.columns import MoleculeColumns
from pyg_siamex.recipe.settings import Settings, check_settings

_Data = Annotated[
    Path,
    typer.Argument(
        help="A CSV file of molecules with a header, or a folder or .npz file of connectivity "
        "matrices."
    ),
]
_Kind = Annotated[
    str | None,
    typer.Option(help="molecules or connectomes, where it cannot be seen from the file."),
]
_Label = Annotated[
    str | None,
    typer.Option(
        help="Column of the class or of the measured value (in an .npz file an array). May be "
        "left out if a table of subjects has one column beside their names."
    ),
]
_MaxDifference = Annotated[
    float | None,
    typer.Option(
        "--max-difference",
        "--threshold",
        help="For measured values: two are alike if their values differ by at most this much. "
        "By default half a standard deviation.",
    ),
]
_Strict = Annotated[
    bool,
    typer.Option("--strict", help="Stop at rows or subjects that cannot be used, do not skip."),
]


@grouped
@one_line_errors
def train(
    data: _Data,
    molecules: Annotated[MoleculeColumns, SMILES_COLUMN],
    matrices: Annotated[MatrixReading, MATRICES],
    connections: Annotated[Connections, EDGES],
    judging: Annotated[Judging, JUDGING],
    settings: Annotated[Settings, SETTINGS],
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("model.siamex"),
    kind: _Kind = None,
    label: _Label = None,
    max_difference: _MaxDifference = None,
    strict: _Strict = False,
) -> None:
    """Train a model that says how alike two molecules, or two brains, are.

    A tenth of the molecules is held out to stop in time and a tenth to judge the model (a fifth
    each below 100 molecules, none below 50); the same molecule is never in two parts. Models of
    connectomes are cross-validated over subjects, and then trained on all of them.
    """
    check_folder(out, "write the model into")
    name = domain_name(data, kind)
    own = of_domain(name, molecules=[molecules], connectomes=[matrices, connections, judging])
    check_reading(matrices)
    connections.check()
    check_settings(settings, name)
    domain = domain_named(name)
    trained = domain.train(
        data, label, *own, max_difference=max_difference, strict=strict, settings=settings
    )
    trained.save(out)
    print_training(trained, str(out))
