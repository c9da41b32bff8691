"""``pyg-siamex train``: a table of molecules in, a model file out."""

import logging
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
import typer
from rich.console import Console
from rich.table import Table

from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets import MoleculeTable
from pyg_siamex.nn import ENCODERS, SiameseGNN, build_siamese, save_model
from pyg_siamex.nn.training import FitReport, fit, pair_auc

logger = logging.getLogger(__name__)


@one_line_errors
def train(
    table: Annotated[Path, typer.Argument(help="CSV file with a header: one molecule a row.")],
    smiles: Annotated[str, typer.Option(help="Column of the SMILES.")],
    label: Annotated[
        str, typer.Option(help="Column of the activity class or of the measured value.")
    ],
    out: Annotated[Path, typer.Option(help="Where to write the model, e.g. model.siamex.")],
    threshold: Annotated[
        float | None,
        typer.Option(
            help="For measured values: two molecules are alike if their values differ by at most "
            "this much. Half a standard deviation if not given."
        ),
    ] = None,
    encoder: Annotated[str, typer.Option(help=f"Graph network: {', '.join(ENCODERS)}.")] = "GIN",
    hidden: Annotated[int, typer.Option(help="Width of the network.", min=1)] = 64,
    layers: Annotated[int, typer.Option(help="How many bonds far an atom sees.", min=1)] = 3,
    pool: Annotated[str, typer.Option(help="From atoms to molecule: add, mean or max.")] = "add",
    similarity: Annotated[
        str, typer.Option(help="cosine, dot, euclidean, rbf, bilinear or mlp.")
    ] = "cosine",
    loss: Annotated[
        str, typer.Option(help="bce, contrastive, triplet, multi_similarity or nt_xent.")
    ] = "bce",
    epochs: Annotated[int, typer.Option(help="Most passes over the table.", min=1)] = 50,
    lr: Annotated[float, typer.Option(help="Learning rate.")] = 3e-3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at rows that are no molecule, do not skip them.")
    ] = False,
    largest_fragment: Annotated[
        bool, typer.Option(help="Strip salts and solvents, keep the largest organic part.")
    ] = False,
) -> None:
    """Train a model that says how alike two molecules are.

    A tenth of the molecules is held out to stop in time and a tenth to judge the model (a fifth
    each below 100 molecules, none below 50); the same molecule is never in two parts.
    """
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to write the model into")
    invalid: Literal["skip", "raise"] = "raise" if strict else "skip"
    molecules = MoleculeTable(
        table,
        smiles,
        label,
        invalid=invalid,
        largest_fragment=largest_fragment,
    )
    pairs, rule = _pairs(molecules, threshold, seed)
    learn, validation, test, judged = _parts(pairs, seed, molecules.groups)
    # Small and skewed tables train more surely with it, and fit() keeps its statistics fresh.
    arguments: dict[str, Any] = {"norm": "batch_norm"}
    arguments["in_channels"] = molecules.transform.num_node_features
    if encoder == "GINE":
        arguments["edge_dim"] = molecules.transform.num_edge_features
    torch.manual_seed(seed)
    model = build_siamese(
        encoder, pool, similarity, hidden_channels=hidden, num_layers=layers, **arguments
    )
    report = fit(model, learn, validation=validation, epochs=epochs, lr=lr, loss=loss, seed=seed)
    auc = pair_auc(model, test)
    save_model(
        model,
        out,
        features=molecules.transform.to_dict(),
        rule=rule,
        **{f"{judged}_pair_auc": auc},
        spread=report.spread,
    )
    _print(molecules, rule, model, report, f"{judged} pair AUC", auc, out)


def _pairs(molecules: MoleculeTable, threshold: float | None, seed: int) -> tuple[PairDataset, str]:
    if molecules.class_names is not None:
        if threshold is not None:
            raise ValueError("--threshold is for measured values, and the label column has classes")
        return PairDataset(molecules, seed=seed), "same class"
    values = torch.stack([molecules[k].y for k in range(len(molecules))])
    if threshold is None:
        threshold = float(values.std()) / 2
    rule = f"values differ by at most {threshold:.3g}"
    return PairDataset.from_threshold(molecules, threshold, seed=seed), rule


def _parts(
    pairs: PairDataset, seed: int, groups: list[str]
) -> tuple[PairDataset, PairDataset, PairDataset, str]:
    """Parts to learn from, to stop by and to judge by; all molecules for all where they are few."""
    for least, fractions in ((100, (0.8, 0.1, 0.1)), (50, (0.6, 0.2, 0.2))):
        if len(pairs.graphs) >= least:
            try:
                learn, validation, test = pairs.split(fractions, seed=seed, groups=groups)
            except ValueError:  # a part with no two alike, or no two unlike molecules
                continue
            return learn, validation, test, "test"
    logger.warning(
        "%d molecules are too few to hold some out: the model is judged by what it has learned "
        "from, which says nothing about new molecules",
        len(pairs.graphs),
    )
    return pairs, pairs, pairs, "training"


def _print(
    molecules: MoleculeTable,
    rule: str,
    model: SiameseGNN,
    report: FitReport,
    judged: str,
    auc: float,
    out: Path,
) -> None:
    table = Table("trained", str(model.config["encoder"]) if model.config else "")
    table.add_row("molecules", str(len(molecules)))
    table.add_row("rows refused", str(len(molecules.rejected)))
    if molecules.class_names:
        table.add_row("classes", ", ".join(molecules.class_names[:8]))
    table.add_row("alike means", rule)
    table.add_row("best epoch", str(report.best_epoch))
    table.add_row("validation pair AUC", f"{report.quality:.3f}")
    table.add_row(judged, f"{auc:.3f}")
    table.add_row("mean cosine of different molecules", f"{report.spread:.3f}")
    table.add_row("model", str(out))
    Console().print(table)
