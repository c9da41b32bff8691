"""Training on connectivity matrices, judged by subjects that were held out."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex.datasets.connectome import Connectomes
from pyg_siamex.datasets.connectome.measured import as_measured
from pyg_siamex.datasets.label import naming_labels
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.references import References
from pyg_siamex.nn.training import FitResult, pair_auc
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining, bare
from pyg_siamex.recipe.connectomes.atlas_choice import chosen_atlas
from pyg_siamex.recipe.connectomes.confounds import Confounds, say_confounded
from pyg_siamex.recipe.connectomes.connections import ALL, Connections
from pyg_siamex.recipe.connectomes.cross_validation import CrossValidation, cross_validate
from pyg_siamex.recipe.connectomes.folds import parts_by_site
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe, as_list
from pyg_siamex.recipe.connectomes.held_out import check_judged, held_out_folds, p_of_permutations
from pyg_siamex.recipe.connectomes.judgement import USUAL, Judging
from pyg_siamex.recipe.connectomes.known_matrix import known_by
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.quality_tables import quality_tables
from pyg_siamex.recipe.connectomes.reading import AS_FOUND, MatrixReading
from pyg_siamex.recipe.connectomes.study import Refit, Study
from pyg_siamex.recipe.label_choice import alike_share
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.population import keep_invariance
from pyg_siamex.recipe.settings import ADVISED, Settings, check_settings
from pyg_siamex.recipe.trained import Learned

_FOLDS = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class TrainedConnectomes(Learned):
    """A model of connectomes, fresh from its training.

    Attributes:
        graphs: The subjects.
        cross_validation: Measures of every fold, or ``None`` if there were too few subjects.
        permutation_p: p of the pair AUC under permuted labels, or ``None`` if it was not asked.
    """

    graphs: Connectomes
    cross_validation: CrossValidation | None
    permutation_p: float | None = None

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
        rows["alike pairs"] = self.metadata["alike_share"]
        return rows | self._judged() | {"epochs": str(self.fit_result.best_epoch + 1)}

    def tables(self) -> list[Listing]:
        """How good the model is beside others, and whether its probabilities are true."""
        return [] if self.cross_validation is None else quality_tables(self.cross_validation)

    def _judged(self) -> dict[str, str]:
        if self.cross_validation is None:
            return {"training pair AUC": f"{self.metadata['training_pair_auc']:.3f}"}
        folds = len(self.cross_validation.pair_auc)
        rows = {
            f"{name}, {folds} folds of held-out subjects": text
            for name, text in self.cross_validation.words().items()
        }
        if self.cross_validation.stability is not None:
            stable = f"{self.cross_validation.stability:.2f}"
            rows["explanations of one pair by models of two folds correlate by"] = stable
        if self.permutation_p is not None:
            rows["p of the pair AUC, permuted labels"] = f"{self.permutation_p:.4f}"
        return rows


@checked
def train_connectomes(
    matrices: str | Path,
    label: str | None = None,
    reading: MatrixReading = AS_FOUND,
    connections: Connections = ALL,
    judging: Judging = USUAL,
    *,
    max_difference: float | None = None,
    strict: bool = False,
    keep_names: bool = False,
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
        judging: Whether labels are measured values, what confounds are taken out, and whether
            labels are permuted.
        max_difference: For measured values: the largest difference of two that are alike.
            Default: half a standard deviation.
        strict: Stop at subjects that cannot be used, do not skip them.
        keep_names: Keep the names of subjects in the model's file, which tell training subjects
            from new ones where their matrices have changed since. Default: they are known by
            digests of their matrices alone.
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
    check_settings(settings, "connectomes")
    asked = GraphRecipe.of(connections, chosen_atlas(reading.atlas), reading.kind)
    source = MatrixSource.of(matrices, reading)
    read = source.read_labelled(label, reading, strict)
    if judging.measured:
        with naming_labels(source.label_place(label, reading)):
            read = as_measured(read)
    recipe, subjects = asked.learned(read, reading.drop_regions)
    recipe = recipe.fitted(subjects, range(len(subjects)))
    graphs = recipe.graphs(subjects, strict)
    if graphs.sites is not None:
        parts_by_site(graphs.sites, graphs.groups)  # refuses sites that cannot be left out
    study = _study(graphs, judging, Refit(recipe, subjects, graphs))
    training = ConnectomeTraining.of(graphs, settings, max_difference)
    folds = held_out_folds(study, training, either(settings.folds, _FOLDS))
    if judging.permutations:
        check_judged(study, training, folds)
    found = None if folds is None else cross_validate(study, training, folds)
    p = None
    if judging.permutations and found is not None:
        p = p_of_permutations(
            study, training, found, either(settings.folds, _FOLDS), judging.permutations
        )
    model, report, judged = _trained(study, training, found)
    if study.confounds is not None:
        recipe = replace(recipe, confounds=study.confound_model(range(len(graphs))))
    metadata = {
        "kind": "connectomes",
        "source": source.to_dict(),
        "graphs": recipe.to_dict(),
        "subjects": graphs.subjects if keep_names else None,
        "digests": [known_by(digest) for digest in graphs.digests],
        "rule": training.rule,
        "class_names": graphs.class_names,
        "spread": report.spread,
        "settings": asdict(settings),
        "max_difference": training.max_difference,
        **judged,
    }
    if p is not None:
        metadata["permutation_p"] = p
    return TrainedConnectomes(
        model,
        metadata,
        graphs=graphs,
        fit_result=report,
        cross_validation=found,
        permutation_p=p,
    )


def _study(graphs: Connectomes, judging: Judging, refit: Refit) -> Study:
    if not judging.columns:
        return Study(graphs, None, refit)
    chosen = Confounds.of_columns(graphs.columns, judging.columns, graphs.subjects)
    study = Study(graphs, chosen, refit)
    kind = "measured" if graphs.class_names is None else "classes"
    say_confounded(graphs.columns, judging.columns, study.labels.tolist(), kind)
    return study


def _trained(
    study: Study, training: ConnectomeTraining, found: CrossValidation | None
) -> tuple[SiameseGNN, FitResult, dict[str, Any]]:
    """The model of all subjects, its report, and how good it is, for its metadata."""
    seen = study.seen_from(range(len(study.graphs)))
    everyone = training.pairs(training.inputs(seen, study.labels))
    # fit() keeps its best epoch: watched on what it learns from, that is the last or near it.
    epochs = None if found is None else found.usual_epochs
    model, reader, report = training.train(everyone, everyone, epochs)
    seed, graphs = training.settings.seed, bare(seen)
    model.references = References.draw(model, graphs, seed=seed)
    keep_invariance(model, graphs, seed, edge_mask_type="object", undirected=True)
    judged: dict[str, Any] = {"alike_share": alike_share(everyone)}
    if found is None:
        return model, report, judged | {"training_pair_auc": pair_auc(reader, everyone)}
    judged["cross_validation"] = found.to_dict()
    if found.pairs is not None and found.pairs.both_kinds:
        model.calibration = found.pairs.calibration()
        judged["reliability"] = asdict(found.pairs.reliability())
    return model, report, judged
