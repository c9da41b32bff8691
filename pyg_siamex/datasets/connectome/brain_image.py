"""Brain images that nibabel reads: whatever fails in one is an error that names its file."""

import gzip
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pyg_siamex._memory import check_memory
from pyg_siamex._there import check_there

_T = TypeVar("_T")

_PACKED, _PIECE = (".gz", ".mgz"), 1 << 24

WRITE_AGAIN = "copy or write it again"

_UNPACKED = {".nii": 1, ".img": 1, ".mgh": 1, ".gz": 1100, ".mgz": 1100}
"""Most bytes that a byte of a file can stand for; of other endings nothing is known."""


def open_image(path: Path, way_out: str = WRITE_AGAIN) -> Any:
    """The image of nibabel; its values are not read yet.

    Args:
        path: The file.
        way_out: What to do if it cannot be read.

    Raises:
        FileNotFoundError: If it does not exist.
        ValueError: If it is no image or damaged, claims more than it can hold or than fits into
            memory, or its values are not real numbers.
    """
    import nibabel

    check_there(path)
    if path.suffix.lower() in _PACKED:
        parsed(path, lambda: _unpack(path), way_out)
    image = parsed(path, lambda: nibabel.load(path), way_out)
    check_image(image, str(path), way_out)
    return image


def check_image(image: Any, what: str, way_out: str = WRITE_AGAIN) -> None:
    """Refuse an image by what its header claims, before its values are read.

    Args:
        image: An image of nibabel.
        what: The image, for messages.
        way_out: What to do if it claims too much.

    Raises:
        ValueError: If it claims more than its file can hold or than fits into memory, or its values
            are not real numbers.
    """
    shape, dtype = [int(size) for size in image.shape], np.dtype(image.get_data_dtype())
    if dtype.kind not in "biuf":
        raise ValueError(f"{what} has values of {dtype}: it must hold real numbers")
    count = math.prod(shape)
    holder = image.file_map["image"].filename if image.file_map else None
    held = None if holder is None else _most_bytes(Path(holder))
    if min(shape, default=0) < 0 or (held is not None and count * dtype.itemsize > held):
        raise ValueError(
            f"{what} is damaged: it claims to hold {shape} values of {dtype}, more than its file "
            f"can hold: {way_out}"
        )
    place = getattr(image, "affine", None)
    if place is not None and not np.isfinite(place).all():
        raise ValueError(f"{what} does not say where its voxels are: {way_out}")
    check_memory(8 * count, f"reading {what}")


def values_of(image: Any, path: Path, way_out: str = WRITE_AGAIN) -> np.ndarray:
    """The values of an image as they are meant, scaled.

    Args:
        image: What :func:`open_image` opened.
        path: Its file.
        way_out: What to do if it cannot be read.

    Raises:
        ValueError: If the file is damaged.
    """
    return parsed(path, lambda: np.asanyarray(image.dataobj), way_out)


def parsed(path: Path, read: Callable[[], _T], way_out: str = WRITE_AGAIN) -> _T:
    """What a parser returns; it may fail with errors of any kind where bytes have changed.

    Args:
        path: The file that is read.
        read: Reads it.
        way_out: What to do if it cannot be read.

    Raises:
        ValueError: If the parser fails; the error itself is the cause.

    Example:
        >>> parsed(Path("a.pconn.nii"), lambda: 3)
        3
    """
    try:
        return read()
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from None
        raise ValueError(f"{path} is damaged, or no brain image: {way_out}") from error


def _unpack(path: Path) -> None:
    """Read a compressed file to its end, where its checksum is; nibabel may stop before."""
    with gzip.open(path) as content:
        while content.read(_PIECE):
            pass


def _most_bytes(path: Path) -> int | None:
    """How many bytes a file can hold, unpacked; ``None`` if that is not known."""
    factor = _UNPACKED.get(path.suffix.lower())
    return os.path.getsize(path) * factor if factor and path.is_file() else None
