"""Training on a table of molecules."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.column_names import activity_column
from pyg_siamex.datasets.csv_rows import columns_of
from pyg_siamex.datasets.label import LabelKind
from pyg_siamex.datasets.molecule_file import read_molecule_rows
from pyg_siamex.datasets.molecule_table import MoleculeTable
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.nn import SiameseGNN, build_siamese
from pyg_siamex.nn.training import (
    AucInterval,
    FitResult,
    auc_interval,
    fit,
    pair_auc,
    pair_similarities,
)
from pyg_siamex.recipe.label_choice import alike_share, asking_for_numbers, kind_asked
from pyg_siamex.recipe.molecules.columns import BY_NAME, MoleculeColumns
from pyg_siamex.recipe.molecules.fingerprint_baselines import baselines
from pyg_siamex.recipe.molecules.preparation import AS_WRITTEN, Preparation
from pyg_siamex.recipe.molecules.splitting import HeldOut, held_out
from pyg_siamex.recipe.molecules.trained_on import TrainedOn
from pyg_siamex.recipe.settings import ADVISED, Settings, check_settings
from pyg_siamex.recipe.trained import Learned
from pyg_siamex.recipe.usual_difference import usual_difference

EPOCHS, LR, LAYERS = 50, 3e-3, 3


@dataclass(frozen=True, kw_only=True, repr=False)
class TrainedMolecules(Learned):
    """A model of molecules, fresh from its training.

    Attributes:
        table: The molecules.
        judged: Pair AUC, with its interval, of the model and of fingerprints, on the test pairs,
            by name; empty if nothing was held out.

    Example:
        >>> trained = train_molecules("molecules.csv", "active", settings=Settings(epochs=1))
        >>> trained.summary()["molecules"]
        '22'
    """

    table: MoleculeTable
    judged: dict[str, AucInterval]

    def summary(self) -> dict[str, str]:
        """What was learned from and how good the model is, as words."""
        known, rows = self.metadata, {"molecules": str(len(self.table))}
        rows["rows refused"] = str(len(self.table.rejected))
        rows["label"] = f"{known['label']}: {self.table.label_reason}"
        if self.table.class_names:
            rows["classes"] = ", ".join(self.table.class_names[:8])
        parts = ", ".join(f"{count} {name}" for name, count in known["parts"].items())
        rows |= {
            "alike means": known["rule"],
            "alike pairs": known["alike_share"],
            "split": f"{known['split']} ({parts})",
            "best epoch": str(self.fit_result.best_epoch),
        }
        if "test_pair_auc" not in known:
            rows["training pair AUC"] = f"{known['training_pair_auc']:.3f}"
        else:
            rows["validation pair AUC"] = f"{self.fit_result.quality:.3f}"
            rows |= {f"test pair AUC, {name}": str(found) for name, found in self.judged.items()}
        return rows | {"mean cosine of different molecules": f"{self.fit_result.spread:.3f}"}


@checked
def train_molecules(
    table: str | Path,
    label: str | None = None,
    columns: MoleculeColumns = BY_NAME,
    preparation: Preparation = AS_WRITTEN,
    *,
    label_kind: LabelKind | None = None,
    max_difference: float | None = None,
    log: bool = False,
    strict: bool = False,
    settings: Settings = ADVISED,
) -> TrainedMolecules:
    """Train a model of molecules and judge it, as ``pyg-siamex train`` does.

    A tenth of the molecules is held out to stop in time (validation) and a tenth to judge the
    model (test; a fifth each below 100 molecules, none below 50). Molecules that the model cannot
    tell apart are in one part. On the test pairs stand, beside the model, the Tanimoto similarity
    of fingerprints and their nearest neighbours, each with an interval over molecules.

    Args:
        table: ``.csv``, ``.tsv``, ``.smi``, ``.sdf``, ``.xlsx`` or ``.parquet`` file, see
            :func:`~pyg_siamex.datasets.molecule_file.read_molecule_rows`.
        label: Column of the class or of the measured value. Default: found by its name.
        columns: The column of the SMILES.
        preparation: What is done to each molecule, and whether stereochemistry is read; the model
            keeps it.
        label_kind: ``"measured"`` or ``"classes"``. Default: guessed, see
            :func:`~pyg_siamex.datasets.label.read_labels`; ``max_difference`` and ``log`` imply
            ``"measured"``.
        max_difference: For measured values: the largest difference of two that are alike.
            Default: half a standard deviation.
        log: Take the decimal logarithm of the measured values.
        strict: Stop at rows that cannot be used, do not skip them.
        settings: The model, its training, and how molecules are held out (``split``). Default: GIN
            with three layers and a sum over atoms, 50 epochs at a learning rate of 0.003.

    Returns:
        The model, how good it is, and the molecules.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If a column is missing, what only measured values have is asked of classes, a
            setting is for connectomes, or a row cannot be used and ``strict`` is set.

    Example:
        >>> trained = train_molecules("molecules.csv", "active", settings=Settings(epochs=1))
        >>> trained.metadata["rule"]
        'same class'
        >>> trained.save("model.siamex")
    """
    check_settings(settings, "molecules")
    kind, path = kind_asked(label_kind, max_difference, log), Path(table)
    label = _found_label(path, columns) if label is None else label
    with asking_for_numbers(max_difference, log):
        molecules = MoleculeTable(
            *(path, columns.smiles, label, columns.name, preparation.transform()),
            invalid="raise" if strict else "skip",
            standardisation=preparation.standardisation(),
            label_kind=kind,
            log=log,
        )
    pairs, rule = _pairs(molecules, max_difference, settings.seed)
    share = alike_share(pairs)
    model = advised_model(molecules, settings)
    parts = held_out(pairs, molecules, settings.split, settings.seed, ("x", *model.extra_inputs))
    report = _fit(model, parts, settings)
    judged = _judged(model, parts, settings.seed)
    metadata: dict[str, Any] = {
        "kind": "molecules",
        "features": molecules.features.to_dict(),
        "standardisation": molecules.standardisation.to_dict(),
        "trained_on": TrainedOn.of([g.smiles for g in parts.learn.graphs]).to_dict(),
        "label": f"log10 of '{label}'" if log else f"'{label}'",
        "label_column": label,
        "label_kind": "measured" if molecules.class_names is None else "classes",
        "rule": rule,
        "alike_share": share,
        "split": parts.how,
        "parts": parts.sizes,
        **_qualities(model, parts, judged),
        "spread": report.spread,
    }
    return TrainedMolecules(model, metadata, table=molecules, judged=judged, fit_result=report)


def _judged(model: SiameseGNN, parts: HeldOut, seed: int) -> dict[str, AucInterval]:
    if parts.judged == "training":
        return {}
    own = auc_interval(pair_similarities(model, parts.test), parts.test, seed)
    return {"the model": own, **baselines(parts.learn, parts.test, seed)}


def _qualities(model: SiameseGNN, parts: HeldOut, judged: dict[str, AucInterval]) -> dict[str, Any]:
    """How good the model is, for its metadata."""
    if not judged:
        return {"training_pair_auc": pair_auc(model, parts.test)}
    own, *others = judged.items()
    return {
        "test_pair_auc": own[1].auc,
        "test_pair_auc_interval": [own[1].low, own[1].high],
        "baselines": {name: [found.auc, found.low, found.high] for name, found in others},
    }


def _found_label(path: Path, columns: MoleculeColumns) -> str:
    rows = read_molecule_rows(path, [] if columns.smiles is None else [columns.smiles])
    names = columns_of(rows)
    found = activity_column(names)
    if found is None:
        raise ValueError(
            f"{path} has no column that is called as activities usually are: name the label as "
            f"`label`, of {', '.join(names)}"
        )
    return found


def advised_model(molecules: MoleculeTable, settings: Settings = ADVISED) -> SiameseGNN:
    """The advised model of molecules, not yet trained.

    Args:
        molecules: The molecules, whose features it reads.
        settings: What is asked of it.

    Example:
        >>> advised_model(MoleculeTable("molecules.csv", "smiles")).config["encoder"]
        'GIN'
    """
    encoder = either(settings.encoder, "GIN")
    # Small and skewed tables train more surely with it, and fit() keeps its statistics fresh.
    arguments: dict[str, Any] = {"norm": "batch_norm"}
    arguments["in_channels"] = molecules.features.num_node_features
    if encoder == "GINE":
        arguments["edge_dim"] = molecules.features.num_edge_features
    with seeded(settings.seed):
        return build_siamese(
            encoder,
            either(settings.pool, "add"),
            settings.similarity,
            settings.biases,
            hidden_channels=settings.hidden,
            num_layers=either(settings.layers, LAYERS),
            **arguments,
        )


def _fit(model: SiameseGNN, parts: HeldOut, settings: Settings) -> FitResult:
    return fit(
        model,
        parts.learn,
        validation=parts.validation,
        epochs=either(settings.epochs, EPOCHS),
        lr=either(settings.lr, LR),
        loss=settings.loss,
        seed=settings.seed,
    )


def _pairs(
    molecules: MoleculeTable, max_difference: float | None, seed: int
) -> tuple[PairDataset, str]:
    if molecules.class_names is not None:
        return PairDataset(molecules, seed=seed), "same class"
    values = torch.stack([molecules[k].y for k in range(len(molecules))])
    if max_difference is None:
        max_difference = usual_difference(values)
    rule = f"values differ by at most {max_difference:.3g}"
    return PairDataset.from_difference(molecules, max_difference, seed=seed), rule
