"""Training on a table of molecules."""

import logging
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from pyg_siamex.cli.settings import Settings
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets import MoleculeTable
from pyg_siamex.nn import SiameseGNN, build_siamese, save_model
from pyg_siamex.nn.training import FitReport, fit, pair_auc

logger = logging.getLogger(__name__)


def train_molecules(
    molecules: MoleculeTable, threshold: float | None, settings: Settings, out: Path
) -> None:
    """Train, judge by molecules that were held out, write the model and say how good it is.

    Args:
        molecules: The table.
        threshold: Largest difference of alike measured values; half a standard deviation where
            not given.
        settings: The model and its training.
        out: Where to write the model.
    """
    seed = settings.seed
    pairs, rule = _pairs(molecules, threshold, seed)
    learn, validation, test, judged = _parts(pairs, seed, molecules.groups)
    model = _model(molecules, settings)
    report = fit(
        model,
        learn,
        validation=validation,
        epochs=settings.epochs or 50,
        lr=settings.lr or 3e-3,
        loss=settings.loss,
        seed=seed,
    )
    auc = pair_auc(model, test)
    save_model(
        model,
        out,
        kind="molecules",
        features=molecules.transform.to_dict(),
        rule=rule,
        **{f"{judged}_pair_auc": auc},
        spread=report.spread,
    )
    _print(molecules, rule, model, report, f"{judged} pair AUC", auc, out)


def _model(molecules: MoleculeTable, settings: Settings) -> SiameseGNN:
    encoder = settings.encoder or "GIN"
    # Small and skewed tables train more surely with it, and fit() keeps its statistics fresh.
    arguments: dict[str, Any] = {"norm": "batch_norm"}
    arguments["in_channels"] = molecules.transform.num_node_features
    if encoder == "GINE":
        arguments["edge_dim"] = molecules.transform.num_edge_features
    torch.manual_seed(settings.seed)
    return build_siamese(
        encoder,
        settings.pool or "add",
        settings.similarity,
        hidden_channels=settings.hidden,
        num_layers=settings.layers or 3,
        **arguments,
    )


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
