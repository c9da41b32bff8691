"""Training on connectivity matrices, judged by subjects that were held out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch_geometric.data import Data

from pyg_siamex.datasets.connectome import Connectomes, Subjects
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.training import FitResult, pair_auc
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining, bare
from pyg_siamex.recipe.connectomes.atlas_choice import chosen_atlas
from pyg_siamex.recipe.connectomes.connections import ALL, Connections
from pyg_siamex.recipe.connectomes.cross_validation import CrossValidation, cross_validate, folds_of
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe, as_list
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.reading import AS_FOUND, MatrixReading
from pyg_siamex.recipe.connectomes.subject_pool import DIGITS
from pyg_siamex.recipe.population import keep_invariance
from pyg_siamex.recipe.settings import ADVISED, Settings
from pyg_siamex.recipe.trained import Learned

_logger = logging.getLogger(__name__)

_FOLDS = 5
_FEWEST = 20
"""Fewest subjects from which some can be held out."""


@dataclass(frozen=True, kw_only=True)
class TrainedConnectomes(Learned):
    """A model of connectomes, fresh from its training.

    Attributes:
        graphs: The subjects.
        cross_validation: Measures of every fold, or ``None`` if there were too few subjects.
    """

    graphs: Connectomes
    cross_validation: CrossValidation | None

    def summary(self) -> dict[str, str]:
        """What was learned from and how good the model is, as words."""
        listed = as_list(self.graphs)
        edges = torch.tensor([data.num_edges / 2 for data in listed])
        rows = {
            "subjects": str(len(self.graphs)),
            "subjects refused": str(len(self.graphs.rejected)),
            "regions": f"{len(self.graphs.atlas)} ({self.graphs.atlas.name})",
            "connections of a subject": f"{edges.min():.0f} to {edges.max():.0f}",
        }
        if self.graphs.class_names:
            counts = torch.stack([data.y for data in listed]).bincount(
                minlength=len(self.graphs.class_names)
            )
            classes = zip(self.graphs.class_names, counts.tolist(), strict=True)
            rows["classes"] = ", ".join([f"{name} ({count})" for name, count in classes][:8])
        rows["alike means"] = self.metadata["rule"]
        return rows | self._judged() | {"epochs": str(self.fit_result.best_epoch + 1)}

    def _judged(self) -> dict[str, str]:
        if self.cross_validation is None:
            return {"training pair AUC": f"{self.metadata['training_pair_auc']:.3f}"}
        folds = len(self.cross_validation.pair_auc)
        return {
            f"{name}, {folds} folds of held-out subjects": text
            for name, text in self.cross_validation.words().items()
        }


def train_connectomes(
    matrices: str | Path,
    label: str | None = None,
    reading: MatrixReading = AS_FOUND,
    connections: Connections = ALL,
    *,
    max_difference: float | None = None,
    strict: bool = False,
    settings: Settings = ADVISED,
) -> TrainedConnectomes:
    """Cross-validate over subjects and train on all of them, as ``pyg-siamex train`` does.

    The model is trained for as many epochs as were best in the median fold. Below 20 subjects none
    is held out.

    Args:
        matrices: Folder with a matrix per subject, or ``.npz`` file.
        label: Column of the class or of the measured value, in an ``.npz`` file an array. May be
            left out if the table has one column beside the subjects' names.
        reading: Where labels, names and regions are.
        connections: Which entries of a matrix become edges.
        max_difference: For measured values: the largest difference of two that are alike.
            Default: half a standard deviation.
        strict: Stop at subjects that cannot be used, do not skip them.
        settings: The model, its training and its judging. Default: one RoiGCN layer that keeps
            regions apart, 10 epochs and 5 folds.

    Returns:
        The model, how good it is on held-out subjects, and the subjects.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file, a column or a setting cannot be used.

    Example:
        >>> reading = MatrixReading(labels="study/labels.csv", atlas="study/atlas.csv")
        >>> settings = Settings(folds=2, epochs=1)
        >>> trained = train_connectomes(
        ...     "study/matrices", "group", reading, Connections(density=0.15), settings=settings
        ... )
        >>> len(trained.cross_validation.pair_auc)
        2
        >>> trained.save("brains.siamex")
    """
    atlas = chosen_atlas(reading.atlas)
    asked = GraphRecipe.of(connections, atlas, reading.connectivity)
    source = MatrixSource.of(Path(matrices), reading)
    read = source.read_labelled(label, reading, strict)
    recipe, subjects = asked.learned(read, reading.drop_regions)
    recipe = recipe.fitted(subjects, range(len(subjects)))
    graphs = recipe.graphs(subjects, strict)
    training = ConnectomeTraining.of(graphs, settings, max_difference)
    refit = _Refit(recipe, subjects, graphs)
    found = _cross_validated(graphs, training, settings.folds or _FOLDS, refit)
    model, report, judged = _trained(graphs, training, found)
    metadata = {
        "kind": "connectomes",
        "source": source.to_dict(),
        "graphs": recipe.to_dict(),
        "subjects": graphs.subjects,
        "digests": [digest[:DIGITS] for digest in graphs.digests],
        "rule": training.rule,
        "class_names": graphs.class_names,
        "spread": report.spread,
        **judged,
    }
    return TrainedConnectomes(
        model, metadata, graphs=graphs, fit_result=report, cross_validation=found
    )


def _trained(
    graphs: Connectomes, training: ConnectomeTraining, found: CrossValidation | None
) -> tuple[SiameseGNN, FitResult, dict[str, Any]]:
    """The model of all subjects, its report, and how good it is, for its metadata."""
    everyone = training.pairs(bare(graphs))
    # fit() keeps its best epoch: watched on what it learns from, that is the last or near it.
    epochs = None if found is None else found.usual_epochs
    model, report = training.train(everyone, everyone, epochs)
    seed = training.settings.seed
    keep_invariance(model, everyone.graphs, seed, edge_mask_type="object", undirected=True)
    if found is not None:
        return model, report, {"cross_validation": found.to_dict()}
    return model, report, {"training_pair_auc": pair_auc(model, everyone)}


@dataclass(frozen=True)
class _Refit:
    """Graphs of all subjects by what the training part of a fold teaches.

    Attributes:
        recipe: How graphs are made.
        subjects: All subjects.
        graphs: Their graphs by what all of them teach.
    """

    recipe: GraphRecipe
    subjects: Subjects
    graphs: Connectomes

    def __call__(self, rows: Sequence[int]) -> list[Data]:
        recipe = self.recipe.fitted(self._usable, rows)
        if recipe is self.recipe:
            return bare(self.graphs)
        return bare(recipe.graphs(self._usable))

    @property
    def _usable(self) -> Subjects:
        """The subjects that have a graph."""
        return self.subjects.select(self.graphs.positions)


def _cross_validated(
    graphs: Connectomes, training: ConnectomeTraining, folds: int, refit: _Refit
) -> CrossValidation | None:
    """Measures on held-out subjects; ``None`` where there are too few of them."""
    classes = None
    if graphs.class_names is not None:
        classes = torch.stack([data.y for data in as_list(graphs)])
    try:
        if len(graphs) < _FEWEST:
            raise ValueError(f"fewer than {_FEWEST}")
        parts = folds_of(
            bare(graphs),
            training.pairs,
            folds,
            training.settings.seed,
            classes,
            graphs.groups,
            graphs.sites,
            refit,
        )
    except ValueError as error:  # a part with no two alike, or no two unlike subjects
        _logger.warning(
            "%d subjects are too few to hold some out (%s): the model is judged by what it has "
            "learned from, which says nothing about new subjects",
            len(graphs),
            error,
        )
        return None
    return cross_validate(parts, training.train)
