"""Read matrices that are rows of one table: a subject a row, a connection a column."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pyg_siamex._there import check_there
from pyg_siamex.datasets.connectome.delimited import delimiter_of
from pyg_siamex.datasets.connectome.number_rows import cell_number, not_a_number, points_in_rows
from pyg_siamex.datasets.connectome.region_array import is_count
from pyg_siamex.datasets.connectome.triangle import Triangle, from_triangle, is_triangle
from pyg_siamex.datasets.connectome.triangle_header import check_header
from pyg_siamex.datasets.text_file import read_text

_FEWEST = 4
"""Fewest columns whose numbers are taken for a count, not for data."""


def read_triangle_table(path: Path, triangle: Triangle) -> tuple[np.ndarray, list[str] | None]:
    """The matrices ``[S, R, R]`` and, where the table has them, the subjects' names.

    A header that names pairs of regions must have them in the order. The first column has the
    subjects' names where the others, without it, make a triangle.

    Args:
        path: Comma, semicolon or tab separated file, UTF-8.
        triangle: The order of the columns, see
            :func:`~pyg_siamex.datasets.connectome.triangle.from_triangle`.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If rows differ in length, a cell is not a number, columns are no triangle, or
            the header has another order.
    """
    check_there(path, "table")
    lines = [row for row in _rows(path) if any(cell.strip() for cell in row)]
    if not lines:
        raise ValueError(f"{path} is empty")
    header, rows = _without_header(lines)
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise ValueError(f"rows of {path} have {min(widths)} to {max(widths)} cells")
    width = widths.pop()
    named = not is_triangle(width) and is_triangle(width - 1)
    if not named and not is_triangle(width):
        raise ValueError(
            f"{path} has {width} columns, which are no triangle of any number of regions, with or "
            f"without a first column of names: leave other columns out, and give labels in a table "
            f"of their own"
        )
    start = 1 if named else 0
    if header:
        try:
            check_header([cell.strip() for cell in lines[0]][start - width :], triangle)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    names = [row[0].strip() for row in rows] if named else None
    values = [_numbers(row[start:], path, k + header + 1) for k, row in enumerate(rows)]
    return np.stack([from_triangle(row, triangle) for row in values]), names


def _rows(path: Path) -> list[list[str]]:
    file = io.StringIO(read_text(path), newline="")
    first = file.readline()
    mark = delimiter_of([line for line in (first, file.readline()) if line.strip()])
    file.seek(0)
    try:
        rows = list(csv.reader(file, delimiter=mark if mark else ","))
    except csv.Error as error:
        raise ValueError(f"{path} is no table: {error}") from error
    return points_in_rows(rows)


def _without_header(lines: list[list[str]]) -> tuple[int, list[list[str]]]:
    """How many lines the header has, and the rows below it."""
    first = [cell.strip() for cell in lines[0]]
    words = sum(cell_number(cell) is None for cell in first[1:])
    counts = len(first) > _FEWEST and (is_count(first) or is_count(first[1:]))  # as pandas writes
    header = int(2 * words > len(first) - 1 or counts)
    if not lines[header:]:
        raise ValueError("a table of triangles has a header and no row below it")
    return header, lines[header:]


def _numbers(cells: Sequence[str], path: Path, line: int) -> np.ndarray:
    found = [cell_number(cell) for cell in cells]
    for place, value in enumerate(found):
        if value is None:
            raise ValueError(
                f"line {line} of {path}: '{cells[place]}' is not a number"
                f"{not_a_number(cells[place])}"
            )
    return np.array(found, dtype=float)
