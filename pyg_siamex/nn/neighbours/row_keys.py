"""Rows of a matrix known by their content, to find them again in a matrix that has changed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

_PART = 65_536
"""Rows that are read at once."""


def row_keys(matrix: Tensor) -> Tensor:
    """A number of 64 bits for each row, equal for rows that are equal bit by bit, ``[N]``.

    The numbers are sums of the row's words times odd random numbers, modulo 2**64, so that two
    different rows of a billion agree with probability below 1e-10 each.

    Args:
        matrix: ``[N, D]``.
    """
    words = 2 * matrix.size(1)
    factors = np.random.default_rng(0).integers(0, 2**63, words, dtype=np.uint64) * np.uint64(2)
    factors += np.uint64(1)
    parts = [np.zeros(0, dtype=np.int64)]
    for part in matrix.detach().cpu().double().split(_PART):
        bits = np.ascontiguousarray(part.numpy()).view(np.uint32).astype(np.uint64)
        mixed = bits * factors
        mixed ^= mixed >> np.uint64(32)  # words that differ in high bits change low ones too
        parts.append((mixed * factors).sum(1, dtype=np.uint64).view(np.int64))
    return torch.from_numpy(np.concatenate(parts))


@dataclass(frozen=True)
class RowKeys:
    """The keys of entries in the order in which they were added.

    Equal entries are told apart by their order.

    Attributes:
        keys: ``[M]`` int.
    """

    keys: Tensor

    @classmethod
    def none(cls) -> "RowKeys":
        """No entry."""
        return cls(torch.zeros(0, dtype=torch.long))

    @classmethod
    def of(cls, keys: Tensor) -> "RowKeys":
        """Entries from a file.

        Args:
            keys: ``[M]`` int.

        Raises:
            ValueError: If they are no list of integers.
        """
        if keys.dim() != 1 or keys.dtype != torch.long:
            raise ValueError(f"its keys are {list(keys.shape)} of {keys.dtype}")
        return cls(keys)

    def missing(self, keys: Tensor) -> Tensor:
        """Positions of rows that are not among the entries.

        Args:
            keys: Keys of rows, ``[N]``.
        """
        return (self._entry_of(keys) < 0).nonzero().flatten()

    def places(self, keys: Tensor) -> Tensor:
        """Position among rows of each entry, -1 for entries that are gone, ``[M]``.

        Args:
            keys: Keys of rows, ``[N]``.
        """
        entry = self._entry_of(keys)
        places = torch.full_like(self.keys, -1)
        found = entry >= 0
        places[entry[found]] = torch.arange(len(keys))[found]
        return places

    def with_more(self, keys: Tensor, new: Tensor) -> "RowKeys":
        """These entries and some rows.

        Args:
            keys: Keys of rows, ``[N]``.
            new: Positions of the rows to add.
        """
        return RowKeys(torch.cat([self.keys, keys[new]]))

    def _entry_of(self, keys: Tensor) -> Tensor:
        """The entry of each row, -1 for none, ``[N]``; the k-th equal row has the k-th entry."""
        if torch.equal(keys, self.keys):
            return torch.arange(len(keys))
        return torch.from_numpy(_numbered(self.keys).get_indexer(_numbered(keys)))


def _numbered(keys: Tensor) -> pd.MultiIndex:
    """Keys, each with how many equal ones come before."""
    values = pd.Series(keys.numpy())
    return pd.MultiIndex.from_arrays([values, values.groupby(values).cumcount()])
