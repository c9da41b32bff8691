"""Training on a table of molecules."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from pyg_siamex._given import either
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.molecule_table import MoleculeTable
from pyg_siamex.nn import SiameseGNN, build_siamese
from pyg_siamex.nn.training import FitResult, fit, pair_auc
from pyg_siamex.recipe.molecules.columns import BY_NAME, MoleculeColumns
from pyg_siamex.recipe.settings import ADVISED, Settings
from pyg_siamex.recipe.trained import Learned

_logger = logging.getLogger(__name__)

EPOCHS, LR, LAYERS = 50, 3e-3, 3
_ENOUGH = ((100, (0.8, 0.1, 0.1)), (50, (0.6, 0.2, 0.2)))
"""Fewest molecules, and the shares to learn from, to stop by and to judge by."""


@dataclass(frozen=True, kw_only=True)
class TrainedMolecules(Learned):
    """A model of molecules, fresh from its training.

    Attributes:
        table: The molecules.

    Example:
        >>> trained = train_molecules(
        ...     "molecules.csv", "active", columns, settings=Settings(epochs=1)
        ... )
        >>> trained.summary()["molecules"]
        '22'
    """

    table: MoleculeTable

    def summary(self) -> dict[str, str]:
        """What was learned from and how good the model is, as words."""
        judged = next(name for name in ("test", "training") if f"{name}_pair_auc" in self.metadata)
        rows = {
            "molecules": str(len(self.table)),
            "rows refused": str(len(self.table.rejected)),
        }
        if self.table.class_names:
            rows["classes"] = ", ".join(self.table.class_names[:8])
        return rows | {
            "alike means": self.metadata["rule"],
            "best epoch": str(self.fit_result.best_epoch),
            "validation pair AUC": f"{self.fit_result.quality:.3f}",
            f"{judged} pair AUC": f"{self.metadata[f'{judged}_pair_auc']:.3f}",
            "mean cosine of different molecules": f"{self.fit_result.spread:.3f}",
        }


def train_molecules(
    table: str | Path,
    label: str | None,
    columns: MoleculeColumns = BY_NAME,
    *,
    max_difference: float | None = None,
    strict: bool = False,
    settings: Settings = ADVISED,
) -> TrainedMolecules:
    """Train a model of molecules and judge it, as ``pyg-siamex train`` does.

    A tenth of the molecules is held out to stop in time and a tenth to judge the model (a fifth
    each below 100 molecules, none below 50). The same molecule is never in two parts.

    Args:
        table: CSV file with a header.
        label: Column of the class or of the measured value.
        columns: The column of the SMILES, and whether salts are stripped.
        max_difference: For measured values: the largest difference of two that are alike.
            Default: half a standard deviation.
        strict: Stop at rows that cannot be used, do not skip them.
        settings: The model and its training. Default: GIN with three layers and a sum over atoms,
            50 epochs at a learning rate of 0.003.

    Returns:
        The model, how good it is, and the molecules.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If a column is not named or missing, ``max_difference`` is given for classes, a
            setting is for connectomes, or a row cannot be used and ``strict`` is set.

    Example:
        >>> columns = MoleculeColumns(smiles="smiles")
        >>> trained = train_molecules(
        ...     "molecules.csv", "active", columns, settings=Settings(epochs=1)
        ... )
        >>> trained.metadata["rule"]
        'same class'
        >>> trained.save("model.siamex")
    """
    if settings.folds is not None:
        raise ValueError("`folds` is for connectomes, and these are molecules: leave it out")
    molecules = _read(Path(table), label, columns, strict)
    pairs, rule = _pairs(molecules, max_difference, settings.seed)
    learn, validation, test, judged = _parts(pairs, settings.seed, molecules.canonical_smiles)
    model = advised_model(molecules, settings)
    report = _fit(model, learn, validation, settings)
    metadata: dict[str, Any] = {
        "kind": "molecules",
        "features": molecules.transform.to_dict(),
        "rule": rule,
        f"{judged}_pair_auc": pair_auc(model, test),
        "spread": report.spread,
    }
    return TrainedMolecules(model, metadata, table=molecules, fit_result=report)


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
    arguments["in_channels"] = molecules.transform.num_node_features
    if encoder == "GINE":
        arguments["edge_dim"] = molecules.transform.num_edge_features
    torch.manual_seed(settings.seed)
    return build_siamese(
        encoder,
        either(settings.pool, "add"),
        settings.similarity,
        settings.biases,
        hidden_channels=settings.hidden,
        num_layers=either(settings.layers, LAYERS),
        **arguments,
    )


def _fit(
    model: SiameseGNN, learn: PairDataset, validation: PairDataset, settings: Settings
) -> FitResult:
    return fit(
        model,
        learn,
        validation=validation,
        epochs=either(settings.epochs, EPOCHS),
        lr=either(settings.lr, LR),
        loss=settings.loss,
        seed=settings.seed,
    )


def _read(path: Path, label: str | None, columns: MoleculeColumns, strict: bool) -> MoleculeTable:
    if columns.smiles is None or label is None:
        raise ValueError("a table of molecules needs `smiles` COLUMN and `label` COLUMN")
    return MoleculeTable(
        path,
        columns.smiles,
        label,
        invalid="raise" if strict else "skip",
        largest_fragment=columns.largest_fragment,
    )


def _pairs(
    molecules: MoleculeTable, max_difference: float | None, seed: int
) -> tuple[PairDataset, str]:
    if molecules.class_names is not None:
        if max_difference is not None:
            raise ValueError(
                "`max_difference` is for measured values, and the label column has classes"
            )
        return PairDataset(molecules, seed=seed), "same class"
    values = torch.stack([molecules[k].y for k in range(len(molecules))])
    if max_difference is None:
        max_difference = float(values.std()) / 2
    rule = f"values differ by at most {max_difference:.3g}"
    return PairDataset.from_difference(molecules, max_difference, seed=seed), rule


def _parts(
    pairs: PairDataset, seed: int, canonical: list[str]
) -> tuple[PairDataset, PairDataset, PairDataset, str]:
    """Parts to learn from, to stop by and to judge by; all molecules for all where they are few."""
    for least, fractions in _ENOUGH:
        if len(pairs.graphs) >= least:
            try:
                learn, validation, test = pairs.split(fractions, seed=seed, together=canonical)
            except ValueError:  # a part with no two alike, or no two unlike molecules
                continue
            return learn, validation, test, "test"
    _logger.warning(
        "%d molecules are too few to hold some out: the model is judged by what it has learned "
        "from, which says nothing about new molecules",
        len(pairs.graphs),
    )
    return pairs, pairs, pairs, "training"
