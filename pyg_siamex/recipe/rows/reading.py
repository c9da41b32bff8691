"""Where a table has the names of its rows."""

from dataclasses import dataclass

from pyg_siamex._door import checked


@checked
@dataclass(frozen=True)
class RowReading:
    """How a table of rows is read.

    Attributes:
        name: Column of the rows' names. By default the index of a data frame, and ``"line 2"``,
            ... in a file.

    Example:
        >>> RowReading(name="patient").name
        'patient'
    """

    name: str | None = None


BY_INDEX = RowReading()
"""Rows are named by the index, or by their line."""
