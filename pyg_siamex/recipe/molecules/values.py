"""Measured values in a column of a table."""

from collections.abc import Sequence

from pyg_siamex.datasets.label import as_number


def measured_values(cells: Sequence[str]) -> list[float | None]:
    """The number in each cell, or ``None``.

    Args:
        cells: Text of each cell.

    Example:
        >>> measured_values(["5.5", "", ">10"])
        [5.5, None, None]
    """
    return [as_number(cell) for cell in cells]
