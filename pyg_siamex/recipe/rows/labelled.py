"""Rows of a table with a label, and what their columns add to similarity."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from torch_geometric.data import Data

from pyg_siamex._given import either
from pyg_siamex.explain import (
    BiLRP,
    IntegratedJacobians,
    Overview,
    PairExplainer,
    PairExplanation,
    overview_of_pairs,
)
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.recipe.choices import DOMAIN_PARTITIONS
from pyg_siamex.recipe.label_choice import learned_kind
from pyg_siamex.recipe.labelled import Labelled, classes_of, partition_named, sampled
from pyg_siamex.recipe.node_overview import some_pairs
from pyg_siamex.recipe.rows.reading import RowReading
from pyg_siamex.recipe.rows.scaling import Scaling
from pyg_siamex.recipe.rows.table import naming, read_named, usable_rows, warn_of_refused
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd


def labelled_rows(
    table: "Path | pd.DataFrame",
    trained: Trained,
    label: str | None,
    groups: str | None,
    most: int,
    reading: RowReading,
) -> Labelled:
    """Rows with a label; each column is a group of its own.

    Args:
        table: The data frame or CSV file.
        trained: The model, which says how rows are scaled.
        label: Column of the class or measured value, which are told apart as in training if it
            is the same column; values are cut into thirds. Default: all are one class.
        groups: ``"columns"``, or ``None``.
        most: Rows to keep, drawn at random with a fixed seed.
        reading: Where the names of the rows are. By default where the model's own rows had them.

    Raises:
        ValueError: If there are no such groups, or the table cannot be used.

    Example:
        >>> data = labelled_rows(frame, trained, "target", None, 100, RowReading())
        >>> data.groups[0][0]
        'mean radius'
    """
    partition_named(either(groups, "columns"), DOMAIN_PARTITIONS["rows"])
    scaling = Scaling(**trained.metadata["rows"]["scaling"])
    frame, target, name = read_named(table, trained, label, reading.name)
    kind = learned_kind(trained.metadata, label)
    with naming(table):
        found = usable_rows(frame, scaling.columns, target, name, kind)
        rows = scaling.rows(found.frame, target, name, kind)
    warn_of_refused(found.refused)
    graphs = [rows[k] for k in sampled(len(rows), most)]
    labels, class_names = classes_of(graphs, label, rows.class_names)
    columns = [list(scaling.columns)] * len(graphs)
    return Labelled(graphs, [g.name for g in graphs], labels, class_names, columns, len(rows))


def overview_of_columns(model: SiameseGNN, data: Labelled) -> Overview:
    """What pairs of columns add to the similarity of rows, each row with ten others.

    Args:
        model: The model.
        data: The rows, with the names of their columns as groups.

    Example:
        >>> data = labelled_rows(frame, trained, "target", None, 12, RowReading())
        >>> len(overview_of_columns(trained.model, data).drivers)
        30
    """
    pairs = some_pairs(len(data.graphs))
    sides = [[data.graphs[pair[side]] for pair in pairs] for side in (0, 1)]
    try:
        found = _explained(model, BiLRP(features=True), sides)
    except ValueError:  # a layer or a head without a rule
        found = _explained(model, IntegratedJacobians(features=True), sides)
    known = {"names": data.names, "class_names": data.class_names}
    return overview_of_pairs(found, pairs, data.groups, data.labels, **known)


def _explained(
    model: SiameseGNN, algorithm: BiLRP | IntegratedJacobians, sides: list[list[Data]]
) -> list[PairExplanation]:
    """Pairs with a relevance of each column of the one for each column of the other."""
    found = PairExplainer(model, algorithm, node_mask_type="attributes").explain(*sides)
    return [replace(p, relevance=p.info["feature_relevance"][0, :, 0]) for p in found]  # [F, F]
