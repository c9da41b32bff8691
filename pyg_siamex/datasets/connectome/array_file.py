"""Read one subject's array from a text, NumPy, MATLAB, CIFTI or AFNI file."""

from collections.abc import Callable
from pathlib import Path

from pyg_siamex._there import check_there
from pyg_siamex._visible import composed
from pyg_siamex.datasets.connectome.cifti_file import read_cifti
from pyg_siamex.datasets.connectome.labelled_text import read_text
from pyg_siamex.datasets.connectome.matlab_file import read_matlab
from pyg_siamex.datasets.connectome.netcc import read_netcc
from pyg_siamex.datasets.connectome.region_array import RegionArray
from pyg_siamex.datasets.connectome.summary_row import check_summary_rows
from pyg_siamex.datasets.numpy_file import read_npy

_Reader = Callable[[Path, str | None], RegionArray]

_TEXT = (".csv", ".tsv", ".txt", ".1d")

_READERS: dict[str, _Reader] = {
    **dict.fromkeys(_TEXT, lambda path, key: read_text(path)),
    ".npy": lambda path, key: RegionArray(read_npy(path)),
    ".mat": read_matlab,
    ".netcc": read_netcc,
    ".pconn.nii": lambda path, key: read_cifti(path),
    ".ptseries.nii": lambda path, key: read_cifti(path),
}

SUFFIXES = tuple(_READERS)
NAMED = (".mat", ".netcc")
"""Endings of files whose arrays have names."""


def suffix_of(path: Path) -> str:
    """The ending that says how a file is read, in small letters; empty if none does.

    Example:
        >>> suffix_of(Path("sub-01_rest.pconn.nii")), suffix_of(Path("notes.docx"))
        ('.pconn.nii', '')
    """
    name = path.name.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")


def stem_of(path: Path) -> str:
    """The name without that ending, with composed letters.

    Example:
        >>> stem_of(Path("sub-01_rest.pconn.nii"))
        'sub-01_rest'
    """
    return composed(path.name[: len(path.name) - len(suffix_of(path))])


def read_array(path: Path, key: str | None = None) -> RegionArray:
    """Read a connectivity matrix ``[R, R]``, a time series ``[T, R]``, or a vector ``[1, n]``.

    Names of regions are read where the file has them. No code in the file is run: pickled objects
    are refused.

    Args:
        path: ``.csv``, ``.tsv``, ``.txt`` or ``.1D`` (see
            :func:`~pyg_siamex.datasets.connectome.labelled_text.read_text`), ``.npy``, ``.mat``
            (MATLAB before 7.3), ``.netcc`` (AFNI), ``.pconn.nii`` or ``.ptseries.nii`` (CIFTI).
        key: Variable of a ``.mat`` file, or matrix of a ``.netcc`` file. Default: the only one
            that can be meant.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file has another format, does not hold an array of numbers, or has a
            series with a row below it that sums it up.
    """
    check_there(path)
    suffix = suffix_of(path)
    if not suffix:
        raise ValueError(f"{path} is none of {', '.join(SUFFIXES)}")
    try:
        found = _READERS[suffix](path, key)
    except (ValueError, OSError, EOFError) as error:
        words = str(error)
        said = words if words.startswith(str(path)) else f"{path} cannot be read: {words}"
        raise ValueError(said) from None
    array = found.values
    if array.ndim == 1:
        found = RegionArray(array[None])
    if array.ndim not in (1, 2) or not array.size or array.dtype.kind not in "biuf":
        raise ValueError(
            f"{path} is not a matrix of numbers: its shape is {list(array.shape)} of {array.dtype}"
        )
    if array.ndim == 2 and array.shape[0] != array.shape[1] and min(array.shape) > 1:
        try:
            check_summary_rows(array)
        except ValueError as error:
            raise ValueError(f"{path} cannot be read: {error}") from None
    return found
