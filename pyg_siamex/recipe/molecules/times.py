"""When rows of a table were made."""

from collections.abc import Sequence

from pyg_siamex.datasets.cell_numbers import as_number


def times_of(cells: Sequence[str], lines: Sequence[int], column: str) -> list[float]:
    """Numbers, or dates as ``2026-11-29``, as numbers that grow with time.

    Args:
        cells: Text of each row.
        lines: Line of each row, for messages.
        column: Name of the column, for messages.

    Raises:
        ValueError: If a cell is neither, or cells are of both kinds.

    Example:
        >>> times_of(["2019", "2021"], [2, 3], "year")
        [2019.0, 2021.0]
    """
    import pandas as pd

    numbers = [as_number(cell) for cell in cells]
    if all(number is not None for number in numbers):
        return [number for number in numbers if number is not None]
    found = pd.to_datetime(pd.Series(list(cells)), format="ISO8601", errors="coerce", utc=True)
    broken = [k for k, bad in enumerate((found.isna() | pd.notna(numbers)).tolist()) if bad]
    if broken:
        raise ValueError(
            f"line {lines[broken[0]]}: '{cells[broken[0]]}' in column '{column}' is no date such "
            f"as 2026-11-29, nor are {len(broken) - 1} others"
        )
    return [float(value.timestamp()) for value in found]
