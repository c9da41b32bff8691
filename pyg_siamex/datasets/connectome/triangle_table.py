"""Read matrices that are rows of one table: a subject a row, a connection a column."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pyg_siamex._there import check_there
from pyg_siamex.datasets.cell_numbers import is_missing
from pyg_siamex.datasets.connectome.delimited import delimiter_of
from pyg_siamex.datasets.connectome.number_rows import (
    cell_number,
    not_a_number,
    points_in_rows,
    ragged_rows,
)
from pyg_siamex.datasets.connectome.region_array import is_count
from pyg_siamex.datasets.connectome.summary_row import check_summary_rows
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
        ValueError: If rows differ in length, a cell is not a number, columns are no triangle, a
            subject has two rows, a row sums up those above it, the header has another order or a
            name twice, or the first column, which the others are a triangle without, has no names.
    """
    check_there(path, "table")
    numbered = [(k, row) for k, row in _rows(path) if any(cell.strip() for cell in row)]
    if not numbered:
        raise ValueError(f"{path} is empty")
    lines = [row for _, row in numbered]
    header, rows = _without_header(lines)
    places = [line for line, _ in numbered[header:]]
    ragged = ragged_rows(rows, places)
    if ragged:
        raise ValueError(f"rows of {path} {ragged}")
    width = len(rows[0])
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
    _check_names(names, path, width, places)
    _check_twins(names, places, path)
    values = [_numbers(row[start:], path, line) for line, row in zip(places, rows, strict=True)]
    try:
        check_summary_rows(np.stack(values), "subject")
        return np.stack([from_triangle(row, triangle) for row in values]), names
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _check_names(names: list[str] | None, path: Path, width: int, places: Sequence[int]) -> None:
    """Refuse numbers with a fraction as names, which are values of a connection, and no name."""
    empty = next((k for k, name in enumerate(names or []) if is_missing(name)), None)
    if empty is not None:
        raise ValueError(f"line {places[empty]} of {path} has no name of a subject: give it one")
    numbers = [number for name in names or [] if (number := cell_number(name)) is not None]
    if names and 2 * sum(number % 1 != 0 for number in numbers) > len(names):
        raise ValueError(
            f"{path} has {width} columns, which are no triangle of any number of regions, and the "
            f"first has numbers such as {names[0]}, which are no names of subjects: leave out "
            f"columns that are no connections"
        )


def _check_twins(names: list[str] | None, places: Sequence[int], path: Path) -> None:
    seen: dict[str, int] = {}
    for name, line in zip([] if names is None else names, places, strict=False):
        first = seen.setdefault(name, line)
        if first != line:
            raise ValueError(
                f"{path} has subject '{name}' in lines {first} and {line}: leave one out, or tell "
                f"scans apart by names such as sub-01_ses-1 (its first column is taken for names, "
                f"since the others make a triangle)"
            )


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows, each with the line on which it begins."""
    file = io.StringIO(read_text(path), newline="")
    first = file.readline()
    mark = delimiter_of([line for line in (first, file.readline()) if line.strip()])
    file.seek(0)
    try:
        reader = csv.reader(file, delimiter=mark if mark else ",")
        ends = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(f"{path} is no table: {error}") from error
    starts = [1, *(end + 1 for end, _ in ends)]
    rows = points_in_rows([row for _, row in ends])
    return list(zip(starts, rows, strict=False))


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
