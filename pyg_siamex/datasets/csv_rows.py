"""Read the rows of a CSV file with their line numbers and problems."""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from pyg_siamex._one_column import check_one_column
from pyg_siamex._visible import bare, in_one_line
from pyg_siamex.datasets.comment_line import is_comment
from pyg_siamex.datasets.text_file import open_text, read_text

_DELIMITERS = ",;\t|"
_RARE_DELIMITERS = ": "
_NAMED = re.compile(r"\s*\"?sep=(.)\"?[,;\t| ]*[\r\n]*", re.IGNORECASE)
"""The first line of tables that tell Excel their delimiter, as saved by it too."""


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        line: Line of the file on which the row begins; the header is line 1.
        cells: Text by column, without surrounding blanks.
        problem: Why the row cannot be used; empty if it can.
        header: Names of all columns, also those that the table has twice; empty where the cells
            name each once.
    """

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    header: Sequence[str] = ()


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read the nonblank rows of a delimited text file with a header.

    The delimiter is a comma, semicolon, tab or bar, or else a colon or blank: the one under which
    the header has the required columns, else most columns. A first line such as ``sep=;``, as Excel
    reads it, is passed over.

    A row with more cells than there are columns has a problem, and so has one with fewer, unless
    what it lacks at its end is empty in another row too, or is lacking in half of the rows.

    Args:
        path: The file, in any encoding of :func:`~pyg_siamex.datasets.text_file.read_text`.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is empty or not text, lacks a column or has it twice, or a quotation mark
            is never closed.
    """
    text = read_text(path)
    return list(_rows(lambda: io.StringIO(text, newline=""), path, columns))


def stream_rows(path: Path, columns: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of :func:`read_rows` one by one, in bounded memory.

    Args:
        path: The file.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: As for :func:`read_rows`, when the row is reached.
    """
    try:
        yield from _rows(lambda: open_text(path), path, columns)
    except (UnicodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(
            f"{path} is damaged, or not the text that it begins as: {error}"
        ) from error


def columns_of(rows: Iterable[Row]) -> list[str]:
    """Names of all columns, twice where the table has them twice.

    Args:
        rows: Rows of one table.

    Example:
        >>> columns_of([Row(2, {"a": "1"})]), columns_of([Row(2, {"a": "1"}, header=("a", "a"))])
        (['a'], ['a', 'a'])
    """
    first = next((row for row in rows if row.cells), Row(0))
    return list(first.header if first.header else first.cells)


def check_columns(path: str | Path, names: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse a table that lacks a column or has it twice.

    Args:
        path: The file, for messages.
        names: Names of its columns.
        columns: Required columns.

    Raises:
        ValueError: Names the column and what there is.
    """
    for column in columns:
        if column not in names:
            known = in_one_line(", ".join(filter(None, names)), 300)
            raise ValueError(f"{path} has no column '{column}': it has {known}")
        check_one_column(path, names, column)


def _rows(opened: Callable[[], TextIO], path: Path, columns: Sequence[str]) -> Iterator[Row]:
    with opened() as file:
        above, head = _header(file, columns)
        if not head.strip():
            raise ValueError(f"{path} is empty")
        _skip(file, above)
        try:
            delimiter = _delimiter(head, columns)
            reader = _reader(file, delimiter)
            names = [bare(name) for name in _next(reader, path, above) or []]
        except csv.Error as error:
            if head.lstrip()[:1] in ("[", "{"):
                raise ValueError(
                    f"{path} holds JSON, which is no table: write it as one, with "
                    f"pandas.read_json(...).to_csv(...)"
                ) from None
            told = _in_words(error)
            raise ValueError(f"the header of {path} is not one of a table: {told}") from None
        check_columns(path, names, columns)
        header = () if len(set(names)) == len(names) else tuple(names)
        left_out: set[int] | None = None  # as long as all rows have all cells
        while True:
            line = above + reader.line_num + 1
            try:
                cells = _next(reader, path, above)
            except csv.Error as error:
                yield Row(line, problem=f"not a CSV row: {_in_words(error)}")
                continue
            if cells is None:
                return
            if not cells:
                continue
            cells = [cell.strip() for cell in cells]
            if left_out is None and len(cells) < len(names):
                with opened() as again:
                    _skip(again, above)
                    left_out = _left_out(again, delimiter, names)
            yield _row(line, cells, names, header, set() if left_out is None else left_out)


def _header(file: TextIO, columns: Sequence[str]) -> tuple[int, str]:
    """Number of lines above the header, which are blank or comments, and the header.

    A line that begins as comments do is the header if it has as many cells as the first other line.
    """
    first, start = file.readline(), 0
    while first and not first.strip():
        first, start = file.readline(), start + 1
    if _NAMED.fullmatch(first):
        first, start = file.readline(), start + 1
    head, above = first, start
    while is_comment(head) or (above > start and head and not head.strip()):
        above, head = above + 1, file.readline()
    if above == start or not head.strip():
        return start, first
    try:
        delimiter = _delimiter(head, columns)
        own, below = (_names_found(line, delimiter, columns) for line in (first, head))
    except csv.Error:  # as for a header of any kind
        return start, first
    return (above, head) if own < below else (start, first)


def _skip(file: TextIO, lines: int) -> None:
    file.seek(0)
    for _ in range(lines):
        file.readline()


def _reader(file: TextIO, delimiter: str) -> Any:
    return csv.reader(file, delimiter=delimiter, skipinitialspace=True, strict=True)


def _left_out(file: TextIO, delimiter: str, names: Sequence[str]) -> set[int]:
    """Columns whose cells a row may lack at its end.

    They have no name, or an empty cell, or are lacking in half of the rows.
    """
    reader, found, rows = _reader(file, delimiter), set[int](), 0
    lengths: Counter[int] = Counter()
    next(reader)
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            break
        except csv.Error:
            continue
        if any(cells):
            rows += 1
            lengths[len(cells)] += 1
            found.update(k for k, cell in enumerate(cells) if not cell)
    lacking = [sum(lengths[size] for size in lengths if size <= k) for k in range(len(names))]
    return found | {k for k, name in enumerate(names) if not name or 2 * lacking[k] >= rows}


def _next(reader: Any, path: Path, above: int) -> list[str] | None:
    """The cells of the next row, or ``None`` after the last; raises if a quote is never closed."""
    line = above + reader.line_num + 1
    try:
        return next(reader, None)
    except csv.Error as error:
        if "unexpected end of data" not in str(error):
            raise
        raise ValueError(
            f"{path}: a quotation mark opened on line {line} or after is never closed"
        ) from error


def _in_words(error: csv.Error) -> str:
    if "field limit" in str(error):
        return f"a cell has more than {csv.field_size_limit():,} letters"
    if "expected after" in str(error):
        return "letters stand behind a quotation mark that ends a cell"
    return str(error)


def _row(
    line: int, cells: list[str], names: list[str], header: Sequence[str], left_out: set[int]
) -> Row:
    row = dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))
    told = f"{len(cells)} cells under {len(names)} columns"
    if any(cells[len(names) :]):
        return Row(line, row, f"{told}: quote the text", header)
    if any(cells) and not set(range(len(cells), len(names))) <= left_out:
        return Row(line, row, f"{told}: write the delimiters of empty cells too", header)
    return Row(line, row, header=header)


def _delimiter(head: str, columns: Sequence[str]) -> str:
    """The delimiter that yields the required columns, else the one that yields most columns."""

    def names_found(delimiter: str) -> tuple[bool, int]:
        return _names_found(head, delimiter, columns)

    common, rare = (max(choices, key=names_found) for choices in (_DELIMITERS, _RARE_DELIMITERS))
    (found, count), others = names_found(common), names_found(rare)
    if others[0] and others[1] > 1 and (not found or count < 2):
        return rare
    return common


def _names_found(head: str, delimiter: str, columns: Sequence[str]) -> tuple[bool, int]:
    """Whether a header has the columns under a delimiter, and how many names it has."""
    names = [bare(name) for name in next(csv.reader([head], delimiter=delimiter))]
    return set(columns) <= set(names), len(names)
