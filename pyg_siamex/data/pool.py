"""Draws of graphs from an unlabelled pool."""

from collections.abc import Iterable, Sequence
from typing import SupportsIndex, overload

import torch
from torch.utils.data import Dataset, IterableDataset
from torch_geometric.data import Data

from pyg_siamex._numbers import SEEDS, whole
from pyg_siamex.data.checked_graph import check_list

Pool = Sequence[Data] | Dataset[Data]
"""Graphs whose labels are not read."""


class DrawnGraphs(list[Data]):
    """Graphs of a pool, which messages call by their numbers there.

    Args:
        graphs: The graphs.
        positions: Position of each in the pool.

    Example:
        >>> DrawnGraphs(graphs[2:4], [2, 3])[1:].called(0)
        'graph 3 of the pool'
    """

    def __init__(self, graphs: Iterable[Data], positions: Sequence[int]) -> None:
        super().__init__(graphs)
        self.positions = positions

    def called(self, position: int) -> str:
        """A graph in messages.

        Args:
            position: Its position among those that were drawn.
        """
        return f"graph {self.positions[position]} of the pool"

    @overload
    def __getitem__(self, chosen: SupportsIndex) -> Data: ...

    @overload
    def __getitem__(self, chosen: slice) -> "DrawnGraphs": ...

    def __getitem__(self, chosen: SupportsIndex | slice) -> "Data | DrawnGraphs":
        """A graph, or some of them with their numbers."""
        if isinstance(chosen, slice):
            return DrawnGraphs(super().__getitem__(chosen), self.positions[chosen])
        return super().__getitem__(chosen)


def draw_graphs(pool: Pool, count: int, seed: int, name: str = "references") -> DrawnGraphs:
    """Draw ``count`` different graphs of the pool, or all if it has fewer.

    Args:
        pool: The graphs.
        count: How many.
        seed: Seed of the draw.
        name: The argument that ``count`` is, for messages.

    Raises:
        TypeError: If the pool is no list of graphs, or has no length.
        ValueError: If the pool is empty or ``count`` is below 1.
    """
    check_list(pool, "the pool")
    if not hasattr(pool, "__len__") or isinstance(pool, IterableDataset):
        raise TypeError(
            f"the pool must have a length and be read by position (got {type(pool).__name__}): "
            f"give list(pool), or some of it"
        )
    size = len(pool)
    if size == 0:
        raise ValueError("the pool is empty: give graphs to compare with")
    whole(f"`{name}`, the number of graphs to draw from the pool,", count)
    whole("seed", seed, -SEEDS)
    order = torch.randperm(size, generator=torch.Generator().manual_seed(seed))
    chosen = order[:count].tolist()
    return DrawnGraphs((pool[k] for k in chosen), chosen)
