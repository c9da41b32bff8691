"""A user's table and its usable rows."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pyg_siamex._given import either
from pyg_siamex.datasets.label import LabelKind, naming_labels, read_labels
from pyg_siamex.datasets.table_rows import check_numbers, check_once, read_frame
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd


_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Usable:
    """Rows that have every value.

    Attributes:
        frame: The rows.
        refused: Names of the others.
    """

    frame: "pd.DataFrame"
    refused: list[str]


def read_table(
    table: "str | Path | pd.DataFrame", label: str | None = None, name: str | None = None
) -> "pd.DataFrame":
    """The data frame, read from the CSV file if it is one.

    Args:
        table: The frame, or the file.
        label: Column of the target, or ``None``.
        name: Column of the rows' names, or ``None``.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it cannot be read, or a column is missing.

    Example:
        >>> read_table("cells.csv", "target").columns[0]
        'mean radius'
    """
    wanted = [column for column in (label, name) if column is not None]
    if isinstance(table, str | Path):
        return read_frame(table, wanted)
    for column in wanted:
        if column not in table:
            raise ValueError(f"no column '{column}': the table has {', '.join(map(str, table))}")
    check_once(table, wanted)
    return table


def read_named(
    table: "str | Path | pd.DataFrame", trained: Trained, label: str | None, name: str | None
) -> tuple["pd.DataFrame", str | None, str | None]:
    """The data frame, and the columns of its rows' labels and names.

    A column of the model that is the label or the names too gets a copy, which keeps its texts.

    Args:
        table: The frame, or the file.
        trained: The model.
        label: Column of the target, or ``None``.
        name: Column of the names. Default: the model's own, if the table has it.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it cannot be read, or a column is missing.

    Example:
        >>> read_named("cells.csv", trained, "target", None)[1:]
        ('target', None)
    """
    frame = read_table(table, label, name)
    own = trained.metadata["rows"]["name"]
    if name is None and own is not None and own != label and own in frame:
        frame, name = read_table(table, label, own), own  # names stay texts
    features = set(trained.metadata["rows"]["scaling"]["columns"])
    of_label = None if label not in features else _unused(frame, f"{label} (label)")
    both = name is not None and (name in features or name == label)
    of_name = _unused(frame, f"{name} (name)") if both else None
    if of_label is None and of_name is None:
        return frame, label, name
    numbers = read_table(
        table, label if of_label is None else None, name if of_name is None else None
    )
    copies = {of_label: label, of_name: name}
    texts = {copy: frame[column] for copy, column in copies.items() if copy is not None}
    return numbers.assign(**texts), either(of_label, label), either(of_name, name)


def _unused(frame: "pd.DataFrame", name: str) -> str:
    """A name of a column that a frame does not have."""
    while name in frame:
        name += "'"
    return name


@contextmanager
def naming(table: "str | Path | pd.DataFrame") -> Iterator[None]:
    """Begin errors of a table that was read with its file.

    Args:
        table: The file, or a data frame, which has no name.

    Raises:
        ValueError: Names the file.

    Example:
        >>> with naming("cells.csv"):
        ...     raise ValueError("the table has no column 'a'")
        Traceback (most recent call last):
            ...
        ValueError: cells.csv: the table has no column 'a'
    """
    try:
        yield
    except ValueError as error:
        if not isinstance(table, str | Path):
            raise
        raise ValueError(f"{table}: {error}") from None


def warn_of_refused(refused: Sequence[str]) -> None:
    """Log rows that lack a value.

    Args:
        refused: Their names.

    Example:
        >>> warn_of_refused([])
    """
    if refused:
        listed = ", ".join(refused[:5]) + (", ..." if len(refused) > 5 else "")
        _logger.warning("%d rows lack a value and are left out: %s", len(refused), listed)


def usable_rows(
    frame: "pd.DataFrame",
    columns: list[str],
    label: str | None = None,
    name: str | None = None,
    label_kind: LabelKind | None = None,
) -> _Usable:
    """Leave out rows that lack a value.

    Args:
        frame: The table.
        columns: Columns of the features; those that the table lacks are left for a later check.
        label: Column of the target, which must be there too, or ``None``.
        name: Column of the rows' names, or ``None``.
        label_kind: What the target is, or ``None`` to guess.

    Raises:
        ValueError: If there is no row, or a column holds words, also in rows that would be left
            out, has no value in any row, or is there twice.

    Example:
        >>> usable_rows(frame, ["mean radius"], "target").frame.shape
        (60, 31)
    """
    if not len(frame):
        raise ValueError("the table has no row")
    there = [column for column in frame if str(column) in columns]
    check_once(frame, there)
    check_numbers(frame, there)
    whole = np.isfinite(frame[there].to_numpy(dtype=float, na_value=np.nan)).all(axis=1)
    empty = [column for column in there if frame[column].isna().all()]
    if empty:
        raise ValueError(f"column '{empty[0]}' has no value in any row: leave the column out")
    if label is not None:
        cells = ["" if value is None else str(value) for value in frame[label].tolist()]
        with naming_labels(f"column '{label}'"):
            refused = read_labels(cells, label_kind).refused
        whole &= np.array([k not in refused for k in range(len(cells))], dtype=bool)
    names = frame.index if name is None else frame[name]
    return _Usable(frame[whole], [str(value) for value in names[~whole]])
