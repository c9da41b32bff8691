"""Positions that an index means, by PyG's rules for data sets."""

from collections.abc import Collection, Sequence
from math import isfinite
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._numbers import shown

Index = slice | Sequence[int] | Sequence[bool] | Tensor | np.ndarray
"""Chooses several entries: a slice, positions, or a mask with an entry for each."""


_WHOLE = ("int", "uint")
"""How types of whole numbers begin."""


def is_one(index: Any) -> bool:
    """Whether an index is a single position, and not a choice of several."""
    if isinstance(index, Tensor | np.ndarray):
        return index.ndim == 0 and str(index.dtype).removeprefix("torch.").startswith(_WHOLE)
    return isinstance(index, int | np.integer) and not isinstance(index, bool)


def positions(index: Index, size: int) -> list[int]:
    """Positions, all at least 0, that an index chooses among ``size`` entries.

    Args:
        index: A slice (with shares of the whole where its ends are floats), positions, or a mask.
        size: Number of entries.

    Raises:
        IndexError: If a position does not exist, a share is beyond the whole, a mask has another
            length, the index has rows and columns, or it is of another type.

    Example:
        >>> positions([True, False, True], 3), positions(slice(0.5, None), 4)
        ([0, 2], [2, 3])
    """
    if isinstance(index, slice):
        first, last = (_place(end, size) for end in (index.start, index.stop))
        return list(range(size))[first : last : index.step]
    single = getattr(index, "ndim", 1) == 0
    if single or isinstance(index, str) or not isinstance(index, Sequence | Tensor | np.ndarray):
        raise IndexError(
            f"an index is a position, a slice, a list of positions, or a mask "
            f"(got {type(index).__name__})"
        )
    return _chosen(_numbers(index), size)


def place_of(index: Any, size: int) -> int:
    """The place, at least 0, that a single position has among ``size`` entries.

    Args:
        index: A position, from the end if it is negative.
        size: Number of entries.

    Raises:
        IndexError: If it is not a whole number, or there is no such entry.

    Example:
        >>> place_of(-1, 3)
        2
    """
    if not is_one(index):
        raise IndexError(f"a position is a whole number (got {shown(index)})")
    if not -size <= int(index) < size:
        raise IndexError(f"no position {shown(int(index))} among {size}")
    return int(index) % size


def place_set(places: Collection[int]) -> set[int]:
    """Places as plain numbers, which are equal where they mean the same: those of tensors are not.

    Args:
        places: Whole numbers, also as a tensor or an array.

    Example:
        >>> place_set(torch.tensor([2, 0, 2])), place_set([torch.tensor(1)])
        ({0, 2}, {1})
    """
    return {int(place) for place in places}


def as_rows(pairs: Any) -> Tensor:
    """A tensor of rows that are given as lists, arrays, series or one tensor.

    Args:
        pairs: The rows.

    Raises:
        TypeError: If an entry is no number.
        ValueError: If rows have different lengths.
        RuntimeError: If an entry is of another type than torch's.

    Example:
        >>> as_rows([(0, 1), np.array([1, 2])])
        tensor([[0, 1],
                [1, 2]])
    """
    if isinstance(pairs, list | tuple):
        pairs = [one.tolist() if hasattr(one, "tolist") else one for one in pairs]
    return torch.as_tensor(pairs)


def _place(end: Any, size: int) -> int | None:
    if not isinstance(end, float):
        place: int | None = end
        return place
    if not isfinite(end) or abs(end) > 1:
        raise IndexError(
            f"ends of a slice are positions, or as floats shares of the whole, at most 1 (got "
            f"{end}): use int({end}) for a position"
        )
    return round(end * size)


def _numbers(index: Any) -> Tensor:
    try:
        found = torch.as_tensor(index if len(index) else [], device="cpu")
    except (TypeError, ValueError, RuntimeError) as error:
        raise IndexError(f"an index of several holds positions, or a mask: {error}") from None
    if sum(width != 1 for width in found.shape) > 1:
        raise IndexError(
            f"an index of several is one row of positions, or a mask (got {list(found.shape)})"
        )
    return found.flatten()


def _chosen(found: Tensor, size: int) -> list[int]:
    if found.dtype == torch.bool:
        if len(found) != size:
            raise IndexError(f"the mask has {len(found)} entries for {size}")
        return found.nonzero().flatten().tolist()
    if not len(found):
        return []
    if found.is_floating_point() or found.is_complex():
        raise IndexError(f"positions must be integers (got {found.dtype})")
    found = found.long()  # narrow types compare with what is left of a size in their own type
    outside = found[(found < -size) | (found >= size)]
    if len(outside):
        raise IndexError(f"no position {int(outside[0])} among {size}")
    return (found % size).tolist()
