"""Measured values in a column of a table."""

from collections.abc import Sequence

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
