"""Train a Siamese model on pairs with Lightning."""

import logging
import signal
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_metric_learning.losses import BaseMetricLossFunction
from pytorch_metric_learning.miners import BaseMiner
from torch.utils.data import DataLoader
from torch_geometric.data import Data

from pyg_siamex._numbers import real, whole
from pyg_siamex._versions import where_taken
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.torch_file import read_torch
from pyg_siamex.nn.embedding import check_inputs
from pyg_siamex.nn.references import References
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.training.batch_norm import RecomputeBatchNorm
from pyg_siamex.nn.training.batches import batch_of, training_batches
from pyg_siamex.nn.training.calibrate import calibrate
from pyg_siamex.nn.training.loss import MetricLoss, PairLoss, loss_resolver
from pyg_siamex.nn.training.module import MONITOR, SELECTION, PairTraining, is_binary
from pyg_siamex.nn.training.quality import check_pairs, embed_all, spread, warn_if_collapsed
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
    patience: int = 20,
    seed: int = 0,
    directory: str | Path | None = None,
    resume: str | Path | None = None,
    accelerator: str = "auto",
    progress: bool = True,
) -> FitResult:
    """Train ``model`` in place and leave it in evaluation mode with its best weights.

    Each batch of graphs is embedded once and every known pair inside it is used. BatchNorm
    statistics are recomputed before each validation, and the similarity is calibrated at the end,
    so that ``model.probability`` is meaningful under every loss. The embeddings of 20 training
    graphs stay with the model, in memory and in its file: :class:`SelfLearned` masks learn from
    them, without labels, what explanations share.

    Args:
        model: The model.
        pairs: Training pairs.
        validation: Pairs of graphs that are not in ``pairs``; a warning counts those that are, as
            the model sees them. Default: a tenth of the graphs is set aside, or more where that has
            no pairs of both kinds; graphs that the model cannot tell apart stay together.
        epochs: Maximum number of epochs.
        batch_size: Graphs in a batch. Default: an eighth of the graphs, at least 16 and at most
            128, for eight steps per epoch on small data sets.
        lr: Learning rate of AdamW.
        weight_decay: Its weight decay.
        loss: ``"bce"``, ``"regression"`` (targets are scores), ``"contrastive"``, ``"triplet"``,
            ``"multi_similarity"``, ``"nt_xent"``, or an instance.
        miner: Tuple miner of `pytorch-metric-learning`, for its losses.
        patience: Stop after this many epochs without a better validation quality.
        seed: The same seed gives the same model on the same machine; the global random state is
            not changed.
        directory: Directory for checkpoints. Default: a temporary directory.
        resume: Checkpoint of an interrupted call to resume from.
        accelerator: Lightning's accelerator: ``"auto"``, ``"cpu"``, ``"gpu"``.
        progress: Show a progress bar.

    Raises:
        ValueError: If there is nothing to learn from (no known target, fewer than two graphs), the
            loss does not fit the targets or the head, the loss becomes NaN, or ``resume`` is not a
            checkpoint of this function.
        FileNotFoundError: If the file ``resume`` does not exist.
    """
    _check_rates(lr, weight_decay, patience)
    for name, given in (("pairs", pairs), ("validation", validation)):
        check_pairs(given, name, optional=name == "validation")
        if given is not None:
            check_inputs(model, given.graphs, name)
    reads = ("x", *model.extra_inputs)
    if validation is None:
        pairs, validation = set_aside(pairs, seed, reads)
    elif validation is not pairs:
        warn_of_known(pairs, validation, reads)
    criterion = loss_resolver(loss, model.similarity, miner)
    if batch_size is None:
        batch_size = min(max(len(pairs.graphs) // 8, 16), 128)
    _check(pairs, validation, criterion, epochs, batch_size)
    if resume is not None:
        _check_checkpoint(resume)
    with torch.random.fork_rng(), _quiet(), tempfile.TemporaryDirectory() as temporary:
        torch.manual_seed(seed)
        training = PairTraining(model, criterion, validation, lr, weight_decay)
        keep = ModelCheckpoint(
            temporary if directory is None else directory,
            "best",
            SELECTION,
            mode="max",
            save_last=True,
        )
        trainer = pl.Trainer(
            max_epochs=epochs,
            accelerator=accelerator,
            devices=1,
            callbacks=[
                RecomputeBatchNorm(),
                EarlyStopping(MONITOR, mode="max", patience=patience),
                keep,
            ],
            logger=False,
            num_sanity_val_steps=0,
            enable_progress_bar=progress,
            enable_model_summary=False,
            log_every_n_steps=1,
        )
        train = training_batches(pairs, batch_size, seed)
        held_out: DataLoader[Data] = DataLoader(
            [validation.graphs[k] for k in range(len(validation.graphs))],  # type: ignore[arg-type]
            batch_size=256,
            collate_fn=batch_of,
        )
        with _interrupts():
            trainer.fit(
                training,
                train,
                held_out,
                ckpt_path=resume,
                **where_taken(trainer.fit, weights_only=True),
            )
        best = read_torch(keep.best_model_path, "checkpoint", _AGAIN)
        training.load_state_dict(best["state_dict"])
    model.cpu().eval()
    if is_binary(validation):
        calibrate(model, validation)
    model.references = References.draw(model, pairs.graphs, seed=seed)
    model.invariance = None  # of the weights before
    value = spread(embed_all(model, validation.graphs))
    return FitResult(
        quality=next(r[MONITOR] for r in training.history if r["epoch"] == best["epoch"]),
        best_epoch=int(best["epoch"]),
        spread=value,
        collapsed=warn_if_collapsed(value),
        history=training.history,
        checkpoint=None if directory is None else Path(keep.last_model_path),
    )


def _check(
    pairs: PairDataset, validation: PairDataset, loss: PairLoss, epochs: int, batch_size: int
) -> None:
    for name, value, least in (("epochs", epochs, 1), ("batch_size", batch_size, 2)):
        whole(name, value, least)
    for name, part in (("pairs", pairs), ("validation", validation)):
        if len(part.graphs) < 2 or part.target.isnan().all():
            raise ValueError(
                f"{name} has no pairs with a known target: training needs labels, values or "
                f"listed scores"
            )
    if isinstance(loss, MetricLoss) and not is_binary(pairs):
        raise ValueError("metric losses need targets 0 and 1: use loss='regression' for scores")


def _check_rates(lr: float, weight_decay: float, patience: int) -> None:
    real("lr", lr, "(0, inf)")
    real("weight_decay", weight_decay, "[0, inf)")
    whole("patience", patience)


def _check_checkpoint(path: str | Path) -> None:
    """Refuse a file to resume from that is no checkpoint; no code in it is run."""
    found = read_torch(path, "checkpoint to resume from", _AGAIN)
    if not isinstance(found, dict) or not isinstance(found.get("state_dict"), dict):
        raise ValueError(f"{path} is no checkpoint of fit: {_AGAIN}")


_AGAIN = "train from the start"


@contextmanager
def _interrupts() -> Iterator[None]:
    """Let Ctrl-C be ``KeyboardInterrupt``, which Lightning turns into an exit of the process."""
    main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT) if main else None
    try:
        yield
    except SystemExit as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    finally:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Lightning's advice on workers and hardware, and a progress bar's on widgets."""
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="lightning")
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        warnings.filterwarnings("ignore", message='install "ipywidgets".*')  # once per epoch
        logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            logger.setLevel(level)
