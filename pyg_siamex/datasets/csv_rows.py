"""Read the rows of a CSV file with their line numbers and problems."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from pyg_siamex._one_column import check_one_column
from pyg_siamex._visible import in_one_line
from pyg_siamex.datasets.text_file import open_text, read_text

_DELIMITERS = ",;\t|"
_RARE_DELIMITERS = ": "


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
    the header has the required columns, else most columns.

    Args:
        path: The file, in any encoding of :func:`~pyg_siamex.datasets.text_file.read_text`.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is empty or not text, lacks a column or has it twice, or a quotation mark
            is never closed.
    """
    text = read_text(path)
    return list(_rows(io.StringIO(text, newline=""), path, columns))


def stream_rows(path: Path, columns: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of :func:`read_rows` one by one, in bounded memory.

    Args:
        path: The file.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: As for :func:`read_rows`, when the row is reached.
    """
    with open_text(path) as file:
        try:
            yield from _rows(file, path, columns)
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


def _rows(file: TextIO, path: Path, columns: Sequence[str]) -> Iterator[Row]:
    head = file.readline()
    if not head.strip():
        raise ValueError(f"{path} is empty")
    file.seek(0)
    try:
        delimiter = _delimiter(head, columns)
        reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
        names = [name.strip() for name in _next(reader, path) or []]
    except csv.Error as error:
        told = _in_words(error)
        raise ValueError(f"the header of {path} is not one of a table: {told}") from None
    check_columns(path, names, columns)
    header = () if len(set(names)) == len(names) else tuple(names)
    while True:
        line = reader.line_num + 1
        try:
            cells = _next(reader, path)
        except csv.Error as error:
            yield Row(line, problem=f"not a CSV row: {_in_words(error)}")
            continue
        if cells is None:
            return
        if cells:
            yield _row(line, [cell.strip() for cell in cells], names, header)


def _next(reader: Any, path: Path) -> list[str] | None:
    """The cells of the next row, or ``None`` after the last; raises if a quote is never closed."""
    line = reader.line_num + 1
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
    return str(error)


def _row(line: int, cells: list[str], names: list[str], header: Sequence[str]) -> Row:
    row = dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))
    if any(cells[len(names) :]):
        return Row(
            line, row, f"{len(cells)} cells under {len(names)} columns: quote the text", header
        )
    return Row(line, row, header=header)


def _delimiter(head: str, columns: Sequence[str]) -> str:
    """The delimiter that yields the required columns, else the one that yields most columns."""

    def names_found(delimiter: str) -> tuple[bool, int]:
        names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter))]
        return set(columns) <= set(names), len(names)

    common, rare = (max(choices, key=names_found) for choices in (_DELIMITERS, _RARE_DELIMITERS))
    (found, count), others = names_found(common), names_found(rare)
    if others[0] and others[1] > 1 and (not found or count < 2):
        return rare
    return common
