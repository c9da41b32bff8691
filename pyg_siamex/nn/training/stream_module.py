"""A data module of graphs that come in a stream, such as shards that memory cannot hold."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset
from torch_geometric.data import Data

from pyg_siamex._numbers import real, shown, whole
from pyg_siamex.data.checked_graph import check_list, check_types
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.relation import Relation, SameLabel, WithinDifference
from pyg_siamex.data.target import read_classes, read_values
from pyg_siamex.nn.training.batches import GraphBatch, batch_of
from pyg_siamex.nn.training.data_module import PairDataModule

_Item = TypeVar("_Item")


class StreamDataModule(PairDataModule):
    """Training graphs of :class:`PairTraining` from shards, a buffer of which is held at once.

    Shards come in another order in each epoch, and a buffer mixes their graphs. Every pair in a
    batch is used: of the same class or not, by ``data.y``, or with values that differ by at most
    ``max_difference``. Under several processes each reads all shards and takes its part of each
    batch, so that none waits for another. A last, incomplete batch is left out.

    Args:
        shards: Iterables of graphs with ``y``, each read once per epoch: lists, data sets of PyG,
            or objects whose ``__iter__`` reads a file.
        validation: Pairs of graphs that are in no shard.
        batch_size: Graphs in a batch of one process, at least 2.
        buffer: Graphs that are held to be mixed, at least ``batch_size``.
        max_difference: Largest difference of an alike pair's values. Default: ``y`` is a class.
        seed: Seed of the order.

    Raises:
        TypeError: If ``validation`` is no :class:`~pyg_siamex.data.PairDataset`, or ``shards`` no
            list of iterables of graphs; of a graph, when it is read.
        ValueError: If there are no shards, a number is out of range, or ``validation`` has no pair
            with a known target; when they are read, if graphs cannot be joined.

    Example:
        >>> from pyg_siamex.nn.training import StreamDataModule
        >>> learn, validation = PairDataset(graphs).split((0.6, 0.4))
        >>> shards = [list(learn.graphs)[:6], list(learn.graphs)[6:]]
        >>> data = StreamDataModule(shards, validation, batch_size=4, buffer=8)
        >>> [batch.graphs.num_graphs for batch in data.train_dataloader()]
        [4, 4, 4]
    """

    def __init__(
        self,
        shards: Sequence[Iterable[Data]],
        validation: PairDataset,
        batch_size: int = 128,
        buffer: int = 4096,
        max_difference: float | None = None,
        seed: int = 0,
    ) -> None:
        whole("batch_size", batch_size, 2)
        super().__init__(validation, validation, batch_size, seed)
        if not hasattr(shards, "__len__") or not hasattr(shards, "__getitem__"):
            raise TypeError(f"`shards` must be a list of iterables of graphs (got {shown(shards)})")
        if not len(shards):
            raise ValueError("there are no shards to learn from")
        buffer = whole("buffer", buffer, batch_size)
        if max_difference is not None:
            real("`max_difference`", max_difference, "[0, inf)")
        self.shards = shards
        self.buffer = buffer
        self.max_difference = max_difference

    def train_dataloader(self) -> DataLoader[GraphBatch]:
        """Batches of graphs with the targets of all their pairs."""
        return DataLoader(_Stream(self), batch_size=None)


class _Stream(IterableDataset[GraphBatch]):
    """The batches of one process; another order each time."""

    def __init__(self, data: StreamDataModule) -> None:
        self.data, self.epoch = data, 0

    def __iter__(self) -> Iterator[GraphBatch]:
        data, (replicas, rank) = self.data, self.data.processes
        rng = np.random.default_rng((data.seed, self.epoch))
        self.epoch += 1
        order = rng.permutation(len(data.shards))
        graphs = (
            (graph, f"graph {place} of shards[{k}]")
            for k in order
            for place, graph in enumerate(_each(data.shards[k], int(k)))
        )
        mixed = _mixed(graphs, data.buffer, rng)
        size, none = data.batch_size * replicas, True
        while len(some := list(islice(mixed, size))) == size:
            own, names = zip(*some[rank::replicas], strict=True)
            yield _batch(list(own), names, data.max_difference)
            none = False
        if none:
            raise ValueError(
                f"`shards` have {len(some)} graphs, and a step takes {size}, `batch_size` of each "
                f"process: nothing would be learned. Give more graphs, or a smaller `batch_size`"
            )


def _each(shard: Iterable[Data], place: int) -> Iterator[Data]:
    """The graphs of a shard.

    Raises:
        TypeError: If it is something else.
    """
    check_list(shard, f"shards[{place}]")
    if hasattr(shard, "__next__"):
        raise TypeError(
            f"shards[{place}] is an iterator, which is read once and empty in the next epoch: give "
            f"a list, or an object whose __iter__ begins anew"
        )
    for k, graph in enumerate(shard):
        if not isinstance(graph, Data):
            check_types(graph, f"graph {k} of shards[{place}]")
        yield graph


def _mixed(items: Iterator[_Item], size: int, rng: np.random.Generator) -> Iterator[_Item]:
    """Items of a buffer in random order, each replaced by the next that comes."""
    held = list(islice(items, size))
    for item in items:
        k = int(rng.integers(len(held)))
        yield held[k]
        held[k] = item
    yield from (held[k] for k in rng.permutation(len(held)))


def _batch(graphs: list[Data], names: Sequence[str], max_difference: float | None) -> GraphBatch:
    relation: Relation
    if max_difference is None:
        relation = SameLabel(read_classes(graphs, None, names.__getitem__))
    else:
        relation = WithinDifference(read_values(graphs, None, names.__getitem__), max_difference)
    every = torch.arange(len(graphs))
    return GraphBatch(batch_of(graphs, names.__getitem__), relation.targets(every, every))
