"""Training on connectivity matrices, judged by subjects that were held out."""

import logging
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from pyg_siamex.cli.connectome_training import ConnectomeTraining, bare
from pyg_siamex.cli.cross_validation import Quality, cross_validate, folds_of
from pyg_siamex.cli.graph_recipe import GraphRecipe, as_list
from pyg_siamex.cli.matrix_source import MatrixSource
from pyg_siamex.datasets import Connectomes
from pyg_siamex.nn import save_model
from pyg_siamex.nn.training import pair_auc

logger = logging.getLogger(__name__)

FEWEST = 20
"""Subjects of which some can be held out."""


def train_connectomes(
    graphs: Connectomes,
    training: ConnectomeTraining,
    folds: int,
    source: MatrixSource,
    recipe: GraphRecipe,
    out: Path,
) -> None:
    """Cross-validate over subjects, train on all of them, write the model and say how good it is.

    The model is trained for as many epochs as were best in the median fold.

    Args:
        graphs: The subjects.
        training: The model and its training.
        folds: Folds of the cross-validation, at least 2.
        source: Where the matrices are; kept with the model.
        recipe: How they became graphs; kept with the model.
        out: Where to write the model.
    """
    quality = _quality(graphs, training, folds)
    everyone = training.pairs(bare(graphs))
    # fit() keeps its best epoch: watched on what it learns from, that is the last or near it.
    epochs = None if quality is None else quality.usual_epochs
    model, report = training.train(everyone, everyone, epochs)
    judged: dict[str, Any] = {"training_pair_auc": pair_auc(model, everyone)}
    if quality is not None:
        judged = {"cross_validation": quality.to_dict()}
    save_model(
        model,
        out,
        kind="connectomes",
        source=source.to_dict(),
        graphs=recipe.to_dict(),
        subjects=graphs.subjects,
        rule=training.rule,
        class_names=graphs.class_names,
        spread=report.spread,
        **judged,
    )
    words = {"training pair AUC": f"{judged['training_pair_auc']:.3f}"} if not quality else {}
    if quality is not None:
        words = {
            f"{name}, {folds} folds of held-out subjects": text
            for name, text in quality.words().items()
        }
    _print(graphs, training, words, report.best_epoch + 1, out)


def _quality(graphs: Connectomes, training: ConnectomeTraining, folds: int) -> Quality | None:
    """Quality on held-out subjects; ``None`` where there are too few of them."""
    classes = None
    if graphs.class_names is not None:
        classes = torch.stack([data.y for data in as_list(graphs)])
    try:
        if len(graphs) < FEWEST:
            raise ValueError(f"fewer than {FEWEST}")
        parts = folds_of(
            bare(graphs), training.pairs, folds, training.settings.seed, classes, graphs.subjects
        )
    except ValueError as error:  # a part with no two alike, or no two unlike subjects
        logger.warning(
            "%d subjects are too few to hold some out (%s): the model is judged by what it has "
            "learned from, which says nothing about new subjects",
            len(graphs),
            error,
        )
        return None
    return cross_validate(parts, training.train)


def _print(
    graphs: Connectomes,
    training: ConnectomeTraining,
    quality: dict[str, str],
    epochs: int,
    out: Path,
) -> None:
    edges = torch.tensor([data.num_edges / 2 for data in as_list(graphs)])
    table = Table("trained", training.settings.encoder or "RoiGCN")
    table.add_row("subjects", str(len(graphs)))
    table.add_row("subjects refused", str(len(graphs.rejected)))
    table.add_row("regions", f"{len(graphs.atlas)} ({graphs.atlas.name})")
    table.add_row("connections of a subject", f"{edges.min():.0f} to {edges.max():.0f}")
    if graphs.class_names:
        counts = torch.stack([data.y for data in as_list(graphs)]).bincount(
            minlength=len(graphs.class_names)
        )
        words = [f"{n} ({c})" for n, c in zip(graphs.class_names, counts.tolist(), strict=True)]
        table.add_row("classes", ", ".join(words[:8]))
    table.add_row("alike means", training.rule)
    for name, text in quality.items():
        table.add_row(name, text)
    table.add_row("epochs", str(epochs))
    table.add_row("model", str(out))
    Console().print(table)
