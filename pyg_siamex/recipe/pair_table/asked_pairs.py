"""The pairs of a user's table, streamed."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pyg_siamex._there import check_there
from pyg_siamex._visible import in_one_line
from pyg_siamex.datasets.csv_rows import Row, columns_of, stream_rows
from pyg_siamex.datasets.sheet_rows import read_excel_rows, stream_parquet_rows
from pyg_siamex.recipe.pair_table.pair_columns import PairColumns

if TYPE_CHECKING:
    import pandas as pd


class AskedPair(NamedTuple):
    """A pair as the user's table names it.

    Attributes:
        row: Number of the row, from 0.
        query: Name of the query.
        reference: Name of the reference.
        problem: Why the row cannot be used; empty if it can.
        line: Its line in a file, as rows are counted there; 0 for pairs in memory.
    """

    row: int
    query: str
    reference: str
    problem: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """What errors of the pair begin with."""
        return f"line {self.line}: " if self.line else ""


class PairFile:
    """The pairs of a file, read again and again in bounded memory.

    Args:
        path: Delimited text in any encoding, also compressed by gzip, Parquet, or an Excel
            workbook.
        columns: Which columns are the pairs.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it cannot be read, has no rows, or its columns cannot be told.
    """

    def __init__(self, path: Path, columns: PairColumns) -> None:
        columns.check()
        self.path = path
        self._columns = columns

    def __iter__(self) -> Iterator[AskedPair]:
        """The pairs by rows."""
        return self.from_row(0)

    @property
    def guessed(self) -> tuple[str, str] | None:
        """Names of the two columns where nothing but their number tells that they are the pairs."""
        rows = (row for _, row in self._rows(0) if row.cells)
        first = next(iter(rows), None)
        return None if first is None else self._columns.guessed(columns_of([first]))

    @property
    def seeks(self) -> bool:
        """Whether rows are reached without those before them."""
        return self._start() == b"PAR1"

    def from_row(self, first: int) -> Iterator[AskedPair]:
        """The pairs from a row on. Of Parquet, earlier row groups are not read.

        Args:
            first: Number of the first row, from 0.
        """
        names: tuple[str, str] | None = None
        for number, row in self._rows(first):
            if names is None and row.cells:
                names = self._columns.found(columns_of([row]), str(self.path))
            if number < first:
                continue
            query, reference = ("", "") if names is None else (row.cells.get(n, "") for n in names)
            yield _asked(number, query, reference, row.problem, row.line)

    def _rows(self, first: int) -> Iterable[tuple[int, Row]]:
        """Numbered rows, from ``first`` or before it."""
        start = self._start()
        both = (self._columns.query_column, self._columns.reference_column)
        wanted = [name for name in both if name is not None]
        if start == b"PAR1":
            return enumerate(stream_parquet_rows(self.path, self._columns.found, first), first)
        if start == b"PK\x03\x04":
            return enumerate(read_excel_rows(self.path, wanted))
        return enumerate(stream_rows(self.path, wanted))

    def _start(self) -> bytes:
        with check_there(self.path, "table of pairs").open("rb") as file:
            return file.read(4)

    def __getstate__(self) -> dict[str, Any]:
        """The state to pickle: workers may be in other folders."""
        return {**vars(self), "path": self.path.absolute()}


class PairsAtHand:
    """Pairs that are in memory.

    Args:
        pairs: A data frame, an Arrow table, or pairs of names.
        columns: Which columns of the frame are the pairs.

    Raises:
        ValueError: If the columns cannot be told.
    """

    def __init__(
        self, pairs: "pd.DataFrame | Sequence[tuple[str, str]]", columns: PairColumns
    ) -> None:
        self.guessed: tuple[str, str] | None = None
        frame = pairs.to_pandas() if hasattr(pairs, "to_pandas") else pairs
        self._pairs: list[tuple[str, str]] = (
            _of_frame(frame, columns) if hasattr(frame, "columns") else _of_list(frame)
        )
        names = list(getattr(frame, "columns", []))
        if all(isinstance(name, str) for name in names):  # those of pandas itself are numbers
            self.guessed = columns.guessed(names)

    seeks = True
    """Rows are reached without those before them."""

    def __iter__(self) -> Iterator[AskedPair]:
        """The pairs in their order."""
        return self.from_row(0)

    def from_row(self, first: int) -> Iterator[AskedPair]:
        """The pairs from a row on.

        Args:
            first: Number of the first row, from 0.
        """
        for number in range(first, len(self._pairs)):
            query, reference = self._pairs[number]
            yield _asked(number, _text(query), _text(reference), "")


def _of_list(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of a list or an array, each of two."""
    if not isinstance(pairs, Iterable):
        raise TypeError(
            f"`pairs` must be a file, a table or a list of pairs (got {type(pairs).__name__})"
        )
    found = list(pairs)  # iterators are read once
    for number, pair in enumerate(found):
        if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
            told = in_one_line(repr(pair), 60)
            raise ValueError(f"pair {number} is {told}: give a query and a reference")
    return found


def asked_pairs(
    pairs: "str | Path | pd.DataFrame | Sequence[tuple[str, str]]", columns: PairColumns
) -> PairFile | PairsAtHand:
    """The pairs of a file, a data frame or a list.

    Args:
        pairs: Where they are.
        columns: Which columns they are.

    Raises:
        TypeError: If ``pairs`` is something else.
        ValueError: If the columns cannot be told, or are named of pairs that have none.

    Example:
        >>> [pair.query for pair in asked_pairs([("CCO", "CCN")], PairColumns())]
        ['CCO']
    """
    if isinstance(pairs, str | Path):
        return PairFile(Path(pairs), columns)
    if columns != PairColumns() and not hasattr(pairs, "columns"):
        raise ValueError(
            "`columns` names columns of a table, and `pairs` is a list of pairs: leave `columns` "
            "out, or give a data frame"
        )
    return PairsAtHand(pairs, columns)


def counted(pairs: Iterable[AskedPair]) -> tuple[int, str]:
    """How many pairs there are, and the SHA-256 of all of them in hexadecimal.

    Args:
        pairs: The pairs.

    Raises:
        ValueError: If there are none, or the table cannot be read.

    Example:
        >>> counted(asked_pairs([("CCO", "CCN")], PairColumns()))[0]
        1
    """
    digest, count = hashlib.sha256(), 0
    for pair in pairs:
        content = repr((pair.query, pair.reference, pair.problem))
        digest.update(content.encode("utf-8", "surrogatepass"))
        count += 1
    if not count:
        raise ValueError("the table of pairs has no rows")
    return count, digest.hexdigest()


def _asked(row: int, query: str, reference: str, problem: str, line: int = 0) -> AskedPair:
    if not problem and not (query and reference):
        problem = f"no {'query' if not query else 'reference'}"
    return AskedPair(row, query, reference, problem, line)


def _of_frame(frame: "pd.DataFrame", columns: PairColumns) -> list[tuple[str, str]]:
    found = columns.found([str(name) for name in frame.columns], "the table of pairs")
    values = [frame.iloc[:, [str(c) for c in frame.columns].index(name)].tolist() for name in found]
    return list(zip(*values, strict=True))


def _text(value: object) -> str:
    if isinstance(value, bytes):  # as in files
        return value.decode("utf-8", "backslashreplace").strip()
    return "" if value is None or value != value else str(value).strip()
