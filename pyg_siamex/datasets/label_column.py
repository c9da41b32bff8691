"""The label column of a table, with the columns that say what its values mean."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pyg_siamex.datasets.cell_numbers import is_missing
from pyg_siamex.datasets.column_names import relation_column, units_column
from pyg_siamex.datasets.csv_rows import Row, columns_of
from pyg_siamex.datasets.label import LabelKind, Labels, NoNumbersError, read_labels

_EQUAL = {"", "=", "'='", "=="}


def read_label_column(
    path: Path, rows: Sequence[Row], label: str, kind: LabelKind | None = None, log: bool = False
) -> Labels:
    """Read the labels of rows; bounds by ChEMBL (``standard_relation``) are refused too.

    Args:
        path: The file, for messages.
        rows: The rows; those with a problem have no label.
        label: The column.
        kind: ``"measured"`` or ``"classes"``, or ``None`` to guess.
        log: Take the decimal logarithm.

    Raises:
        ValueError: If values of several units stand in the column.
        NoNumbersError: If all are words, and said to be measured values.
    """
    cells = ["" if row.problem else row.cells.get(label, "") for row in rows]
    try:
        found = read_labels(cells, kind, log)
    except NoNumbersError as error:
        raise NoNumbersError(f"{path}, column '{label}': {error}") from None
    if found.kind == "classes":
        return found
    names = columns_of(rows)
    _check_units(path, rows, label, names, found)
    relation = relation_column(names, label)
    if relation is None:
        return found
    bounds = {
        k: f"'{row.cells[relation]} {row.cells[label]}' is a bound, not a value"
        for k, row in enumerate(rows)
        if k not in found.refused and row.cells.get(relation, "") not in _EQUAL
    }
    values = found.values.clone()
    values[list(bounds)] = float("nan")
    return replace(found, values=values, refused=found.refused | bounds)


def _check_units(
    path: Path, rows: Sequence[Row], label: str, names: Sequence[str], found: Labels
) -> None:
    column = units_column(names, label)
    if column is None:
        return
    units = {row.cells[column] for k, row in enumerate(rows) if k not in found.refused}
    units = {unit for unit in units if not is_missing(unit)}
    if len(units) > 1:
        raise ValueError(
            f"{path}: the values of column '{label}' have {len(units)} units in column '{column}' "
            f"({', '.join(sorted(units)[:5])}): keep the rows of one"
        )
