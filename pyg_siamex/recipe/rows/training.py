"""Training on rows of a table."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import StandardScaler

from pyg_siamex._door import checked
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.label import LabelKind
from pyg_siamex.datasets.table_rows import TableRows
from pyg_siamex.datasets.unnamed_columns import without_unnamed
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.training import FitResult, pair_auc
from pyg_siamex.recipe.label_choice import alike_share, asking_for_numbers, kind_asked
from pyg_siamex.recipe.plain_training import ENOUGH, fitted, paired
from pyg_siamex.recipe.population import keep_invariance
from pyg_siamex.recipe.rows.reading import BY_INDEX, RowReading
from pyg_siamex.recipe.rows.scaling import Scaling
from pyg_siamex.recipe.rows.table import naming, read_table, usable_rows
from pyg_siamex.recipe.settings import ROW_SETTINGS, Settings, check_settings
from pyg_siamex.recipe.trained import Learned
from pyg_siamex.recipe.usual_difference import usual_difference

if TYPE_CHECKING:
    import pandas as pd

_logger = logging.getLogger(__name__)

LAYERS = 2


@dataclass(frozen=True, kw_only=True, repr=False)
class TrainedRows(Learned):
    """A model of rows, fresh from its training.

    Attributes:
        rows: The rows, not scaled.
        refused: Names of the rows that lack a value.

    Example:
        >>> settings = Settings(hidden=16, epochs=2)
        >>> trained = train_rows("cells.csv", "target", settings=settings)
        >>> trained.summary()["columns"]
        '30'
    """

    rows: TableRows
    refused: list[str]

    def summary(self) -> dict[str, str]:
        """What was learned from and how good the model is, as words."""
        out = {
            "rows": str(len(self.rows)),
            "rows refused": str(len(self.refused)),
            "columns": str(len(self.rows.feature_names)),
        }
        if self.rows.class_names:
            out["classes"] = ", ".join(self.rows.class_names[:8])
        return out | self._quality("rows")


@dataclass(frozen=True)
class _Parts:
    """Pairs to learn from, to stop by and to judge by, and the scaling of their rows."""

    learn: PairDataset
    validation: PairDataset
    test: PairDataset
    scaling: Scaling
    judged: str


@checked
def train_rows(
    table: "str | Path | pd.DataFrame",
    label: str,
    reading: RowReading = BY_INDEX,
    *,
    label_kind: LabelKind | None = None,
    max_difference: float | None = None,
    strict: bool = False,
    settings: Settings = ROW_SETTINGS,
) -> TrainedRows:
    """Train a model of rows of a table and judge it.

    A tenth of the rows is held out to stop in time and a tenth to judge the model (a fifth each
    below 100 rows, none below 50). Equal rows are never in two parts. Columns are standardised by
    the rows that are learned from.

    Args:
        table: Data frame, or CSV file with a header; numbers in all columns but the label and the
            names.
        label: Column of the class or of the measured value.
        reading: Where the names of the rows are.
        label_kind: ``"measured"`` or ``"classes"``. Default: guessed, see
            :func:`~pyg_siamex.datasets.label.read_labels`; ``max_difference`` implies
            ``"measured"``.
        max_difference: For measured values: the largest difference of two that are alike.
            Half a standard deviation by default.
        strict: Stop at rows that lack a value, do not skip them.
        settings: The model and its training. By default two GIN layers of width 16, 20 epochs at
            a learning rate of 0.001; change it with :func:`dataclasses.replace`.

    Returns:
        The model, how good it is, and the rows.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If a column is missing or holds no numbers, ``max_difference`` is given for
            classes, a setting cannot be used, or a row lacks a value and ``strict`` is set.

    Example:
        >>> from dataclasses import replace
        >>> settings = replace(ROW_SETTINGS, epochs=2)
        >>> trained = train_rows("cells.csv", "target", settings=settings)
        >>> trained.metadata["rule"]
        'same class'
        >>> trained.save("cells.siamex")
    """
    check_settings(settings, "rows")
    kind = kind_asked(label_kind, max_difference)
    frame = read_table(table, label, reading.name)
    with naming(table), asking_for_numbers(max_difference):
        rows, refused = _used(frame, label, reading.name, strict, kind)
    max_difference = _max_difference(rows, max_difference)
    parts = _parts(rows, max_difference, settings.seed)
    model, report = _trained(parts, settings)
    rule = (
        "same class" if max_difference is None else f"values differ by at most {max_difference:.3g}"
    )
    metadata: dict[str, Any] = {
        "kind": "rows",
        "source": str(table) if isinstance(table, str | Path) else None,
        "rows": {"scaling": parts.scaling.to_dict(), "name": reading.name, "label": label},
        "rule": rule,
        "alike_share": alike_share(paired(rows, max_difference, settings.seed)),
        "class_names": rows.class_names,
        f"{parts.judged}_pair_auc": pair_auc(model, parts.test),
        "spread": report.spread,
    }
    return TrainedRows(model, metadata, rows=rows, refused=refused, fit_result=report)


def _used(
    frame: "pd.DataFrame", label: str, name: str | None, strict: bool, kind: LabelKind | None
) -> tuple[TableRows, list[str]]:
    frame = without_unnamed(frame, "the table", [c for c in (label, name) if c is not None])
    features = [str(column) for column in frame if column not in (label, name)]
    found = usable_rows(frame, features, label, name, kind)
    if not len(found.frame):
        raise ValueError(
            f"no row has a number in every column and a value in column '{label}'"
            + (f", as `{kind}`" if kind is not None else "")
        )
    if found.refused and strict:
        raise ValueError(
            f"{len(found.refused)} rows lack a value, the first is '{found.refused[0]}': fill "
            f"them, or leave `strict` out"
        )
    if found.refused:
        _logger.warning("%d rows lack a value and are left out", len(found.refused))
    rows = TableRows(found.frame, label, name, label_kind=kind)
    _warn_of_copies(rows, label, [column for column in found.frame if str(column) in features])
    return rows, found.refused


def _warn_of_copies(rows: TableRows, label: str, columns: list[str]) -> None:
    """Log a column that is the label in other numbers: what is learned is to read it."""
    if rows.targets is None or len(rows) < _CHANCE:
        return
    targets = rows.targets.double().numpy()
    for column in columns:
        values = rows.frame[column].to_numpy(dtype=float)
        both = set(zip(values.tolist(), targets.tolist(), strict=True))
        kinds = {len(set(values.tolist())), len(set(targets.tolist())), len(both)}
        same = len(kinds) == 1 and len(both) > 1
        if same and rows.class_names is None:
            same = abs(np.corrcoef(values, targets)[0, 1]) > _LINE
        elif same:
            same = 2 * len(both) <= len(rows)
        if same:
            _logger.warning(
                "column '%s' says the label '%s' of every row: leave it out if it is the label in "
                "other words",
                *(column, label),
            )


_CHANCE = 20
"""Fewest rows in which a column does not tell the label by chance."""

_LINE = 1 - 1e-9
"""Correlation of values that are the same but for their unit and for rounding."""


def _max_difference(rows: TableRows, max_difference: float | None) -> float | None:
    """Largest difference of alike measured values; ``None`` for classes."""
    if rows.class_names is not None or rows.targets is None:
        return None
    return usual_difference(rows.targets) if max_difference is None else max_difference


def _parts(rows: TableRows, max_difference: float | None, seed: int) -> _Parts:
    """Parts of the rows; all rows for all where they are few."""
    for least, fractions in ENOUGH:
        if len(rows) >= least:
            try:
                split = rows.split(fractions, seed)
                learn, validation, test = (paired(part, max_difference, seed) for part in split)
            except ValueError:  # a part with no two alike, or no two unlike rows
                continue
            return _Parts(learn, validation, test, Scaling.of(split[0]), "test")
    _logger.warning(
        "%d rows are too few to hold some out: the model is judged by what it has learned from, "
        "which says nothing about new rows",
        len(rows),
    )
    everyone = range(len(rows))
    given = rows.frame, rows.label, rows.name, StandardScaler(), everyone, rows.label_kind
    scaled = TableRows(*given)
    pairs = paired(scaled, max_difference, seed)
    return _Parts(pairs, pairs, pairs, Scaling.of(scaled), "training")


def _trained(parts: _Parts, settings: Settings) -> tuple[SiameseGNN, FitResult]:
    model, report = fitted(parts.learn, parts.validation, settings, LAYERS)
    graphs = parts.learn.graphs
    keep_invariance(model, graphs, settings.seed, node_mask_type="attributes")
    return model, report
