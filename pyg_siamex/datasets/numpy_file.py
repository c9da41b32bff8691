"""Read arrays of ``.npy`` and ``.npz`` files: what they claim is checked before it is allocated."""

import math
import os
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from pyg_siamex._memory import check_memory
from pyg_siamex._there import check_there

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


def read_npy(path: str | os.PathLike[str]) -> np.ndarray:
    """The array of an ``.npy`` file.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is none, holds pickled objects, holds more or less than it claims, or does
            not fit into memory.
    """
    path = check_there(path)
    try:
        with path.open("rb") as file:
            return _array(file, path.stat().st_size, str(path))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def npy_shape(path: str | os.PathLike[str]) -> tuple[int, ...]:
    """The shape of the array of an ``.npy`` file; its values are not read.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is none.
    """
    path = check_there(path)
    with path.open("rb") as file:
        return _header(file, str(path))[0]


def npz_shapes(path: str | os.PathLike[str]) -> dict[str, tuple[int, ...]]:
    """Shapes of the arrays of an ``.npz`` file by name; their values are not read.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is none.
    """
    path = check_there(path)
    found = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name, dot, suffix = info.filename.rpartition(".")
                if dot and suffix == "npy":
                    with archive.open(info) as file:
                        found[name], _, _ = _header(file, f"'{name[:80]}' of {path}")
    except _BROKEN:
        raise ValueError(f"{path} {_NOT_NPZ}") from None
    return found


def read_npz(path: str | os.PathLike[str], names: Iterable[str]) -> dict[str, np.ndarray]:
    """The named arrays of an ``.npz`` file; no others are read.

    Args:
        path: The file.
        names: Their names.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is none, an array is missing, holds pickled objects, holds more or less
            than it claims, does not fit its check sum, or does not fit into memory.
    """
    path = check_there(path)
    return {name: _member(path, name, _array) for name in names}


def npz_objects(path: str | os.PathLike[str], name: str) -> tuple[list[int], bytes]:
    """Shape and pickled bytes of an array of objects, for a reader that runs none of them.

    Args:
        path: The file.
        name: The array.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: As for :func:`read_npz`, and if the array holds plain values.
    """
    member: tuple[list[int], bytes] = _member(check_there(path), name, _pickled)
    return member


_UNREADABLE = (
    *(ValueError, TypeError, SyntaxError, TokenError, AttributeError),
    *(RecursionError, MemoryError, OverflowError),
)
"""What NumPy raises at headers, which are texts of Python."""

_HEADERS = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
    (3, 0): npy.read_array_header_2_0,  # differs in names of fields alone, which are not read
}
"""What reads the header of each version."""

_NOT_NPZ = "is not an .npz file, or it is damaged: save it again with numpy.savez"


def _member(path: Path, name: str, read: Any) -> Any:
    """What ``read`` finds in a member of an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            listed = [info for info in archive.infolist() if info.filename == f"{name}.npy"]
            if len(listed) != 1:
                known = ", ".join(archive.namelist()[:20]).replace(".npy", "")
                many = "no array" if not listed else "more than one array"
                raise ValueError(f"{path} has {many} '{name}': it has {known or 'none'}")
            [info] = listed
            check_memory(info.file_size, f"'{name}' of {path}")
            with archive.open(info) as file:
                return read(file, info.file_size, f"'{name}' of {path}")
    except _BROKEN:
        raise ValueError(f"{path} {_NOT_NPZ}") from None


def _array(file: IO[bytes], size: int, what: str) -> np.ndarray:
    shape, fortran, dtype = _header(file, what)
    if dtype.hasobject:
        raise ValueError(
            f"{what} holds pickled Python objects, which are not read: save numbers or texts"
        )
    expected, found = math.prod(shape) * dtype.itemsize, size - file.tell()
    if expected != found:
        raise ValueError(
            f"{what} claims to hold {shape} of {dtype}, {expected:,} bytes, and has {found:,}: it "
            f"was cut off or changed"
        )
    check_memory(2 * expected, what)
    content = file.read(expected + 1)  # the end is where a check sum is compared
    if len(content) != expected:
        raise ValueError(f"{what} ends after {len(content):,} bytes of {expected:,}")
    array = np.frombuffer(bytearray(content), dtype).astype(dtype.newbyteorder("="), copy=False)
    return array.reshape(shape, order="F" if fortran else "C")


def _pickled(file: IO[bytes], size: int, what: str) -> tuple[list[int], bytes]:
    shape, _, dtype = _header(file, what)
    if not dtype.hasobject:
        raise ValueError(f"{what} holds {dtype}, not objects")
    return list(shape), file.read()


def _header(file: IO[bytes], what: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, whether columns come first, and type."""
    damaged = f"{what} is not an array of NumPy, or its header is damaged: save it again with NumPy"
    try:
        version = npy.read_magic(file)
    except _UNREADABLE:
        raise ValueError(damaged) from None
    if version not in _HEADERS:
        raise ValueError(
            f"{what} has version {version[0]}.{version[1]} of NumPy's format, and 1.0 to 3.0 are "
            f"read: save it again with numpy.save"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # headers of Python 2 are read as well
            shape, fortran, dtype = _HEADERS[version](file)
    except _UNREADABLE:
        raise ValueError(damaged) from None
    if not all(0 <= length < 2**48 for length in shape):
        raise ValueError(f"{what} claims the impossible shape {shape}")
    return shape, fortran, dtype
