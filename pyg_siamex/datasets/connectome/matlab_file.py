"""Read matrices from MATLAB files, those of the CONN toolbox among them."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from pyg_siamex._memory import check_memory
from pyg_siamex.datasets.connectome.region_array import RegionArray, are_last

_NAMES = ("names", "region_names", "roi_names", "regions", "labels", "ROINames")
"""Variables that are taken for the regions' names, if there is one for each region."""


def read_matlab(path: Path, key: str | None = None) -> RegionArray:
    """Read a matrix ``[R, R]``, a time series ``[T, R]`` or a stack of matrices ``[R, R, S]``.

    In a file of the CONN toolbox (``resultsROI_*.mat``) the matrix is ``Z``, Fisher's z of the
    correlations from each region (``names``) to each region or other target (``names2``); columns
    of other targets are left out.

    Args:
        path: A file of MATLAB 5 to 7.2.
        key: Variable. Default: ``Z`` of CONN's files, else the only array.

    Returns:
        The array; a stack has the subjects first, ``[S, R, R]``, and no names in ``values``.

    Raises:
        ValueError: If the variable is not there, not clear, or no array of numbers, or the file is
            of MATLAB 7.3.
    """
    found = _variables(path)
    if key is None and {"Z", "names", "names2"} <= set(found):
        return _conn(found)
    values = _chosen(found, key)
    if values.ndim == 3:
        cube = len(set(values.shape)) == 1
        if values.shape[0] == values.shape[1] and not (cube and _are_first(values)):
            values = np.moveaxis(values, 2, 0)
        elif values.shape[1] != values.shape[2]:
            raise ValueError(
                f"its array has shape {list(values.shape)}: a stack must be [R, R, S] or [S, R, R]"
            )
        return RegionArray(values)
    return RegionArray(values, _names(found, values.shape[-1]))


def _are_first(values: np.ndarray) -> bool:
    """Whether subjects are the first axis of a cube, since its matrices are symmetric so alone."""
    return values.dtype.kind in "biuf" and are_last(values.transpose(1, 2, 0))


def region_names(path: Path, size: int) -> list[str] | None:
    """Names of the regions in a MATLAB file, or ``None``.

    Args:
        path: The file.
        size: How many regions there are.
    """
    return _names(_variables(path), size)


def _variables(path: Path) -> dict[str, Any]:
    from scipy.io import loadmat, whosmat

    try:
        _check_level_4(path)
        _check_claims(whosmat(path), path.stat().st_size)
        found = loadmat(path)
    except NotImplementedError:
        raise ValueError("it is of MATLAB 7.3 or later: save it with -v7") from None
    except _LargeError as error:
        raise ValueError(str(error)) from None
    except Exception:  # of any kind, where bytes have changed
        raise ValueError("it is no MATLAB file, or it is damaged: save it again with -v7") from None
    return {name: value for name, value in found.items() if not name.startswith("__")}


def _check_level_4(path: Path) -> None:
    """Refuse a file of MATLAB 4 with a variable that has no name; there may be millions of them."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if 0 not in file.read(4):  # as SciPy tells the versions apart
            return
        file.seek(0)
        while file.tell() < size:
            header = np.frombuffer(file.read(20), "<i4")
            if len(header) < 5 or not 0 < header[4] < 2**16 or header[1:3].min() < 0:
                header = header.byteswap()
            kind, rows, columns, imaginary, name = (int(one) for one in header)
            width = _WIDTHS[kind // 10 % 10] * (2 if imaginary else 1)
            if not 0 < name < 2**16 or min(rows, columns) < 0:
                raise ValueError("a variable without a name")
            file.seek(name + rows * columns * width, 1)


_WIDTHS = (8, 4, 4, 2, 2, 1)
"""Bytes of a number by its kind in MATLAB 4."""


class _LargeError(ValueError):
    """A variable that claims more than its file can hold."""


_UNPACKED = 1100
"""Most bytes that one compressed byte can stand for."""


def _check_claims(variables: list[tuple[str, tuple[int, ...], str]], size: int) -> None:
    """Compare what variables claim to hold with the file and with the memory that is free."""
    claimed = sum(math.prod(max(0, n) for n in shape) for _, shape, _ in variables)
    if claimed > size * _UNPACKED or any(min(shape, default=0) < 0 for _, shape, _ in variables):
        raise _LargeError(f"its variables claim {claimed:,} numbers, more than its {size:,} bytes")
    try:
        check_memory(8 * claimed, "reading it")
    except ValueError as error:
        raise _LargeError(str(error)) from None


def _conn(found: dict[str, Any]) -> RegionArray:
    """The square part of ``Z``, subjects first where there are several."""
    rows, columns = (_texts(found[name]) for name in ("names", "names2"))
    values = np.asarray(_full("Z", found["Z"]), dtype=float)
    if columns[: len(rows)] != rows or values.shape[:2] != (len(rows), len(columns)):
        place = next((k for k, (a, b) in enumerate(zip(rows, columns, strict=False)) if a != b), 0)
        raise ValueError(
            f"Z of shape {list(values.shape)} does not fit {len(rows)} names and {len(columns)} "
            f"names2, which first differ at '{rows[place]}'"
        )
    values = values[:, : len(rows)]
    if values.ndim == 3:
        return RegionArray(np.moveaxis(values, 2, 0))
    return RegionArray(values, rows)


def _chosen(found: dict[str, Any], key: str | None) -> np.ndarray:
    arrays = {
        name: value
        for name, value in found.items()
        if isinstance(value, np.ndarray) and value.dtype.kind in "biufc" and max(value.shape) > 1
    }
    arrays = {n: v for n, v in arrays.items() if min(v.shape) > 1} or arrays
    if key is None and len(arrays) == 1:
        return next(iter(arrays.values()))
    if key in found:
        return _full(key, found[key])
    asked = "no key is given" if key is None else f"it has no '{key}'"
    others = [f"'{name}' is {what}" for name, value in found.items() if (what := _kind_of(value))]
    told = f" ({'; '.join(others)})" if others and not arrays else ""
    raise ValueError(f"{asked}, and its matrices are: {', '.join(arrays) or 'none'}{told}")


def _full(name: str, value: Any) -> np.ndarray:
    """The variable, if it is an array of numbers."""
    other = _kind_of(value)
    if other is not None:
        raise ValueError(f"'{name}' is {other}")
    array: np.ndarray = value
    return array


def _kind_of(value: Any) -> str | None:
    """What a variable is, with the way to an array; ``None`` for arrays of numbers."""
    if not isinstance(value, np.ndarray):
        return "a sparse matrix: save full(...) of it"
    if value.dtype.names is not None:
        return "a struct: save its matrix as a variable of its own"
    if value.dtype.kind in "US":
        return "text"
    if value.dtype.kind == "O":
        return "a cell array, or an object: save its matrix as a variable of its own"
    return None


def _names(found: dict[str, Any], size: int) -> list[str] | None:
    for name in _NAMES:
        if name in found and isinstance(found[name], np.ndarray):
            texts = _texts(found[name])
            if len(texts) == size and not _are_values(found[name], texts):
                return texts
    return None


def _are_values(cells: np.ndarray, texts: list[str]) -> bool:
    """Whether numbers are no names, which are whole and different."""
    return cells.dtype.kind in "biuf" and (
        len(set(texts)) < len(texts) or not all(map(str.isdigit, texts))
    )


def _texts(cells: np.ndarray) -> list[str]:
    """Texts of a cell array, or of an array of numbers or characters."""
    return [_text(cell) for cell in _flat(cells)]


def _flat(cells: np.ndarray) -> Iterable[Any]:
    return np.asarray(cells).ravel()


def _text(cell: Any) -> str:
    """A text, or a number, which MATLAB keeps as 7.0."""
    inner = np.asarray(cell).ravel()
    if not inner.size:
        return ""
    first = inner[0]
    whole = inner.dtype.kind == "f" and float(first).is_integer()
    return str(int(first)) if whole else str(first).strip()
