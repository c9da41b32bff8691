"""Read what ``torch.save`` wrote: tensors and plain values, whose bytes are checked first."""

from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import torch

from pyg_siamex._memory import check_memory
from pyg_siamex._there import check_there


def read_torch(path: str | Path, what: str, again: str) -> Any:
    """Read a file of tensors on the CPU; no code in it is run.

    torch itself does not compare the bytes with the checksums that it writes.

    Args:
        path: The file.
        what: What it holds, for messages.
        again: What to do if it cannot be used, for messages.

    Raises:
        FileNotFoundError: If it does not exist.
        ValueError: If it is no such file, bytes have changed, it holds more than tensors and plain
            values, or memory is too small.

    Example:
        >>> torch.save({"w": torch.ones(2)}, "w.pt")
        >>> read_torch("w.pt", "set of weights", "train again")
        {'w': tensor([1., 1.])}
    """
    check_there(path, what)
    check_memory(2 * Path(path).stat().st_size, f"reading {path}")
    if not _is_whole(path):
        raise ValueError(f"{path} is no {what}, or is damaged: {again}")
    try:
        return torch.load(path, weights_only=True, map_location="cpu")
    except MemoryError:
        raise
    except Exception:  # of any kind, whatever was pickled
        raise ValueError(
            f"{path} is no {what}, or holds more than tensors and plain values: {again}"
        ) from None


def _is_whole(path: str | Path) -> bool:
    """Whether every part of the archive is stored as it is, and has its checksum."""
    try:
        with ZipFile(path) as archive:
            stored = all(part.compress_type == ZIP_STORED for part in archive.infolist())
            return stored and archive.testzip() is None
    except Exception:  # of any kind, where bytes have changed
        return False
