"""``pyg-siamex train``: molecules or connectivity matrices in, a model file out."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pyg_siamex.cli.atlas_choice import chosen_atlas
from pyg_siamex.cli.connectome_training import ConnectomeTraining
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.graph_recipe import GraphRecipe
from pyg_siamex.cli.kind import kind_of, refuse
from pyg_siamex.cli.matrix_source import MatrixSource
from pyg_siamex.cli.options import CONNECTOMES, MOLECULES, SmilesColumn
from pyg_siamex.cli.settings import Settings
from pyg_siamex.cli.train_connectomes import train_connectomes
from pyg_siamex.cli.train_molecules import train_molecules
from pyg_siamex.datasets import MoleculeTable

MODEL = "Model and training"


@one_line_errors
def train(
    data: Annotated[
        Path,
        typer.Argument(
            help="A CSV file of molecules with a header, or a folder or .npz file of connectivity "
            "matrices."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("model.siamex"),
    kind: Annotated[
        str | None,
        typer.Option(help="molecules or connectomes, where it cannot be seen from the file."),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            help="Column of the class or of the measured value (in an .npz file an array). May be "
            "left out if a table of subjects has one column beside their names."
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="For measured values: two are alike if their values differ by at most this much. "
            "Half a standard deviation if not given."
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Stop at rows or subjects that cannot be used, do not skip."),
    ] = False,
    smiles: SmilesColumn = None,
    largest_fragment: Annotated[
        bool,
        typer.Option(
            "--largest-fragment",
            help="Strip salts and solvents, keep the largest organic part.",
            rich_help_panel=MOLECULES,
        ),
    ] = False,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Table with a row per subject of the folder.", rich_help_panel=CONNECTOMES
        ),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(
            help="Column (in an .npz file an array) of the subjects' names, if not called "
            "'subject' or 'participant_id'.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    file_name: Annotated[
        str | None,
        typer.Option(
            help="A subject's file without its suffix, such as 'sub-{subject}_aal'.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    array: Annotated[
        str | None,
        typer.Option(
            help="Array of the matrices in an .npz file, or variable in .mat files.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    atlas: Annotated[
        str | None,
        typer.Option(
            help="dosenbach, power, or a CSV file with a row per region and columns name, and "
            "where known x, y, z (MNI mm) and network.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    density: Annotated[
        float | None,
        typer.Option(
            help="Keep this share of the connections, the strongest.", rich_help_panel=CONNECTOMES
        ),
    ] = None,
    at_least: Annotated[
        float | None,
        typer.Option(help="Keep connections of this strength.", rich_help_panel=CONNECTOMES),
    ] = None,
    neighbours: Annotated[
        int | None,
        typer.Option(
            help="Keep each region's strongest connections, so many.", rich_help_panel=CONNECTOMES
        ),
    ] = None,
    sign: Annotated[
        str | None,
        typer.Option(
            help="weight (negative connections stay negative) or positive (they are left out).",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    asymmetric: Annotated[
        str | None,
        typer.Option(
            help="Of asymmetric matrices take the mean, the upper or the lower triangle.",
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            help="Folds of the cross-validation over subjects, 5 if not given.",
            min=2,
            rich_help_panel=CONNECTOMES,
        ),
    ] = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="Graph network. GIN for molecules, RoiGCN for connectomes.", rich_help_panel=MODEL
        ),
    ] = None,
    hidden: Annotated[
        int, typer.Option(help="Width of the network.", min=1, rich_help_panel=MODEL)
    ] = 64,
    layers: Annotated[
        int | None,
        typer.Option(
            help="How many edges far a node sees: 3 for molecules, 1 for connectomes.",
            min=1,
            rich_help_panel=MODEL,
        ),
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option(
            help="From nodes to graph: add, mean or max; for connectomes also regions, which keeps "
            "them apart. add for molecules, regions for connectomes.",
            rich_help_panel=MODEL,
        ),
    ] = None,
    similarity: Annotated[
        str,
        typer.Option(help="cosine, dot, euclidean, rbf, bilinear or mlp.", rich_help_panel=MODEL),
    ] = "cosine",
    loss: Annotated[
        str,
        typer.Option(
            help="bce, contrastive, triplet, multi_similarity or nt_xent.", rich_help_panel=MODEL
        ),
    ] = "bce",
    epochs: Annotated[
        int | None,
        typer.Option(
            help="Most passes over the data: 50 for molecules, 10 for connectomes.",
            min=1,
            rich_help_panel=MODEL,
        ),
    ] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate.", rich_help_panel=MODEL)] = None,
    seed: Annotated[
        int, typer.Option(help="The same seed gives the same model.", rich_help_panel=MODEL)
    ] = 0,
) -> None:
    """Train a model that says how alike two molecules, or two brains, are.

    A tenth of the molecules is held out to stop in time and a tenth to judge the model (a fifth
    each below 100 molecules, none below 50); the same molecule is never in two parts. Models of
    connectomes are cross-validated over subjects, and then trained on all of them.
    """
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to write the model into")
    settings = Settings(encoder, hidden, layers, pool, similarity, loss, epochs, lr, seed)
    if kind_of(data, kind) == "molecules":
        refuse(
            "molecules", labels=labels, subject=subject, file_name=file_name, array=array,
            atlas=atlas, density=density, at_least=at_least, neighbours=neighbours, sign=sign,
            asymmetric=asymmetric, folds=folds,
        )  # fmt: skip
        if smiles is None or label is None:
            raise ValueError("a table of molecules needs --smiles COLUMN and --label COLUMN")
        invalid: Literal["skip", "raise"] = "raise" if strict else "skip"
        molecules = MoleculeTable(
            data, smiles, label, invalid=invalid, largest_fragment=largest_fragment
        )
        train_molecules(molecules, threshold, settings, out)
        return
    refuse("connectomes", smiles=smiles, largest_fragment=largest_fragment)
    recipe = GraphRecipe.from_options(
        sign or "weight",
        asymmetric or "raise",
        chosen_atlas(atlas),
        density=density,
        at_least=at_least,
        neighbours=neighbours,
    )
    source = MatrixSource.of_options(data, file_name, array, subject)
    graphs = recipe.graphs(source.read_labelled(labels, label, subject, strict), strict)
    training = ConnectomeTraining.of(graphs, settings, threshold)
    train_connectomes(graphs, training, folds or 5, source, recipe, out)
