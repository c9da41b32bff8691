"""All pair matrices of N graphs in one file."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.data.file import whole_file
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.explain.relevance.pairs import all_pairs
from pyg_siamex.nn.similarity import Similarity

_FORMAT = "pyg_siamex pair matrices 1"


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
        ValueError: If the head has no product form.
    """
    sizes = factors.sizes.numpy()
    header = {"format": _FORMAT, "sizes": sizes.tolist(), "dtype": dtype}
    text = json.dumps(header).encode() + b"\n"
    offsets = _offsets(sizes)
    with whole_file(path) as temporary:
        with open(temporary, "wb") as file:
            file.write(text)
            file.truncate(len(text) + int(offsets[-1]) * np.dtype(dtype).itemsize)
        count = int(offsets[-1])
        values = (
            np.memmap(temporary, dtype, "r+", len(text), (count,)) if count else np.zeros(0, dtype)
        )
        for block in all_pairs(factors, similarity):
            for query, reference, matrix in block.matrices():
                i, j = min(query, reference), max(query, reference)
                ordered = matrix if i == query else matrix.T
                start = offsets[_position(i, j, len(sizes))]
                values[start : start + ordered.numel()] = ordered.reshape(-1).cpu().numpy()
        if isinstance(values, np.memmap):
            values.flush()


class PairFile:
    """Pair matrices on disk, read one at a time.

    Args:
        path: What :func:`write_pairs` wrote.

    Raises:
        FileNotFoundError: If ``path`` does not exist.
        ValueError: If the file holds something else.
    """

    def __init__(self, path: str | Path) -> None:
        if not Path(path).is_file():
            raise FileNotFoundError(f"no pair matrices at {path}")
        try:
            with open(path, "rb") as file:
                text = file.readline()
            header = json.loads(text)
            if header["format"] != _FORMAT:
                raise ValueError(f"format {header['format']!r}")
            self.sizes = np.asarray(header["sizes"], dtype=np.int64)
            self._offsets = _offsets(self.sizes)
            shape = (int(self._offsets[-1]),)
            self._values = np.memmap(path, header["dtype"], "r", len(text), shape)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} holds no pair matrices of this library ({error})") from error

    def __getitem__(self, pair: tuple[int, int]) -> Tensor:
        """Matrix of two different graphs, ``[n_q, n_r]``."""
        query, reference = pair
        if query == reference or not all(0 <= k < len(self.sizes) for k in pair):
            raise KeyError(f"no pair {pair} of {len(self.sizes)} graphs")
        i, j = min(pair), max(pair)
        start = self._offsets[_position(i, j, len(self.sizes))]
        shape = int(self.sizes[i]), int(self.sizes[j])
        matrix = torch.from_numpy(self._values[start : start + shape[0] * shape[1]].copy())
        matrix = matrix.view(shape)
        return matrix if query == i else matrix.T

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """All pairs (i, j) with i < j."""
        count = len(self.sizes)
        return ((i, j) for i in range(count) for j in range(i + 1, count))


def _offsets(sizes: np.ndarray) -> np.ndarray:
    """First number of each pair (i, j), i < j, in lexicographic order, and the end."""
    rows, columns = np.triu_indices(len(sizes), 1)
    return np.concatenate([[0], np.cumsum(sizes[rows] * sizes[columns])])


def _position(i: int, j: int, count: int) -> int:
    return i * count - i * (i + 1) // 2 + j - i - 1
