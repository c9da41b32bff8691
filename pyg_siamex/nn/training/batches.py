"""Batches for training: graphs embedded once, with the target of every pair among them."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch_geometric.data import Batch

from pyg_siamex.data.pair_dataset import PairDataset


class GraphBatch(NamedTuple):
    """Some graphs and what is known of all their pairs.

    Attributes:
        graphs: ``Batch`` of b graphs.
        target: ``[b, b]`` symmetric, ``nan`` where unknown.
    """

    graphs: Batch
    target: Tensor


def training_batches(pairs: PairDataset, batch_size: int, seed: int) -> DataLoader:
    """A loader of :class:`GraphBatch` with a random stream of its own.

    Where the relation says the target of any two graphs, a batch is ``batch_size`` random graphs.
    A list of pairs is sampled by pairs, so that each batch holds pairs that are known.

    Args:
        pairs: The pairs to learn from.
        batch_size: Graphs in a batch (listed pairs: twice the pairs in a batch), at least 2.
        seed: Seed of the order.
    """
    rows = pairs.relation.units(len(pairs.graphs))
    size = max(1, batch_size // len(rows[0]))

    def collate(chosen: Sequence[list[int]]) -> GraphBatch:
        index = torch.tensor(sorted({k for row in chosen for k in row}))
        graphs = Batch.from_data_list([pairs.graphs[int(k)] for k in index])
        return GraphBatch(graphs, pairs.relation.matrix(index, index))

    # A last batch of one graph has no pair, and no variance for BatchNorm.
    return DataLoader(
        rows,  # type: ignore[arg-type]
        batch_size=size,
        shuffle=True,
        drop_last=len(rows) > size,
        collate_fn=collate,
        generator=torch.Generator().manual_seed(seed),
    )
