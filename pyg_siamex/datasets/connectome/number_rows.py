"""Rows of cells as an array of numbers."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from pyg_siamex.datasets.cell_numbers import (
    as_float,
    comma_advice,
    is_missing,
    stands_for_nothing,
    with_points,
)


def number_rows(rows: Sequence[Sequence[str]], lines: Sequence[int] | None = None) -> np.ndarray:
    """The numbers of a table without names, ``[rows, columns]``.

    Commas are decimal where no cell has a decimal point. Values that are missing are NaN; these
    and infinities are refused when matrices are checked, subject by subject.

    Args:
        rows: Cells, row by row.
        lines: Line of the file on which each row stands, for messages. Default: not known.

    Raises:
        ValueError: If there are no rows, rows differ in length, or a cell is not a number.

    Example:
        >>> number_rows([["1", "0.5"], ["NA", "1e3"]]).tolist()
        [[1.0, 0.5], [nan, 1000.0]]
    """
    if not rows:
        raise ValueError("it has no rows of numbers")
    ragged = ragged_rows(rows, lines)
    if ragged:
        raise ValueError(f"its rows {ragged}")
    rows = points_in_rows(rows)
    found = [[cell_number(cell) for cell in row] for row in rows]
    for k, row in enumerate(found):
        if None in row:
            place = row.index(None)
            raise ValueError(
                f"'{rows[k][place]:.60}' in row {k + 1}, column {place + 1} of its numbers is not "
                f"a number{not_a_number(rows[k][place])}{_marks(rows[k])}"
            )
    return np.array(found, dtype=float)


def ragged_rows(rows: Sequence[Sequence[str]], lines: Sequence[int] | None = None) -> str:
    """What is wrong with rows of different lengths; empty for others.

    Args:
        rows: Cells, row by row; at least one row.
        lines: Line of the file on which each row stands. Default: not known.

    Example:
        >>> ragged_rows([["1", "2"], ["3"], ["4", "5"]], [1, 2, 4])
        'have 1 to 2 cells: line 2 has 1, and line 1 has 2'
        >>> ragged_rows([["1", "2"], ["3", "4"]])
        ''
    """
    widths = [len(row) for row in rows]
    if len(set(widths)) == 1:
        return ""
    usual = Counter(widths).most_common(1)[0][0]
    odd = next(k for k, width in enumerate(widths) if width != usual)
    places = [odd, widths.index(usual)]
    one, other = (f"row {k + 1}" if lines is None else f"line {lines[k]}" for k in places)
    return (
        f"have {min(widths)} to {max(widths)} cells: {one} has {widths[odd]}, and {other} has "
        f"{usual}"
    )


_OTHERS = (":", "|", "/", "\\", "^")
"""Marks that other programs write between cells."""


def _marks(row: Sequence[str]) -> str:
    """What parts cells, of a row with another mark."""
    other = row[0] if len(row) == 1 else ""
    if not any(mark in other for mark in _OTHERS) and not set(row) & set(_OTHERS):
        return ""
    return ": cells are separated by commas, semicolons, tabs or blanks"


def points_in_rows(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows with decimal points where all of their commas are decimal.

    Args:
        rows: Cells, row by row.

    Example:
        >>> points_in_rows([["0,5", "x"], ["1"]])
        [['0.5', 'x'], ['1']]
    """
    if not any("," in "".join(row) for row in rows):
        return [list(row) for row in rows]
    cells = iter(with_points([cell.strip() for row in rows for cell in row]))
    return [[next(cells) for _ in row] for row in rows]


def not_a_number(cell: str) -> str:
    """The way out for a cell that is not a number, where it is known what it stands for.

    Args:
        cell: The cell.

    Example:
        >>> not_a_number("*")
        ': leave the cell empty, or write NA, where there is no value'
    """
    if stands_for_nothing(cell):
        return ": leave the cell empty, or write NA, where there is no value"
    return comma_advice(cell)


def cell_number(cell: str) -> float | None:
    """The number in a cell, NaN where it is missing; ``None`` for words.

    Args:
        cell: The cell.

    Example:
        >>> cell_number("-inf"), cell_number("NA"), cell_number("1_000")
        (-inf, nan, None)
    """
    value = as_float(cell)
    return float("nan") if value is None and is_missing(cell) else value
