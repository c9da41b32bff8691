"""Draws of graphs from an unlabelled pool."""

from collections.abc import Sequence

import torch
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex._numbers import SEEDS, whole

Pool = Sequence[Data] | Dataset[Data]
"""Graphs whose labels are not read."""


def draw_graphs(pool: Pool, count: int, seed: int) -> list[Data]:
    """Draw ``count`` different graphs of the pool, or all if it has fewer.

    Raises:
        ValueError: If the pool is empty or ``count`` is below 1.
    """
    size = len(pool)  # type: ignore[arg-type]
    if size == 0:
        raise ValueError("the pool is empty: give graphs to compare with")
    whole("the number of graphs to draw from the pool", count)
    whole("seed", seed, -SEEDS)
    order = torch.randperm(size, generator=torch.Generator().manual_seed(seed))
    return [pool[int(k)] for k in order[:count]]
