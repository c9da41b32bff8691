"""Read one array from a text, NumPy or MATLAB file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from pyg_siamex.datasets.cell_numbers import is_missing

SUFFIXES = (".csv", ".tsv", ".txt", ".1d", ".npy", ".mat")


def read_array(path: Path, key: str | None = None) -> np.ndarray:
    """Read a matrix ``[rows, columns]`` of numbers.

    Text is separated by commas, semicolons, tabs or blanks. Lines that start with ``#`` are
    comments. A header of names and a first column of names are recognised and left out. No code in
    the file is run: pickled objects are refused.

    Args:
        path: ``.csv``, ``.tsv``, ``.txt``, ``.1D``, ``.npy`` or ``.mat`` (MATLAB before 7.3).
        key: Variable of a ``.mat`` file. Default: the only matrix in it.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file has another format, or does not hold a matrix of numbers.
    """
    readers: dict[str, Callable[[], np.ndarray]] = {
        ".npy": lambda: np.load(path, allow_pickle=False),
        ".mat": lambda: _matlab(path, key),
    }
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"{path} is none of {', '.join(SUFFIXES)}")
    try:
        array = readers.get(suffix, lambda: _text(path))()
    except (ValueError, OSError, EOFError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
    if array.ndim != 2 or not array.size or array.dtype.kind not in "biuf":
        raise ValueError(
            f"{path} is not a matrix of numbers: its shape is {list(array.shape)} of {array.dtype}"
        )
    return array


def _matlab(path: Path, key: str | None) -> np.ndarray:
    from scipy.io import loadmat

    try:
        found = loadmat(path)
    except NotImplementedError:
        raise ValueError("it is of MATLAB 7.3 or later: save it with -v7") from None
    matrices = {
        name: value
        for name, value in found.items()
        if not name.startswith("__") and isinstance(value, np.ndarray) and min(value.shape) > 1
    }
    if key is None and len(matrices) == 1:
        return next(iter(matrices.values()))
    if key not in found:
        asked = "no key is given" if key is None else f"it has no '{key}'"
        raise ValueError(f"{asked}, and its matrices are: {', '.join(matrices) or 'none'}")
    return found[key]


def _text(path: Path) -> np.ndarray:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise ValueError("it is empty")
    delimiter = next((mark for mark in ",;\t" if any(mark in line for line in lines)), "")
    rows = _without_names([_cells(line, delimiter) for line in lines])
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise ValueError(
            f"its rows have {min(widths, default=0)} to {max(widths, default=0)} cells"
        )
    return np.array([[_number(cell) for cell in row] for row in rows])


def _cells(line: str, delimiter: str) -> list[str]:
    if not delimiter:
        return line.split()
    return [cell.strip().strip("\"'") for cell in line.split(delimiter)]


def _without_names(rows: list[list[str]]) -> list[list[str]]:
    """Remove a header and a first column of names, if present."""
    header = rows[0]
    shorter = {len(row) for row in rows[1:]} == {
        len(header) + 1
    }  # as R writes it: no cell above the names
    corner = header[0] == "" and (_counts(header[1:]) or not _numbers(header[1:]))
    if shorter or corner or not _numbers(header):
        rows = rows[1:]
    named = shorter or corner or not _numbers([row[0] for row in rows])
    return [row[1:] for row in rows] if named else rows


def _numbers(cells: list[str]) -> bool:
    try:
        for cell in cells:
            _number(cell)
    except ValueError:
        return False
    return True


def _number(cell: str) -> float:
    """A number, or NaN for a missing value, which is refused when matrices are checked."""
    return float("nan") if is_missing(cell) else float(cell)


def _counts(cells: list[str]) -> bool:
    """Whether cells count up from 0 or 1, as a header without names does."""
    return any(cells == [str(k + start) for k in range(len(cells))] for start in (0, 1))
