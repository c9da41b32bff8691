"""The label column of a table, with the columns that say what its values mean."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pyg_siamex.datasets.cell_numbers import CellNumbers, is_missing
from pyg_siamex.datasets.column_names import relation_column, type_column, units_column
from pyg_siamex.datasets.csv_rows import Row, check_columns, columns_of
from pyg_siamex.datasets.label import LabelKind, Labels, naming_labels, read_labels

_logger = logging.getLogger(__name__)

_EQUAL = {"", "=", "'='", "=="}


def read_label_column(
    path: Path, rows: Sequence[Row], label: str, kind: LabelKind | None = None, log: bool = False
) -> Labels:
    """Read the labels of rows; bounds by ChEMBL (``standard_relation``) are refused too.

    Measured values of several types (``standard_type``) are told.

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
    with naming_labels(f"{path}, column '{label}'"):
        found = read_labels(cells, kind, log)
    if found.kind == "classes":
        return found
    _check_units(path, rows, label, found.refused)
    _warn_of_types(path, rows, label, found.refused)
    bounds = _bounds(rows, label, found.refused)
    values = found.values.clone()
    values[list(bounds)] = float("nan")
    return replace(found, values=values, refused=found.refused | bounds)


def read_measured_column(
    path: Path, rows: Sequence[Row], column: str
) -> tuple[list[float | None], dict[int, str]]:
    """Read measured values of rows in double precision, with the rules of labels.

    Args:
        path: The file, for messages.
        rows: The rows; those with a problem have no value.
        column: The column.

    Returns:
        The number in each row, or ``None``, and why a row has none.

    Raises:
        ValueError: If the column is missing or there twice, or holds values of several units.
    """
    check_columns(path, columns_of(rows), [column])
    cells = ["" if row.problem else row.cells.get(column, "").strip() for row in rows]
    numbers = CellNumbers.of(cells)
    values = list(numbers.values)
    refused = {k: numbers.refusal(cells[k], k) for k, value in enumerate(values) if value is None}
    _check_units(path, rows, column, refused)
    _warn_of_types(path, rows, column, refused)
    bounds = _bounds(rows, column, refused)
    return [None if k in bounds else v for k, v in enumerate(values)], refused | bounds


def _bounds(rows: Sequence[Row], label: str, refused: Mapping[int, str]) -> dict[int, str]:
    """Rows whose value is a bound by ChEMBL's relations, and what is said of them."""
    relation = relation_column(columns_of(rows), label)
    if relation is None:
        return {}
    return {
        k: f"'{row.cells[relation]} {row.cells[label]}' is a bound, not a value"
        for k, row in enumerate(rows)
        if k not in refused and row.cells.get(relation, "") not in _EQUAL
    }


def _check_units(path: Path, rows: Sequence[Row], label: str, refused: Mapping[int, str]) -> None:
    column = units_column(columns_of(rows), label)
    if column is None:
        return
    units = _told(rows, column, refused)
    if len(units) > 1:
        raise ValueError(
            f"{path}: the values of column '{label}' have {len(units)} units in column '{column}' "
            f"({', '.join(units[:5])}): keep the rows of one"
        )


def _warn_of_types(path: Path, rows: Sequence[Row], label: str, refused: Mapping[int, str]) -> None:
    column = type_column(columns_of(rows), label)
    types = [] if column is None else _told(rows, column, refused)
    if len(types) > 1:
        _logger.warning(
            "%s: the values of column '%s' are of %d types in column '%s' (%s): keep the rows of "
            "one, unless they can be compared",
            *(path, label, len(types), column, ", ".join(types[:5])),
        )


def _told(rows: Sequence[Row], column: str, refused: Mapping[int, str]) -> list[str]:
    """What a column says of the rows that have a value, sorted."""
    found = {row.cells.get(column, "") for k, row in enumerate(rows) if k not in refused}
    return sorted(one for one in found if not is_missing(one))
