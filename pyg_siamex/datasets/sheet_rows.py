"""Rows of Excel and Parquet files."""

import logging
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from pyg_siamex._extras import needed_for
from pyg_siamex._there import check_there
from pyg_siamex._visible import bare, in_one_line
from pyg_siamex.datasets.csv_rows import Row, check_columns
from pyg_siamex.datasets.text_file import archived, check_folds, check_unfolded

if TYPE_CHECKING:
    import pandas as pd
    from pyarrow import Schema
    from pyarrow.parquet import FileMetaData

_CELL = 8
"""Bytes of a cell, on average; a short text has more."""

_HEADER = "header"

_logger = logging.getLogger(__name__)

_BATCH = 16_384
"""Rows of a Parquet file that are read at once."""


def read_excel_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read the first sheet of cells of an Excel workbook with a header; needs openpyxl.

    Args:
        path: The file, ``.xlsx``.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        MissingExtraError: If openpyxl is not installed.
        ValueError: If it cannot be read or lacks a column.
    """
    import pandas as pd

    _check(path)
    with needed_for("reading Excel files"):
        import openpyxl  # noqa: F401
    with _read_as("an Excel workbook", path), ZipFile(path) as archive:
        unfolded = sum(part.file_size for part in archive.infolist())
        parts = archive.namelist()
    if not any(name.startswith("xl/") for name in parts):
        raise ValueError(f"{path} is {archived(path)}")
    with _read_as("an Excel workbook", path):
        _check_charts(parts)
    check_unfolded(unfolded, path.stat().st_size, path)
    with _read_as("an Excel workbook", path), pd.ExcelFile(path, engine="openpyxl") as book:
        sheets = [sheet.title for sheet in book.book.worksheets]  # of charts there are no rows
        if not sheets:
            raise _KnownError("it has no sheet of cells, charts alone")
        frame = pd.read_excel(
            book, sheet_name=sheets[0], dtype=object, keep_default_na=False, na_values=[]
        )
        header = _first_row(book, sheets[0])
        hidden = book.book[sheets[0]].sheet_state != "visible"
    if len(sheets) > 1:
        shown = f"{sheets[0]}', which is hidden," if hidden else f"{sheets[0]}'"
        _logger.warning("%s has %d sheets: '%s is read", path, len(sheets), shown)
    _check_header(path, sheets, header, columns)
    if len(header) == frame.shape[1]:  # a stray cell far to the right makes thousands of columns
        used = [k for k, name in enumerate(header) if name or any(map(_text, frame.iloc[:, k]))]
        header, frame = [header[k] for k in used], frame.iloc[:, used]
    frame.attrs[_HEADER] = header
    return _rows(frame, path, columns, first=2)


def _check_charts(parts: Collection[str]) -> None:
    """Refuse a workbook with a sheet for a chart that has none, which openpyxl does not open."""
    for part in parts:
        folder, _, name = part.rpartition("/")
        if folder == "xl/chartsheets" and f"{folder}/_rels/{name}.rels" not in parts:
            raise _KnownError("it has a sheet for a chart, and no chart in it: delete that sheet")


def _check_header(
    path: Path, sheets: Sequence[str], header: Sequence[str], columns: Sequence[str]
) -> None:
    """Refuse a sheet whose first row does not name the columns."""
    where = path if len(sheets) == 1 else f"sheet '{sheets[0]}' of {path}, which is read,"
    named = [name for name in header if name]
    way = "the first row of the first sheet must name the columns"
    if not named:
        raise ValueError(f"{where} has nothing in its first row: {way}")
    if 2 * len(named) < len(header) and not set(columns) <= set(named):
        raise ValueError(
            f"{where} has {len(header)} columns, and its first row holds "
            f"{in_one_line(', '.join(named), 200)}: {way}"
        )


def read_parquet_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read a Parquet file; needs pyarrow. Lines are numbers of rows, from 1.

    Args:
        path: The file.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        MissingExtraError: If pyarrow is not installed.
        ValueError: If it cannot be read or lacks a column.
    """
    _check(path)
    with needed_for("reading Parquet files"):
        from pyarrow.parquet import ParquetFile, read_table
    # Files are opened here: pyarrow refuses names that are no UTF-8.
    with _read_as("Parquet", path), path.open("rb") as file:
        found = ParquetFile(file)
        count, schema = found.metadata, found.schema_arrow
    cells = count.num_rows * count.num_columns
    check_unfolded(_CELL * cells, path.stat().st_size, path)
    check_columns(path, schema.names, [*columns, *schema.names])
    _check_types(path, schema, columns)
    with _read_as("Parquet", path), path.open("rb") as file:
        # Whole numbers beside gaps stay whole, as names and classes are.
        # What pandas had as its index is a column too.
        frame = read_table(file).to_pandas(integer_object_nulls=True, ignore_metadata=True)
    nameless = [c for c in frame if _NAMELESS.fullmatch(str(c)) and c not in columns]
    frame = frame.drop(columns=nameless)
    return _rows(frame, path, columns, first=1)


_NAMELESS = re.compile(r"__index_level_\d+__")
"""What pandas calls the columns of an index without a name."""


@contextmanager
def _read_as(what: str, path: Path) -> Iterator[None]:
    """Name the file in errors of readers, which are of any kind where bytes have changed."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(f"{path} cannot be read as {what}: {_reason(error)}") from error


class _KnownError(ValueError):
    """A reason in words of this module."""


def _reason(error: Exception) -> str:
    """Why a file cannot be read, and the way out."""
    words = in_one_line(str(error), 200)
    if isinstance(error, _KnownError) or re.search(_OF_USERS, words, re.IGNORECASE):
        return words
    inner = isinstance(error, _OF_PARTS) or "thrift" in words.lower()
    told = "" if inner or not words else f" ({words})"
    return f"it is damaged, cut off or of another kind{told}: write it again"


_OF_PARTS = (UnicodeError, KeyError, IndexError, AttributeError)
"""Errors whose words are of a reader's own parts."""

_OF_USERS = "encrypt|not built|out of range|permission|is a directory|too many open"
"""What readers say of files that are whole."""


def stream_parquet_rows(
    path: Path, chosen: Callable[[Sequence[str], str], Sequence[str]], first: int = 0
) -> Iterator[Row]:
    """Rows of some columns of a Parquet file one by one, in bounded memory; needs pyarrow.

    Args:
        path: The file.
        chosen: From the names of all columns and the file's name to the columns that are read.
        first: Number of the first row, from 0; row groups before it are not read.

    Raises:
        FileNotFoundError: If the file does not exist.
        MissingExtraError: If pyarrow is not installed.
        ValueError: If it cannot be read, or as ``chosen`` raises.
    """
    _check(path)
    with needed_for("reading Parquet files"):
        from pyarrow import ArrowException
        from pyarrow import parquet as pq
    try:
        with path.open("rb") as opened, pq.ParquetFile(opened) as file:
            cells = file.metadata.num_rows * file.metadata.num_columns
            check_folds(_CELL * cells, path.stat().st_size, path)
            schema = file.schema_arrow
            named = [name for name in schema.names if not _NAMELESS.fullmatch(name)]
            columns = list(chosen(named, str(path)))
            check_columns(path, schema.names, columns)
            _check_types(path, schema, columns)
            groups, line = _groups_from(file.metadata, first)
            for batch in file.iter_batches(_BATCH, row_groups=groups, columns=columns):
                before = min(max(first + 1 - line, 0), batch.num_rows)
                line += before
                with _read_as("Parquet", path):  # dates may be none of Python's
                    values = [batch.slice(before).column(name).to_pylist() for name in columns]
                for row in zip(*values, strict=True):
                    yield Row(line, dict(zip(columns, map(_text, row), strict=True)))
                    line += 1
    except (ArrowException, OSError) as error:
        raise ValueError(f"{path} cannot be read as Parquet: {_reason(error)}") from error


def _groups_from(found: "FileMetaData", first: int) -> tuple[list[int], int]:
    """The row groups that have rows from ``first`` on, and the line of their first row."""
    line = 1
    for group in range(found.num_row_groups):
        rows = found.row_group(group).num_rows
        if line + rows > first + 1:
            return list(range(group, found.num_row_groups)), line
        line += rows
    return [], line


def _check_types(path: Path, schema: "Schema", columns: Sequence[str]) -> None:
    """Refuse columns whose cells are no text, numbers, truths or dates."""
    from pyarrow import types

    for column in columns:
        kind = schema.field(column).type
        if types.is_nested(kind):
            told = in_one_line(str(kind), 100)
            raise ValueError(
                f"{path}: cells of column '{column}' must be text or numbers, and are {told}"
            )


def _check(path: Path) -> None:
    check_there(path, "table")


def _rows(frame: "pd.DataFrame", path: Path, columns: Sequence[str], first: int) -> list[Row]:
    names = [bare(str(name)) for name in frame.columns]
    header = frame.attrs.get(_HEADER, ())
    header = header if len(header) == len(names) > len(set(header)) else ()
    check_columns(path, header if header else names, columns)
    rows = ([_text(value) for value in row] for row in frame.itertuples(index=False, name=None))
    return [
        Row(line, dict(zip(names, cells, strict=True)), header=header)
        for line, cells in enumerate(rows, start=first)
        if any(cells)
    ]


def _first_row(book: "pd.ExcelFile", sheet: str) -> list[str]:
    """The header as the sheet has it: pandas calls the second of two columns ``name.1``."""
    rows = book.book[sheet].iter_rows(max_row=1, values_only=True)
    return [bare(_text(value)) for value in next(rows, ())]


def _text(value: object) -> str:
    import pandas as pd

    if isinstance(value, Collection) and not isinstance(value, str | bytes):
        return str(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, bytes):  # text that its writer did not call so
        return value.decode("utf-8", "backslashreplace").strip()
    return str(value).strip()
