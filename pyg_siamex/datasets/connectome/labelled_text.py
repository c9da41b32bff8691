"""Read a matrix or a time series from text, with names in its header and first column."""

import logging
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from pyg_siamex.datasets import text_file
from pyg_siamex.datasets.cell_numbers import as_number, is_missing, stands_for_nothing
from pyg_siamex.datasets.comment_line import is_comment
from pyg_siamex.datasets.connectome.delimited import cells_of, delimiter_of
from pyg_siamex.datasets.connectome.number_rows import (
    cell_number,
    not_a_number,
    number_rows,
    points_in_rows,
)
from pyg_siamex.datasets.connectome.region_array import RegionArray
from pyg_siamex.datasets.connectome.row_names import are_labels, are_names, check_points, is_word
from pyg_siamex.datasets.connectome.text_doubts import check_cells, check_series
from pyg_siamex.datasets.text_file import lines_of

_logger = logging.getLogger(__name__)

_INDEX = {"", "node", "region", "roi", "name", "label", "index", "parcel", "area", "id"}
_TIME = {"time", "tr", "volume", "vol", "frame", "timepoint", "scan", "t"}
"""Headings, in small letters, of a first column that is no data."""

_FEWEST = 4
"""Fewest integers that are taken for labels where they could as well be data."""


def read_text(path: Path) -> RegionArray:
    """Read a table of numbers separated by commas, semicolons, tabs or blanks.

    The first row and the first column may have the regions' names. Integers there are labels, as
    those of FreeSurfer or AAL (1001, 1002, ...), where the rest of the file says so: an empty
    corner, a row or column more than a square has, fractions everywhere else, or a first row that
    counts (1, 2, 3, ...) as no other row does. A line of names may be a comment (``#1001 #1002``).
    Other lines that begin with ``#`` are skipped, and logged if they have as many cells as a row;
    errors of spreadsheets such as ``#N/A`` begin no comment. A first column without a heading of
    its own names rows only where nearly all of its cells are words. Commas are decimal where no
    number has a decimal point and another mark, or quotation marks, part cells.

    Args:
        path: The file, in any encoding.

    Raises:
        ValueError: If rows differ in length, a cell is not a number, a row of a series is no time
            point, a name occurs twice, the header has more or fewer names than there are columns,
            it is not clear what parts the cells, a series without a header begins with a column
            that counts its rows or a row of whole numbers as labels are, or rows and columns are
            not the same regions.
    """
    every = lines_of(text_file.read_text(path))
    lines = [line for line in every if line.strip()]
    numbered = [(k, e) for k, e in enumerate(every, 1) if e.strip() and not is_comment(e)]
    data = [line for _, line in numbered]
    if not data:
        raise ValueError("it is empty")
    delimiter = delimiter_of(data)
    rows = [cells_of(line, delimiter) for line in data]
    check_cells(rows, delimiter)
    _tell_skipped(path, every[numbered[0][0] :], delimiter, len(rows[-1]))
    rows = points_in_rows(rows)
    header, rows = _header(rows)
    index, rows = _index(header, rows)
    values = number_rows(rows, [k for k, _ in numbered[-len(rows) :]])
    if header is None:
        columns = _commented(lines, values.shape[1])
    else:
        columns = _of_columns(header, values.shape[1], index is not None)
    if values.shape[0] != values.shape[1]:
        if index is not None:
            check_points(index)
        if header is None and index is None and columns is None:
            check_series(values)
        return RegionArray(values, _tidy(columns))
    return RegionArray.of_square(values, _tidy(index), _tidy(columns))


def _tell_skipped(path: Path, below: Sequence[str], delimiter: str, width: int) -> None:
    """Log rows that are comments, below the first row that is none."""
    skipped = [line for line in below if is_comment(line)]
    whole = [line for line in skipped if width > 1 and len(cells_of(line, delimiter)) == width]
    if whole:
        _logger.warning(
            "left out: %d rows of %s begin with # and count as comments, such as %.40s",
            *(len(whole), path, whole[0]),
        )


def _of_columns(header: list[str], width: int, indexed: bool) -> list[str]:
    """The names of the header, without its corner."""
    if len(header) == width + 1 and (indexed or _is_corner(header[0])):
        return header[1:]
    if len(header) != width:
        raise ValueError(
            f"its header has {len(header)} names ({', '.join(header[:3])}, ...) above {width} "
            f"columns of numbers: give each column one name"
        )
    return header


def _is_corner(cell: str) -> bool:
    """Whether the first cell of a header stands above names or times of rows."""
    low = cell.lower()
    return low in _INDEX | _TIME or is_missing(low) or low.startswith("unnamed")


def _header(rows: list[list[str]]) -> tuple[list[str] | None, list[list[str]]]:
    """The header, where the first row is one, and the other rows."""
    first = rows[0]
    shorter = {len(row) for row in rows[1:]} == {len(first) + 1}  # as R writes it: no corner
    named = _words(first[1:]) and not _has_holes(first) and not _are_data(first[1:])
    if shorter or named or _is_labels(rows):
        return first, rows[1:]
    if len(first) == 1 and _words(first):
        return first, rows[1:]
    return None, rows


def _has_holes(cells: Sequence[str]) -> bool:
    """Whether cells are numbers, but for marks such as ``*`` where there is none, and commas."""
    words = [cell for cell in cells[1:] if cell_number(cell) is None]
    marks = sum(map(stands_for_nothing, words))
    return 2 * marks <= len(cells) - 1 and all(map(not_a_number, words))


def _are_data(cells: Sequence[str]) -> bool:
    """Whether most cells are numbers with a fraction, whatever words are among them."""
    numbers = [number for cell in cells if (number := as_number(cell)) is not None]
    return 2 * sum(number % 1 != 0 for number in numbers) > len(cells)


def _is_labels(rows: list[list[str]]) -> bool:
    """Whether the first row, of numbers but for the corner, has labels of the columns."""
    first, rest = rows[0], rows[1:]
    height, width = len(rows), len(first)
    if not rest or {len(row) for row in rows} != {width} or not _integers(first[1:]):
        return False
    if is_missing(first[0]):
        holes = [is_missing(row[k]) for k, row in enumerate(rows[:width])]
        return not (height == width and all(holes))  # a matrix without its diagonal
    if _words(first[:1]):
        return height == width or (height != width - 1 and not are_names([row[0] for row in rest]))
    if height == width and _both_labels(rows):
        return True
    if not _integers(first) or (height == width and _symmetric(rows)):
        return False
    counted = height != width >= _FEWEST and _counts(first) and not any(map(_counts, rest))
    if height == width + 1:
        return counted or _fractions(rest) or _symmetric(rest)
    return counted or (width >= _FEWEST and _fractions(rest))


def _counts(cells: Sequence[str]) -> bool:
    """Whether numbers rise by 1 from cell to cell."""
    numbers = [as_number(cell) for cell in cells]
    return all(a is not None and b == a + 1 for a, b in pairwise(numbers))


def _both_labels(rows: list[list[str]]) -> bool:
    """Whether the first row and column have the same labels, with a number in the corner."""
    labels = rows[0][1:]
    if len(labels) < _FEWEST or labels != [row[0] for row in rows[1:]]:
        return False
    rising = [int(float(label)) for label in labels]
    counted = rising == sorted(rising) and len(labels) >= 2 * _FEWEST
    return counted or _fractions([row[1:] for row in rows[1:]])


def _index(
    header: list[str] | None, rows: list[list[str]]
) -> tuple[list[str] | None, list[list[str]]]:
    """The first column, where it names the rows, and the rows without it."""
    if not rows or min(map(len, rows)) < 2 or len({len(row) for row in rows}) > 1:
        return None, rows
    column, width = [row[0] for row in rows], len(rows[0])
    shorter = header is not None and len(header) == width - 1
    if header is not None and shorter and not (are_names(column) or are_labels(column)):
        raise ValueError(
            f"its header has {len(header)} names ({', '.join(header[:3])}, ...) above {width} "
            f"columns of numbers: give each column one name"
        )
    headed = header is not None and len(header) == width and _is_corner(header[0])
    both = header is not None and header[1:] == column
    if shorter or headed or both or are_names(column) or _is_square(header, rows):
        return column, _without(rows)
    return None, rows


def _is_square(header: list[str] | None, rows: list[list[str]]) -> bool:
    """Whether rows are those of a matrix with labels before them."""
    column = [row[0] for row in rows]
    if len(rows) != len(rows[0]) - 1:
        return False
    if _integers(column) and header is not None:
        return True
    bare = _without(rows)
    if _integers(column):
        return _fractions(bare) or _symmetric(bare)
    return _words(column) and are_labels(column) and _symmetric(bare)


def _without(rows: list[list[str]]) -> list[list[str]]:
    return [row[1:] for row in rows]


def _commented(lines: Sequence[str], width: int) -> list[str] | None:
    """Names in the last comment before the numbers, if it has one for each column."""
    before = []
    for line in lines:
        if not is_comment(line):
            break
        before.append(line.replace("#", " ").strip())
    if not before or width < _FEWEST:
        return None
    for delimiter in (",", ";", "\t", ""):
        cells = cells_of(before[-1], delimiter)
        numbers = [cell_number(cell) is not None for cell in cells]
        if len(cells) == width == len(set(cells)) and (all(numbers) or not any(numbers)):
            return cells
    return None


def _words(cells: Sequence[str]) -> bool:
    """Whether a cell is neither a number nor empty."""
    return any(map(is_word, cells))


def _integers(cells: Sequence[str]) -> bool:
    """Whether cells are different whole numbers, at least two."""
    numbers = [as_number(cell) for cell in cells]
    whole = all(number is not None and number % 1 == 0 for number in numbers)
    return whole and len(set(numbers)) == len(numbers) >= 2


def _fractions(rows: list[list[str]]) -> bool:
    """Whether most numbers off the diagonal have a fraction."""
    numbers = [
        as_number(cell) for k, row in enumerate(rows) for j, cell in enumerate(row) if j != k
    ]
    known = [number for number in numbers if number is not None]
    return 2 * sum(number % 1 != 0 for number in known) > len(known)


def _symmetric(rows: list[list[str]]) -> bool:
    try:
        values = number_rows(rows)
    except ValueError:
        return False
    return values.shape[0] == values.shape[1] and np.allclose(values, values.T, equal_nan=True)


def _tidy(names: list[str] | None) -> list[str] | None:
    """Names as text; 1001.0 is 1001."""
    if names is None:
        return None
    out = []
    for name in names:
        number = as_number(name)
        whole = number is not None and number % 1 == 0 and abs(number) < 2**53
        out.append(str(int(number)) if whole and number is not None else name)
    return out
