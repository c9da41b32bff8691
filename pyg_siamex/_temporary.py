"""Temporary files, named where the disk that they are on is full."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from pyg_siamex._writable import is_full


@contextmanager
def temporary_folder() -> Iterator[str]:
    """A new folder of the system for temporary files, removed with all that is in it.

    Raises:
        OSError: If it cannot be made, or its disk is full. The message names it and ``TMPDIR``.
    """
    try:
        made = tempfile.TemporaryDirectory()
    except OSError as error:
        raise OSError(error.errno, f"no temporary folder can be made ({error}): {_WAY}") from error
    with made as folder, naming_full_disk(folder, f"of temporary files is full: {_WAY}"):
        yield folder


@contextmanager
def naming_full_disk(folder: str, told: str = "is full: choose another folder") -> Iterator[None]:
    """Name the folder where an error says that its disk is full and names no other file.

    Args:
        folder: Where the block writes.
        told: The end of the message, after the folder.

    Raises:
        OSError: If the disk is full.
    """
    try:
        yield
    except OSError as error:
        if is_full(error) and _is_of(error, folder):
            raise OSError(error.errno, f"the disk of the folder {folder} {told}") from error
        raise


_WAY = "make room, or let the variable TMPDIR of the environment name another folder"


def _is_of(error: OSError, folder: str) -> bool:
    """Whether an error is of a file in the folder, or of one that nothing names."""
    if os.path.abspath(folder) in str(error):
        return True
    plain = error.errno is not None and error.strerror == os.strerror(error.errno)
    return plain and error.filename is None
