"""When rows of a table were made."""

from collections.abc import Sequence

from pyg_siamex.datasets.cell_numbers import as_number, is_missing


def times_of(cells: Sequence[str], lines: Sequence[int], column: str) -> list[float]:
    """Numbers, or dates as ``2026-11-29``, as numbers that grow with time.

    Args:
        cells: Text of each row.
        lines: Line of each row, for messages.
        column: Name of the column, for messages.

    Raises:
        ValueError: If a cell is empty or neither, or cells are of both kinds.

    Example:
        >>> times_of(["2019", "2021"], [2, 3], "year")
        [2019.0, 2021.0]
    """
    import pandas as pd

    blank = [k for k, cell in enumerate(cells) if is_missing(cell)]
    if blank:
        raise ValueError(
            f"line {lines[blank[0]]} has no time in column '{column}'{_others(blank)}: fill it in, "
            f"or leave such rows out"
        )
    numbers = [as_number(cell) for cell in cells]
    known = [number for number in numbers if number is not None]
    if len(known) == len(cells):
        return known
    found = pd.to_datetime(pd.Series(list(cells)), format="ISO8601", errors="coerce", utc=True)
    if 2 * len(known) > len(cells):
        broken, what = [k for k, number in enumerate(numbers) if number is None], "number as others"
    else:
        broken = [k for k, bad in enumerate((found.isna() | pd.notna(numbers)).tolist()) if bad]
        what = "date such as 2026-11-29"
    if broken:
        raise ValueError(
            f"line {lines[broken[0]]}: '{cells[broken[0]]}' in column '{column}' is no {what}"
            f"{_others(broken)}"
        )
    return [float(value.timestamp()) for value in found]


def _others(places: Sequence[int]) -> str:
    """How many more there are."""
    return f" ({len(places)} such rows)" if len(places) > 1 else ""
