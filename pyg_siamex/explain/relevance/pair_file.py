"""All pair matrices of N graphs in one file."""

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._there import check_there
from pyg_siamex.data.file import whole_file
from pyg_siamex.data.plain_json import from_json
from pyg_siamex.data.positions import is_one
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.explain.relevance.pairs import all_pairs
from pyg_siamex.nn.similarity import Similarity

_FORMAT = "pyg_siamex pair matrices 2"
_OLD_FORMAT = "pyg_siamex pair matrices 1"
_TYPES = ("float32", "float16", "float64")
_HEADER = 1 << 28
"""Most bytes of a header, which has a number for each graph."""


@checked
def write_pairs(
    factors: Factors, similarity: Similarity, path: str | Path, dtype: str = "float32"
) -> None:
    """Stream all pair matrices of N graphs to one file; :class:`PairFile` reads it.

    Args:
        factors: N graphs.
        similarity: The head.
        path: File to write, whole or not at all.
        dtype: ``"float32"``, ``"float16"`` or ``"float64"``.

    Raises:
        ValueError: If the head has no product form, the type is another one, or ``path`` is a file
            of another kind.
        OSError: If the file cannot be written, or the disk is full.
    """
    if dtype not in _TYPES:
        raise ValueError(f"dtype must be one of {', '.join(_TYPES)} (got '{dtype}')")
    sizes = factors.sizes.numpy()
    header = {"format": _FORMAT, "sizes": sizes.tolist(), "dtype": dtype}
    text = json.dumps({**header, "digest": _digest(header)}).encode() + b"\n"
    offsets = _offsets(sizes)
    count, pairs = int(offsets[-1]), len(offsets) - 1
    sums = np.zeros(pairs, np.uint32)
    with whole_file(path, "pair matrices") as temporary:
        end = len(text) + count * np.dtype(dtype).itemsize
        with open(temporary, "wb") as file:
            file.write(text)
            file.flush()
            _reserve(file, end)
        values = (
            np.memmap(temporary, dtype, "r+", len(text), (count,)) if count else np.zeros(0, dtype)
        )
        for block in all_pairs(factors, similarity):
            for query, reference, matrix in block.matrices():
                i, j = min(query, reference), max(query, reference)
                ordered = matrix if i == query else matrix.T
                place = _position(i, j, len(sizes))
                stored = ordered.reshape(-1).cpu().numpy().astype(dtype)
                values[offsets[place] : offsets[place + 1]] = stored
                sums[place] = zlib.crc32(stored.data)
        if isinstance(values, np.memmap):
            values.flush()
        with open(temporary, "ab") as file:
            file.write(sums.tobytes())


@checked
class PairFile:
    """Pair matrices on disk, read one at a time, each checked by a sum of its bytes.

    Args:
        path: What :func:`write_pairs` wrote. Files of version 1 have no sums.

    Raises:
        FileNotFoundError: If ``path`` does not exist.
        ValueError: If the file holds something else, or not as much as it says.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = check_there(path, "file of pair matrices")
        try:
            with open(path, "rb") as file:
                text = file.readline(_HEADER)
            header = from_json(text.decode("utf-8", "replace"), dict)
            self.sizes: np.ndarray
            self.sizes, dtype = _described(header, Path(path).stat().st_size)
            self._offsets = _offsets(self.sizes)
            self._values, self._sums = self._mapped(header, dtype, len(text))
        except KeyError as error:
            raise ValueError(f"{self._is_not} (it lacks {error})") from error
        except ValueError as error:
            raise ValueError(f"{self._is_not} ({error})") from error

    @property
    def _is_not(self) -> str:
        return f"{self._path} holds no pair matrices of this library: write them again"

    def _mapped(
        self, header: dict[str, object], dtype: str, start: int
    ) -> tuple[np.ndarray, np.ndarray | None]:
        count, pairs = int(self._offsets[-1]), len(self._offsets) - 1
        end, sealed = start + count * np.dtype(dtype).itemsize, header["format"] == _FORMAT
        size = Path(self._path).stat().st_size
        if size != end + 4 * pairs * sealed:
            raise ValueError(f"it has {size} bytes in place of {end + 4 * pairs * sealed}")
        values = np.memmap(self._path, dtype, "r", start, (count,)) if count else np.zeros(0, dtype)
        if not sealed or not pairs:
            return values, None
        return values, np.memmap(self._path, np.uint32, "r", end, (pairs,))

    def __getitem__(self, pair: tuple[int, int]) -> Tensor:
        """Matrix of two different graphs, ``[n_q, n_r]``.

        Raises:
            TypeError: If it is no pair of positions.
            KeyError: If there is no such pair.
            ValueError: If the matrix has changed since it was written.
        """
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(map(is_one, pair)):
            raise TypeError(
                f"a pair is the positions of two graphs, such as pairs[0, 1] (got {pair!r:.60})"
            )
        query, reference = map(int, pair)
        if query == reference or not all(0 <= k < len(self.sizes) for k in (query, reference)):
            raise KeyError(f"no pair {query, reference} of {len(self.sizes)} graphs")
        i, j = sorted((query, reference))
        place = _position(i, j, len(self.sizes))
        found = self._values[self._offsets[place] : self._offsets[place + 1]].copy()
        if self._sums is not None and zlib.crc32(found.data) != int(self._sums[place]):
            raise ValueError(
                f"the matrix of pair {i, j} in {self._path} has changed since it was written: "
                f"write them again"
            )
        matrix = torch.from_numpy(found).view(int(self.sizes[i]), int(self.sizes[j]))
        return matrix if query == i else matrix.T

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """All pairs (i, j) with i < j."""
        count = len(self.sizes)
        return ((i, j) for i in range(count) for j in range(i + 1, count))


def _reserve(file: IO[bytes], size: int) -> None:
    """Make a file as long as it will be; a full disk is told here, not when memory is mapped."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        file.truncate(size)


def _described(header: dict[str, object], size: int) -> tuple[np.ndarray, str]:
    """Sizes and type of a header, checked."""
    known = {name: one for name, one in header.items() if name != "digest"}
    if header["format"] not in (_FORMAT, _OLD_FORMAT):
        raise ValueError(f"format {str(header['format'])[:60]!r}")
    if header["format"] == _FORMAT and header["digest"] != _digest(known):
        raise ValueError("its header has changed since it was written")
    sizes, dtype = header["sizes"], header["dtype"]
    if not isinstance(sizes, list) or not all(type(n) is int and 0 < n < 2**31 for n in sizes):
        raise ValueError("its sizes are no numbers of nodes")
    if dtype not in _TYPES:
        raise ValueError(f"its type is {str(dtype)[:20]!r}")
    if (sum(sizes) ** 2 - sum(n * n for n in sizes)) // 2 * np.dtype(str(dtype)).itemsize > size:
        raise ValueError(f"its sizes need more than the {size} bytes that it has")
    return np.asarray(sizes, dtype=np.int64), str(dtype)


def _digest(header: dict[str, object]) -> int:
    return zlib.crc32(json.dumps(header, sort_keys=True).encode())


def _offsets(sizes: np.ndarray) -> np.ndarray:
    """First number of each pair (i, j), i < j, in lexicographic order, and the end."""
    rows, columns = np.triu_indices(len(sizes), 1)
    return np.concatenate([[0], np.cumsum(sizes[rows] * sizes[columns])])


def _position(i: int, j: int, count: int) -> int:
    return i * count - i * (i + 1) // 2 + j - i - 1
