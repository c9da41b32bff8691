"""The Lightning data module: batches of graphs to learn from, and graphs to watch."""

from typing import Any

import lightning.pytorch as pl
from torch.utils.data import DataLoader, DistributedSampler

from pyg_siamex._numbers import whole
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.stored_graphs import read_graphs
from pyg_siamex.nn.training.batches import batch_of, training_batches
from pyg_siamex.nn.training.quality import check_pairs

_HELD_OUT_BATCH = 256


class PairDataModule(pl.LightningDataModule):
    """Training and validation graphs of :class:`PairTraining`.

    Subclass it for loaders of your own: the validation loader must give all graphs of
    ``validation``, in their order.

    Args:
        pairs: Training pairs.
        validation: Pairs of graphs that are not in ``pairs``, for example both from
            ``PairDataset.split``.
        batch_size: Graphs in a training batch, at least 2. Default: an eighth of the graphs, at
            least 16 and at most 128, for eight steps per epoch on small data sets.
        seed: Seed of the order of the training graphs.

    Raises:
        TypeError: If an argument is no :class:`~pyg_siamex.data.PairDataset`.
        ValueError: If a part has no pair with a known target, or a number is out of range.
    """

    def __init__(
        self,
        pairs: PairDataset,
        validation: PairDataset,
        batch_size: int | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        for name, part in (("pairs", pairs), ("validation", validation)):
            check_pairs(part, name)
        if batch_size is None:
            batch_size = min(max(len(pairs.graphs) // 8, 16), 128)
        batch_size, seed = whole("batch_size", batch_size, 2), whole("seed", seed, 0)
        for name, part in (("pairs", pairs), ("validation", validation)):
            _check_known(part, name)
        self.pairs = pairs
        self.validation = validation
        self.batch_size = batch_size
        self.seed = seed

    @property
    def processes(self) -> tuple[int, int]:
        """Number of processes that train together, and which of them this is."""
        return (self.trainer.world_size, self.trainer.global_rank) if self.trainer else (1, 0)

    def train_dataloader(self) -> DataLoader[Any]:
        """Batches of graphs with the targets of all their pairs, in a random order.

        Under several processes each has other batches.
        """
        return training_batches(self.pairs, self.batch_size, self.seed, *self.processes)

    def val_dataloader(self) -> DataLoader[int]:
        """All validation graphs in their order, in each process."""
        graphs = self.validation.graphs
        everything = range(len(graphs))
        return DataLoader(
            everything,  # type: ignore[arg-type]
            batch_size=_HELD_OUT_BATCH,
            # Lightning would divide any other sampler among the processes.
            sampler=DistributedSampler(everything, 1, 0, shuffle=False),  # type: ignore[arg-type]
            collate_fn=lambda some: batch_of(read_graphs(graphs, some)),
        )


def is_binary(pairs: PairDataset) -> bool:
    """Whether all known targets are 0 or 1."""
    known = pairs.target[~pairs.target.isnan()]
    return bool(((known == 0) | (known == 1)).all())


def _check_known(part: PairDataset, name: str) -> None:
    if len(part.graphs) < 2 or part.target.isnan().all():
        raise ValueError(
            f"{name} has no pairs with a known target: training needs labels, values or "
            f"listed scores"
        )
