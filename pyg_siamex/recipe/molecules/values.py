"""Measured values in a column of a table."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from pyg_siamex.datasets.cell_numbers import CellNumbers


def measured_values(cells: Sequence[str]) -> list[float | None]:
    """The number in each cell, or ``None``; bounds such as ``>10`` are no numbers.

    Args:
        cells: Text of each cell.

    Example:
        >>> measured_values(["5,5", "", ">10"])
        [5.5, None, None]
    """
    return CellNumbers.of([cell.strip() for cell in cells]).values


def check_differing(values: Sequence[float | None], column: str, path: Path) -> None:
    """Refuse measured values in which nothing differs.

    Args:
        values: A number each, or ``None``.
        column: Name of their column, for messages.
        path: The table, for messages.

    Raises:
        ValueError: If there are fewer than two numbers, or all are equal.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        raise ValueError(f"'{column}' is a number in {len(known)} rows of {path}")
    if not isfinite(max(known) - min(known)):
        raise ValueError(
            f"'{column}' goes from {min(known):g} to {max(known):g} in {path}: differences of such "
            f"numbers are not finite, so use another unit"
        )
    if len(set(known)) == 1:
        raise ValueError(
            f"'{column}' is {known[0]:g} in all {len(known)} rows of {path} that are compared: "
            f"nothing differs in it, so name another column"
        )
