"""Tables of numbers that may be meant in another way than they would be read."""

import re
from collections.abc import Sequence

import numpy as np

_FEWEST_TIMES = 5
"""Fewest numbers that rise by one step and are taken for a clock."""

_FEWEST_LABELS = 6
"""Fewest whole numbers that rise by chance so rarely that they are taken for labels."""

_FEWEST_ROWS = 3
"""Fewest other rows that can tell whether the first is one of them."""

_INTEGER = re.compile(r"[+-]?\d+")


def check_cells(rows: Sequence[Sequence[str]], delimiter: str) -> None:
    """Refuse cells of which it is not clear what parts them, and lines that hold nothing.

    Args:
        rows: Cells, row by row.
        delimiter: What parts them, empty for blanks.

    Raises:
        ValueError: If all lines end with the mark between cells, the first line has empty cells
            alone, or commas seem to be both decimal and between cells.

    Example:
        >>> check_cells([["1", "2"], ["3", "4"]], ",")
    """
    first, square = rows[0], len(rows) == len(rows[0])
    if delimiter and not square and len(rows) > 1 and len(first) > 1 and not any(first):
        raise ValueError(
            "its first line has empty cells alone: take it away, or write a name for each column"
        )
    if delimiter and not square and all(len(row) > 1 and not row[-1] for row in rows):
        raise ValueError(
            f"each line ends with {delimiter!r}: take it away, or write NA for values that are "
            f"missing"
        )
    if delimiter == "," and _are_halves(rows):
        raise ValueError(
            f"its commas seem to be decimal and between cells, too: '{','.join(first[:4])}' is "
            f"{len(first[:4])} whole numbers or {len(first[:4]) // 2} with a fraction; write "
            f"decimal points, or semicolons between cells"
        )


def _are_halves(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each second cell has the digits of a fraction, in some rows with a 0 before."""
    numbers = [row for row in rows if all(map(_INTEGER.fullmatch, row))]
    if len(numbers) < len(rows) - 1 or not numbers or any(len(row) % 2 for row in numbers):
        return False
    halves = [cell for row in numbers for cell in row[1::2]]
    return all(map(str.isdigit, halves)) and any(
        cell[0] == "0" < cell for cell in halves if cell[1:]
    )


def check_series(values: np.ndarray) -> None:
    """Refuse a series without names whose first column may be a clock, or its first row labels.

    Args:
        values: The numbers, ``[rows, columns]``.

    Raises:
        ValueError: If the first column, and no other, counts the rows or has their times, or the
            first row, and no other, has rising whole numbers as labels of regions are.

    Example:
        >>> check_series(np.eye(4)[:3])
    """
    _check_clock(values)
    _check_labels(values)


def _check_clock(values: np.ndarray) -> None:
    if len(values) < _FEWEST_TIMES or values.shape[1] < 2:
        return
    steps = np.diff(values, axis=0)
    even = (steps[0] > 0) & np.isclose(steps, steps[0], rtol=1e-3, atol=0).all(axis=0)
    if even[0] and not even[1:].any():
        raise ValueError(
            f"its first column rises by {steps[0, 0]:g} from row to row ({values[0, 0]:g}, "
            f"{values[1, 0]:g}, {values[2, 0]:g}, ...), as times or numbers of rows do: leave it "
            f"out, or give the columns a header, with 'time' above times"
        )


def _check_labels(values: np.ndarray) -> None:
    first, rest = values[0], values[1:]
    if len(rest) < _FEWEST_ROWS or len(first) < 2 or not _whole(first).all():
        return
    rising = np.all(np.diff(values, axis=1) > 0, axis=1).tolist()
    if not rising[0] or any(rising[1:]):
        return
    known = rest[np.isfinite(rest)]
    beyond = len(first) > _FEWEST_ROWS and bool((first[0] > known).all())
    counted = len(first) > 2 and bool((np.diff(first) == 1).all())
    fractions = 2 * int(_whole(known).sum()) < len(known)
    if len(first) >= _FEWEST_LABELS or beyond or counted or fractions:
        told = ", ".join(f"{number:g}" for number in first[:3])
        raise ValueError(
            f"its first row has whole numbers that rise ({told}, ...), as labels of regions do, "
            f"and no other row does: if they are labels, write them with a letter (r{first[0]:g}); "
            f"if they are a time point, put a line with a name for each column above them"
        )


def _whole(values: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.isfinite(values) & (np.nan_to_num(values) % 1 == 0)
    return found
