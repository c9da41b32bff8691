"""Rows of any file of molecules."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pyg_siamex._there import check_there
from pyg_siamex._visible import in_one_line
from pyg_siamex.datasets.column_names import smiles_column
from pyg_siamex.datasets.csv_rows import Row, columns_of, read_rows
from pyg_siamex.datasets.sdf_rows import read_sdf_rows
from pyg_siamex.datasets.sheet_rows import read_excel_rows, read_parquet_rows
from pyg_siamex.datasets.smiles_lines import read_smiles_lines

_Reader = Callable[[Path, Sequence[str]], list[Row]]

_READERS: dict[str, _Reader] = {
    **dict.fromkeys((".smi", ".smiles", ".ism", ".can", ".cxsmiles"), read_smiles_lines),
    **dict.fromkeys((".sdf", ".sd", ".mol"), read_sdf_rows),
    **dict.fromkeys((".xlsx", ".xlsm"), read_excel_rows),
    **dict.fromkeys((".parquet", ".pq"), read_parquet_rows),
}
"""Readers by the ending of a file; all others are delimited text."""

_BINARY: dict[bytes, _Reader] = {b"PK\x03\x04": read_excel_rows, b"PAR1": read_parquet_rows}
"""Readers by the first bytes of a file, whatever its ending."""

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_molecule_rows(path: str | Path, columns: Sequence[str] = ()) -> list[Row]:
    """Read the rows of a table of molecules.

    ========================  ======================================================================
    ``.csv``, ``.tsv``, ...   delimited text with a header, see
                              :func:`~pyg_siamex.datasets.csv_rows.read_rows`
    ``.smi``                  a molecule a line, see
                              :func:`~pyg_siamex.datasets.smiles_lines.read_smiles_lines`
    ``.sdf``                  structures with properties as columns
    ``.xlsx``, ``.parquet``   by openpyxl and pyarrow
    ========================  ======================================================================

    Text files may be compressed by gzip.

    Args:
        path: The file.
        columns: Required columns.

    Raises:
        FileNotFoundError: If the file does not exist.
        MissingExtraError: If a package is missing that reads the format.
        ValueError: If the file cannot be read or lacks a column.
    """
    path = check_there(path, "table")
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLD_EXCEL:
        raise ValueError(f"{path} is an Excel file of before 2007: save it as .xlsx or .csv")
    if start in _BINARY:
        return _BINARY[start](path, columns)
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return _READERS.get(plain.suffix.lower(), read_rows)(path, columns)


def found_smiles(path: Path, rows: Sequence[Row], named: str | None) -> str:
    """The column of the SMILES: the named one, or the one that is usually called so.

    Args:
        path: The file, for messages.
        rows: Its rows.
        named: The column, or ``None``.

    Raises:
        ValueError: If there are no rows, or no column has a usual name.
    """
    if not rows:
        raise ValueError(f"{path} has a header and no rows")
    columns = columns_of(rows)
    found = smiles_column(columns) if named is None else named
    if found is None:
        raise ValueError(
            f"{path} has no column that is called as columns of SMILES usually are: name it as "
            f"`smiles`, of {in_one_line(', '.join(filter(None, columns)), 300)}"
        )
    return found
