"""Read the rows of a CSV file with their line numbers and problems."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        line: Line of the file on which the row begins; the header is line 1.
        cells: Text by column, without surrounding blanks.
        problem: Why the row cannot be used; empty if it can.
    """

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read the nonblank rows of a comma, semicolon or tab separated UTF-8 file with a header.

    Args:
        path: The file; a byte order mark is allowed.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is empty, not UTF-8, lacks a column or has it twice, or a quotation mark
            is never closed.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no table at {path}")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(file, path, columns))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 ({error.reason}): save it as UTF-8") from error


def _rows(file: TextIO, path: Path, columns: Sequence[str]) -> Iterator[Row]:
    head = file.readline()
    if not head.strip():
        raise ValueError(f"{path} is empty")
    file.seek(0)
    delimiter = _delimiter(head, columns)
    reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
    names = [name.strip() for name in _next(reader, path) or []]
    for column in columns:
        if column not in names:
            raise ValueError(f"{path} has no column '{column}': it has {', '.join(names)}")
        if names.count(column) > 1:
            raise ValueError(f"{path} has {names.count(column)} columns '{column}': rename one")
    while True:
        line = reader.line_num + 1
        try:
            cells = _next(reader, path)
        except csv.Error as error:
            yield Row(line, problem=f"not a CSV row: {error}")
            continue
        if cells is None:
            return
        if cells:
            yield _row(line, [cell.strip() for cell in cells], names)


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


def _row(line: int, cells: list[str], names: list[str]) -> Row:
    row = dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))
    if any(cells[len(names) :]):
        return Row(line, row, f"{len(cells)} cells under {len(names)} columns: quote the text")
    return Row(line, row)


def _delimiter(head: str, columns: Sequence[str]) -> str:
    """The delimiter that yields the required columns, else the one that yields most columns."""

    def names_found(delimiter: str) -> tuple[bool, int]:
        names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter))]
        return set(columns) <= set(names), len(names)

    return max(_DELIMITERS, key=names_found)
