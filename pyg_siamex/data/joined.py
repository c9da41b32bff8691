"""An attribute of many graphs as one tensor, joined as PyG's ``Batch`` joins it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.data.ragged import starts


@dataclass(frozen=True)
class Joined:
    """The rows of G graphs in sequence, with index values shifted from graph to graph.

    Attributes:
        value: The tensor of the union, including the shifts.
        sizes: Rows of each graph along ``dim``, ``[G]``.
        increments: How far each graph shifts the values of the graphs after it (PyG's
            ``__inc__``), ``[G]`` or ``[G, ...]``; ``None`` for values that are not shifted.
        dim: Dimension of the rows (PyG's ``__cat_dim__``).
    """

    value: Tensor
    sizes: Tensor
    increments: Tensor | None = None
    dim: int = 0

    @property
    def plain(self) -> bool:
        """Whether rows lie along the first dimension and values are not shifted."""
        return self.dim == 0 and self.increments is None

    def repeat(self, times: int) -> "Joined":
        """Stack ``times`` copies, copy after copy."""
        if self.plain:
            value = self.value.repeat(times, *[1] * (self.value.dim() - 1))
            return Joined(value, self.sizes.repeat(times))
        return join([self] * times)

    def select_rows(self, rows: Tensor, sizes: Tensor) -> "Joined":
        """Keep or reorder rows; ``sizes`` holds the number of rows of each graph afterwards."""
        if self.dim == 0:
            return Joined(self.value[rows], sizes)
        return Joined(
            self.value.movedim(self.dim, 0)[rows].movedim(0, self.dim), sizes, None, self.dim
        )

    def select_graphs(self, graphs: Sequence[int]) -> "Joined":
        """Keep at least one graph, in the given order."""
        parts = self.split()
        return join([parts[graph] for graph in graphs])

    def split(self) -> "list[Joined]":
        """One part for each graph, with values shifted back."""
        values = self.value.split(self.sizes.tolist(), dim=self.dim)
        sizes = self.sizes.split(1)
        if self.increments is None:
            return [Joined(v, s, None, self.dim) for v, s in zip(values, sizes, strict=True)]
        offsets = starts(self.increments)
        rows = zip(values, offsets, sizes, self.increments.split(1), strict=True)
        return [Joined(v - o.to(v), s, i, self.dim) for v, o, s, i in rows]


def join(parts: Sequence[Joined]) -> Joined:
    """Join at least one union, in order.

    Raises:
        ValueError: If they are joined along different dimensions, or differ in type.
    """
    first = parts[0]
    for part in parts[1:]:
        if (part.dim, part.value.dtype) != (first.dim, first.value.dtype):
            raise ValueError(
                f"{first.value.dtype} joined along dimension {first.dim} against "
                f"{part.value.dtype} along {part.dim}"
            )
    values, increments = [part.value for part in parts], _increments(parts)
    if increments is not None:
        totals = torch.stack([shift.sum(0) for shift in increments])
        offsets = starts(totals)
        values = [value + offset.to(value) for value, offset in zip(values, offsets, strict=True)]
    return Joined(
        torch.cat(values, dim=first.dim),
        torch.cat([part.sizes for part in parts]),
        None if increments is None else torch.cat(increments),
        first.dim,
    )


def _increments(parts: Sequence[Joined]) -> list[Tensor] | None:
    """Increments of all parts, or ``None`` if no part shifts its values."""
    like = next((part.increments for part in parts if part.increments is not None), None)
    if like is None:
        return None
    return [
        like.new_zeros(len(part.sizes), *like.shape[1:])
        if part.increments is None
        else part.increments
        for part in parts
    ]
