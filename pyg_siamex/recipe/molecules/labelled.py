"""Molecules of a table with a label, their atoms in groups."""

import logging
from pathlib import Path

from pyg_siamex._given import either
from pyg_siamex.chemistry import PARTITIONS
from pyg_siamex.datasets.molecule_rows import MoleculeRows
from pyg_siamex.datasets.molecule_table import MoleculeTable
from pyg_siamex.recipe.label_choice import in_logarithms, learned_kind
from pyg_siamex.recipe.labelled import Labelled, classes_of, partition_named, sampled
from pyg_siamex.recipe.molecules.columns import MoleculeColumns
from pyg_siamex.recipe.molecules.remembered import Remembered
from pyg_siamex.recipe.trained import Trained

_logger = logging.getLogger(__name__)

BY_FLAG = {name.replace("_", "-"): divide for name, divide in PARTITIONS.items()}


def labelled_molecules(
    path: Path,
    trained: Trained,
    label: str | None,
    groups: str | None,
    most: int,
    columns: MoleculeColumns,
) -> Labelled:
    """Molecules of a table with a label, and their functional groups, rings or scaffold.

    Args:
        path: The table.
        trained: The model, which says how features are made.
        label: Column of the class or measured value, which are told apart as in training if it
            is the same column; values are cut into thirds. Default: all are one class. Values
            without a logarithm are left out where the training took it.
        groups: Partition of the atoms. Default: functional groups.
        most: Graphs to keep, drawn at random with a fixed seed.
        columns: How the table is read.

    Raises:
        ValueError: If the partition is unknown, or the table cannot be used.

    Example:
        >>> data = labelled_molecules(path, trained, "active", None, 5000, MoleculeColumns())
        >>> data.groups[0]
        ['carbon', 'carbon', 'alcohol']
    """
    divide = BY_FLAG[partition_named(either(groups, "functional-groups"), tuple(BY_FLAG))]
    known = Remembered.by(trained)
    found = MoleculeRows(path, columns.smiles, columns.name)
    table = MoleculeTable(
        *(path, found.smiles, label, found.name, known.transform),
        standardisation=known.standardisation,
        label_kind=learned_kind(trained.metadata, label),
    )
    places = list(range(len(table)))
    if in_logarithms(trained.metadata, label):
        places = _positive(table, str(label), path)
    graphs = [table[places[k]] for k in sampled(len(places), most)]
    known.warn_of(graphs)
    names = [str(graph.get("name") or graph.smiles) for graph in graphs]
    labels, class_names = classes_of(graphs, label, table.class_names)
    parts = [divide(graph) for graph in graphs]
    notes = known.stereo_note(*(str(graph.smiles) for graph in graphs))
    return Labelled(graphs, names, labels, class_names, parts, len(places), notes)


def _positive(table: MoleculeTable, label: str, path: Path) -> list[int]:
    """Molecules whose value has a logarithm; the others are logged."""
    found = [k for k in range(len(table)) if float(table[k].y) > 0]
    if not found:
        raise ValueError(
            f"no value of '{label}' in {path} has a logarithm, which the model was trained on"
        )
    if len(found) < len(table):
        _logger.warning(
            "'%s' has no logarithm in %d rows of %s, which are left out: the model was trained on "
            "it",
            *(label, len(table) - len(found), path),
        )
    return found
