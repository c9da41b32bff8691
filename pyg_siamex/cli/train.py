"""``pyg-siamex train``: molecules or connectivity matrices in, a model file out."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pyg_siamex._writable import check_apart
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.files import as_path, check_kept
from pyg_siamex.cli.library_options import COLUMNS
from pyg_siamex.cli.option_group import grouped
from pyg_siamex.cli.options import of_domain
from pyg_siamex.cli.terminal import print_training
from pyg_siamex.cli.train_options import EDGES, JUDGING, MATRICES, PREPARATION, SETTINGS, TARGET
from pyg_siamex.recipe.asked_target import Target
from pyg_siamex.recipe.choices import COMMANDED
from pyg_siamex.recipe.connectomes.connections import Connections
from pyg_siamex.recipe.connectomes.judgement import Judging
from pyg_siamex.recipe.connectomes.reading import MatrixReading, check_reading, check_triangles
from pyg_siamex.recipe.domain import domain_name, domain_named
from pyg_siamex.recipe.molecules.columns import MoleculeColumns
from pyg_siamex.recipe.molecules.preparation import Preparation
from pyg_siamex.recipe.settings import Settings, check_settings

_Data = Annotated[
    Path,
    typer.Argument(
        help="A table of molecules (.csv, .tsv, .smi, .sdf, .xlsx, .parquet), or a folder or .npz "
        "file of connectivity matrices."
    ),
]
_Domain = Annotated[
    str | None,
    typer.Option(
        help="molecules, or connectomes where the rows of a table are their triangles; or the name "
        "of a domain that another package adds."
    ),
]


@one_line_errors
@grouped
def train(
    data: _Data,
    target: Annotated[Target, TARGET],
    molecules: Annotated[MoleculeColumns, COLUMNS],
    preparation: Annotated[Preparation, PREPARATION],
    matrices: Annotated[MatrixReading, MATRICES],
    connections: Annotated[Connections, EDGES],
    judging: Annotated[Judging, JUDGING],
    settings: Annotated[Settings, SETTINGS],
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("model.siamex"),
    domain: _Domain = None,
) -> None:
    """Train a model that says how alike two molecules, or two brains, are.

    A tenth of the molecules is held out to stop in time and a tenth to judge the model (a fifth
    each below 100 molecules, none below 50); molecules that the model cannot tell apart are never
    in two parts. The pair AUC of the test molecules is printed with its interval, beside that of
    fingerprints. Models of connectomes are cross-validated over subjects, and then trained on all
    of them.
    """
    check_kept(out, "model", "write the model into")
    check_apart([out], [data, *map(as_path, (matrices.labels, matrices.atlas))])
    name = domain_name(data, domain)
    brains = [matrices, connections, judging]
    own = of_domain(name, data, molecules=[molecules, preparation], connectomes=brains)
    if name == "connectomes":
        own[-1] = replace(judging, measured=target.measured)
    check_reading(matrices)
    if matrices.site is not None and settings.folds is not None:
        raise ValueError(
            "`site` leaves each site out once, so that `folds` are the sites: give one"
        )
    if name == "connectomes":
        check_triangles(data, matrices)
    connections.check()
    check_settings(settings, name)
    chosen = domain_named(name)
    asked = target.arguments(name)
    own = own if name in COMMANDED else [chosen.read_by(None)]
    trained = chosen.train(data, target.label, *own, **asked, settings=settings)
    trained.save(out)
    print_training(trained, str(out))
