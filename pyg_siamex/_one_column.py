"""Columns of tables that occur once."""

from collections.abc import Sequence
from pathlib import Path


def check_one_column(where: str | Path, names: Sequence[str], column: str) -> None:
    """Refuse a column that a table has twice.

    Args:
        where: The table, for messages.
        names: Names of its columns.
        column: The column.

    Raises:
        ValueError: Names the column.

    Example:
        >>> check_one_column("pairs.csv", ["query", "reference"], "query")
    """
    count = names.count(column)
    if count > 1:
        raise ValueError(f"{where} has {count} columns '{column}': rename one")
