"""Train a Siamese model on pairs with Lightning."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import Logger
from pytorch_metric_learning.losses import BaseMetricLossFunction
from pytorch_metric_learning.miners import BaseMiner

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._numbers import shown, whole
from pyg_siamex._temporary import naming_full_disk, temporary_folder
from pyg_siamex._versions import where_taken
from pyg_siamex._writable import check_new_folder
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.torch_file import read_torch
from pyg_siamex.nn.device import check_filled
from pyg_siamex.nn.embedding import check_inputs
from pyg_siamex.nn.finite import NotFiniteError
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.training.batch_norm import RecomputeBatchNorm
from pyg_siamex.nn.training.data_module import PairDataModule
from pyg_siamex.nn.training.finished import finish
from pyg_siamex.nn.training.lightning_run import (
    check_monitors,
    check_trainer_arguments,
    interrupts,
    quiet,
    trainer_of,
)
from pyg_siamex.nn.training.loss import PairLoss, loss_resolver
from pyg_siamex.nn.training.module import (
    LOSS,
    MONITOR,
    SELECTION,
    OptimizerOf,
    PairTraining,
    SchedulerOf,
)
from pyg_siamex.nn.training.quality import check_pairs, embed_all, spread, warn_if_collapsed
from pyg_siamex.nn.training.resuming import AGAIN, Restoring, check_checkpoint
from pyg_siamex.nn.training.set_aside import set_aside, warn_of_known


@dataclass(frozen=True)
class FitResult:
    """The result of training.

    Attributes:
        quality: Best validation pair AUC, in [0, 1]; for scores, Spearman's correlation.
        best_epoch: Last epoch with this quality; the model has its weights.
        spread: Mean cosine between embeddings of distinct validation graphs, in [-1, 1].
        collapsed: Whether the spread shows that the model collapsed (0.99 or more).
        history: One record per epoch: epoch, loss, validation quality, spread.
        checkpoint: Last Lightning checkpoint, to resume from; ``None`` without a directory.
    """

    quality: float
    best_epoch: int
    spread: float
    collapsed: bool
    history: list[dict[str, float]] = field(repr=False)
    checkpoint: Path | None

    def __repr__(self) -> str:
        """Quality, its epoch and whether the model collapsed, in one line."""
        kept = "" if self.checkpoint is None else f", checkpoint={str(self.checkpoint)!r}"
        return (
            f"FitResult(quality={self.quality:.3f}, best_epoch={self.best_epoch}, "
            f"spread={self.spread:.3f}, collapsed={self.collapsed}{kept})"
        )


@checked
def fit(
    model: SiameseGNN,
    pairs: PairDataset,
    *,
    validation: PairDataset | None = None,
    epochs: int = 50,
    batch_size: int | None = None,
    lr: float = 1e-3,
    weight_decay: float = 1e-4,
    loss: str | PairLoss | BaseMetricLossFunction = "bce",
    miner: BaseMiner | None = None,
    optimizer: OptimizerOf = torch.optim.AdamW,
    scheduler: SchedulerOf | None = None,
    patience: int = 20,
    seed: int = 0,
    directory: str | Path | None = None,
    resume: str | Path | None = None,
    accelerator: str = "auto",
    devices: int | str | list[int] = 1,
    callbacks: Sequence[pl.Callback] = (),
    logger: Logger | Iterable[Logger] | bool = False,
    progress: bool = True,
    **trainer: Any,
) -> FitResult:
    """Train ``model`` in place and leave it in evaluation mode with its best weights.

    Each batch of graphs is embedded once and every known pair inside it is used. BatchNorm
    statistics are recomputed before each validation, and the similarity is calibrated at the end,
    so that ``model.probability`` is meaningful under every loss. The embeddings of 20 training
    graphs stay with the model, in memory and in its file: :class:`SelfLearned` masks learn from
    them, without labels, what explanations share.

    With ``devices=2, strategy="ddp"`` two processes train together; each has batches of
    ``batch_size`` graphs of its own, so that an epoch has the same pairs and half the steps, and
    all end with the same weights.

    It runs :class:`PairTraining` on a :class:`PairDataModule`, which also run in a
    ``lightning.pytorch.Trainer`` of your own.

    Args:
        model: The model.
        pairs: Training pairs.
        validation: Pairs of graphs that are not in ``pairs``; a warning counts those that are, as
            the model sees them. Default: a tenth of the graphs is set aside, or more where that has
            no pairs of both kinds; graphs that the model cannot tell apart stay together.
        epochs: Maximum number of epochs.
        batch_size: Graphs in a batch. Default: an eighth of the graphs, at least 16 and at most
            128, for eight steps per epoch on small data sets.
        lr: Learning rate.
        weight_decay: Weight decay.
        loss: ``"bce"``, ``"regression"`` (targets are scores), ``"contrastive"``, ``"triplet"``,
            ``"multi_similarity"``, ``"nt_xent"``, or an instance.
        miner: Tuple miner of `pytorch-metric-learning`, for its losses.
        optimizer: Class of the optimiser, or a function that is called as
            ``optimizer(parameters, lr=lr, weight_decay=weight_decay)``.
        scheduler: Makes a learning rate scheduler of the optimiser; it steps once per epoch.
        patience: Stop after this many epochs without a better validation quality.
        seed: The same seed gives the same model on the same machine; the global random state is
            not changed.
        directory: Directory for checkpoints. Default: a temporary directory.
        resume: Checkpoint of an interrupted call to resume from.
        accelerator: Lightning's accelerator: ``"auto"``, ``"cpu"``, ``"gpu"``.
        devices: Its number of devices, or which; on the CPU processes, at most one per core.
        callbacks: Lightning callbacks, beside early stopping and checkpoints.
        logger: Lightning loggers; ``True`` for its default.
        progress: Show a progress bar.
        **trainer: Further arguments of ``lightning.pytorch.Trainer``, such as ``precision`` or
            ``gradient_clip_val``.

    Raises:
        ValueError: If weights have no values, no weight learns, there is nothing to learn from
            (no known target, fewer than two graphs), the loss does not fit the targets or the head,
            the loss or an embedding becomes NaN or infinite, ``resume`` is not a checkpoint of this
            function, there is no such accelerator or device, Lightning refuses another argument, a
            callback or the scheduler watches what nothing logs, ``min_epochs`` is above ``epochs``,
            or the training ends within the first epoch.
        TypeError: If a pair data set is something else, or an argument is unknown.
        FileNotFoundError: If the file ``resume`` does not exist.
        OSError: If no checkpoints can be written into ``directory``.
    """
    check_trainer_arguments(trainer)
    check_monitors(callbacks, (MONITOR, SELECTION, LOSS))
    check_filled(model)
    if not any(weight.requires_grad for weight in model.parameters()):
        raise ValueError("no weight of `model` learns: set requires_grad of some to True")
    training = PairTraining(
        model,
        loss_resolver(loss, model.similarity, miner),
        lr=lr,
        weight_decay=weight_decay,
        optimizer=optimizer,
        scheduler=scheduler,
    )
    if directory is not None and "://" not in str(directory):
        check_new_folder("directory", directory)
    whole("patience", patience)
    whole("epochs", epochs, 1)
    if either(trainer.get("min_epochs"), 0) > epochs:
        raise ValueError(
            f"`min_epochs` must be at most epochs={epochs} (got {trainer['min_epochs']}): give "
            f"more epochs"
        )
    if not isinstance(logger, bool | Logger):
        logger = _loggers(logger)
    pairs, validation = _parts(model, pairs, validation, seed)
    data = PairDataModule(pairs, validation, batch_size, seed)
    if resume is not None:
        check_checkpoint(resume, training)
    with (
        _mode_after_errors(model),
        torch.random.fork_rng(),
        quiet(),
        _checkpoints(directory) as folder,
    ):
        torch.manual_seed(seed)
        keep, restoring = _best(folder), Restoring()
        stop = EarlyStopping(MONITOR, mode="max", patience=patience, strict=False)
        settings: dict[str, Any] = {
            "max_epochs": epochs,
            "accelerator": accelerator,
            "devices": devices,
            "callbacks": [RecomputeBatchNorm(), stop, keep, *callbacks, restoring],
            "logger": logger,
            "num_sanity_val_steps": 0,
            "enable_progress_bar": progress,
            "enable_model_summary": False,
            "log_every_n_steps": 1,
        }
        run = trainer_of(settings | trainer)
        with interrupts(), restoring.naming(resume), _naming_rate(training):
            safely = where_taken(run.fit, weights_only=True)
            run.fit(training, datamodule=data, ckpt_path=resume, **safely)
        best = _load_best(training, keep)
        run.strategy.barrier()  # all have read it before its folder is gone
    finish(model, pairs, validation, seed)
    value = spread(embed_all(model, validation.graphs))
    return FitResult(
        quality=next(r[MONITOR] for r in training.history if r["epoch"] == best["epoch"]),
        best_epoch=int(best["epoch"]),
        spread=value,
        collapsed=warn_if_collapsed(value),
        history=training.history,
        checkpoint=None if directory is None else Path(keep.last_model_path),
    )


@contextmanager
def _mode_after_errors(model: SiameseGNN) -> Iterator[None]:
    """Put modules back into training or evaluation mode if an error leaves the block."""
    before = {part: part.training for part in model.modules()}
    try:
        yield
    except BaseException:
        for part, mode in before.items():
            part.training = mode
        raise


@contextmanager
def _naming_rate(training: PairTraining) -> Iterator[None]:
    """Name the epoch and the learning rate after which embeddings are not finite."""
    try:
        yield
    except NotFiniteError as error:
        raise ValueError(
            f"in epoch {training.current_epoch} of the training {error}, or lower lr (now "
            f"{training.lr})"
        ) from error


def _loggers(given: Iterable[Logger]) -> list[Logger]:
    """Several loggers, all of Lightning."""
    found = list(given)
    odd = next((one for one in found if not isinstance(one, Logger)), None)
    if odd is not None:
        raise TypeError(f"`logger` must hold loggers of Lightning (got {shown(odd)} in it)")
    return found


def _parts(
    model: SiameseGNN, pairs: PairDataset, validation: PairDataset | None, seed: int
) -> tuple[PairDataset, PairDataset]:
    """Checked training and validation pairs."""
    for name, given in (("pairs", pairs), ("validation", validation)):
        check_pairs(given, name, optional=name == "validation")
        if given is not None:
            check_inputs(model, given.graphs, name)
    reads = ("x", *model.extra_inputs)
    if validation is None:
        return set_aside(pairs, seed, reads)
    if validation is not pairs:
        warn_of_known(pairs, validation, reads)
    return pairs, validation


@contextmanager
def _checkpoints(directory: str | Path | None) -> Iterator[str | Path]:
    """The folder of checkpoints, named where its disk is full; by default a temporary one."""
    if directory is None:
        with temporary_folder() as folder:
            yield folder
        return
    with naming_full_disk(str(directory), "is full: choose another `directory`, or make room"):
        yield directory


def _best(directory: str | Path) -> ModelCheckpoint:
    return ModelCheckpoint(directory, "best", SELECTION, mode="max", save_last=True)


def _load_best(training: PairTraining, keep: ModelCheckpoint) -> dict[str, Any]:
    """The best checkpoint, with its weights loaded."""
    if not keep.best_model_path:
        raise ValueError("the training ended before its first validation: let an epoch finish")
    best: dict[str, Any] = read_torch(keep.best_model_path, "checkpoint", AGAIN)
    training.load_state_dict(best["state_dict"])
    return best
