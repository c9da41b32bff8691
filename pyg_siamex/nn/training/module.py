"""The Lightning module: one embedding per graph and step, one loss over all pairs."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import lightning.pytorch as pl
import torch
from pytorch_metric_learning.losses import BaseMetricLossFunction
from scipy.stats import spearmanr
from torch import Tensor, nn
from torch_geometric.data import Batch

from pyg_siamex._arrays import as_array
from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex._numbers import FROM_ZERO, POSITIVE, real
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.training.batches import GraphBatch
from pyg_siamex.nn.training.data_module import PairDataModule, is_binary
from pyg_siamex.nn.training.lightning_run import check_scheduler, may_log, with_monitor
from pyg_siamex.nn.training.loss import PairLoss, loss_resolver
from pyg_siamex.nn.training.quality import auc, spread
from pyg_siamex.nn.training.resuming import seal

MONITOR, LOSS = "validation_quality", "loss"
# The epoch to keep has the best quality; of equally good epochs it is the last. With few held-out
# graphs the quality is soon perfect, before the model has learned much.
SELECTION, _LATER = "selection", 1e-6

OptimizerOf = Callable[..., torch.optim.Optimizer]
"""Makes an optimiser of parameters, ``lr`` and ``weight_decay``, such as ``torch.optim.AdamW``."""

SchedulerOf = Callable[[torch.optim.Optimizer], Any]
"""Makes a learning rate scheduler, or Lightning's dict around one, of an optimiser."""


@checked
class PairTraining(pl.LightningModule):
    """Train a Siamese model on batches of graphs and watch its quality on unseen graphs.

    :func:`fit` runs it in a ``Trainer`` of its own. Use it with a :class:`PairDataModule` in any
    other ``Trainer``, or subclass it. After each validation it logs ``validation_quality``, the
    pair AUC (Spearman's correlation if targets are scores), ``loss``, the mean loss of the epoch,
    and ``selection``, the quality with ties in favour of later epochs, for ``ModelCheckpoint``.

    Args:
        model: The model, trained in place.
        loss: Loss over all pairs of a batch, by name or as an instance, see :func:`fit`.
        lr: Learning rate.
        weight_decay: Weight decay.
        optimizer: Called as ``optimizer(parameters, lr=lr, weight_decay=weight_decay)``.
        scheduler: Called with the optimiser; returns a scheduler, which steps once per epoch, or
            Lightning's dict around one. A ``ReduceLROnPlateau`` watches the quality in mode
            ``"max"`` and the loss in mode ``"min"``.

    Attributes:
        history: One record per epoch: epoch, loss, validation quality, spread.

    Raises:
        ValueError: If the loss does not fit the head or, at the start of the training, the targets;
            or if it becomes NaN or infinite.
        TypeError: If ``model`` is no such model, or it is trained without a
            :class:`PairDataModule`.

    Example:
        >>> import lightning.pytorch as pl
        >>> from pyg_siamex.nn.training import PairDataModule, RecomputeBatchNorm, finish
        >>> learn, validation = PairDataset(graphs).split((0.6, 0.4))
        >>> module = PairTraining(model, loss="contrastive", lr=1e-3)
        >>> trainer = pl.Trainer(
        ...     max_epochs=2,
        ...     callbacks=[RecomputeBatchNorm()],
        ...     logger=False,
        ...     enable_checkpointing=False,
        ...     enable_progress_bar=False,
        ...     enable_model_summary=False,
        ... )
        >>> trainer.fit(module, PairDataModule(learn, validation))
        >>> [record["epoch"] for record in module.history]
        [0, 1]
        >>> finish(model, learn, validation)
    """

    def __init__(
        self,
        model: SiameseGNN,
        loss: str | PairLoss | BaseMetricLossFunction = "bce",
        *,
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        optimizer: OptimizerOf = torch.optim.AdamW,
        scheduler: SchedulerOf | None = None,
    ) -> None:
        super().__init__()
        real("lr", lr, POSITIVE)
        real("weight_decay", weight_decay, FROM_ZERO)
        self.model = model
        self.loss: PairLoss = loss_resolver(loss, model.similarity)
        self.lr = lr
        self.weight_decay = weight_decay
        self.optimizer = optimizer
        self.scheduler = scheduler
        self.history: list[dict[str, float]] = []
        self._losses: list[Tensor] = []
        self._reached = False
        self._embeddings: list[Tensor] = []

    @property
    def validation(self) -> PairDataset:
        """Pairs of the validation graphs, of the data module."""
        return self._data().validation

    def setup(self, stage: str) -> None:
        """Refuse other data, and targets that the loss cannot learn from; leave evaluation mode."""
        pairs = self._data().pairs
        self.loss.check_targets(pairs.target[~pairs.target.isnan()])
        if not self.model.training:  # as fit() leaves it; Lightning keeps modes as they are
            self.model.train()

    def training_step(self, batch: GraphBatch, _: int) -> Tensor:
        """Loss of all pairs of one batch."""
        loss: Tensor = self.loss(self.model, self.model.embed(batch.graphs), batch.target)
        if not torch.isfinite(loss):
            raise ValueError(
                f"the loss became {loss.item()} in epoch {self.current_epoch}: "
                f"check the features for extreme values or lower lr (now {self.lr})"
            )
        self._losses.append(loss.detach())
        return loss

    def on_after_backward(self) -> None:
        """Refuse, after the first step, an encoder that no gradient reaches."""
        if not self._reached:
            _check_reached(self.model.encoder)
            self._reached = True

    def on_validation_epoch_start(self) -> None:
        """Clear the embeddings."""
        self._embeddings = []

    def validation_step(self, batch: Batch, _: int) -> None:
        """Embed one batch of validation graphs."""
        self._embeddings.append(self.model.embed(batch))

    def on_validation_epoch_end(self) -> None:
        """Log the quality and the loss."""
        h, pairs = torch.cat(self._embeddings), self.validation
        if self.trainer.sanity_checking and len(h) < len(pairs.graphs):
            return
        quality = self._quality(h, pairs)
        self.log(MONITOR, quality, prog_bar=True)
        self.log(SELECTION, quality + _LATER * self.current_epoch)
        if self.trainer.sanity_checking:
            return
        record = {"epoch": self.current_epoch, MONITOR: quality, "spread": spread(h.cpu())}
        if self._losses:
            mean = torch.stack(self._losses).mean()
            record[LOSS] = float(self.trainer.strategy.reduce(mean, reduce_op="mean"))
            self.log(LOSS, record[LOSS], prog_bar=True)
        self._losses = []
        self.history.append(record)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Save the history with the weights, and a digest of all that is saved."""
        checkpoint["history"] = copy.deepcopy(self.history)
        seal(checkpoint)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Load the history."""
        self.history = checkpoint.get("history", [])

    def configure_optimizers(self) -> Any:
        """The optimiser over all parameters, and the scheduler.

        Raises:
            TypeError: If one of the functions makes something else.
            ValueError: If one of them fails, the optimiser has no weight of the model that learns,
                or the scheduler steps another optimiser.
        """
        found = called(
            "optimizer",
            partial(self.optimizer, lr=self.lr, weight_decay=self.weight_decay),
            self.parameters(),
        )
        if not isinstance(found, torch.optim.Optimizer):
            raise TypeError(f"`optimizer` must make an optimiser (got {type(found).__name__})")
        _check_learns(found, self.model)
        if self.scheduler is None:
            return found
        scheduler = called("scheduler", self.scheduler, found)
        check_scheduler(scheduler, found)
        own = may_log([self, *getattr(self._trainer, "callbacks", [])])
        known = () if own else (MONITOR, SELECTION, LOSS)
        scheduler = with_monitor(scheduler, LOSS, MONITOR, known)
        return {"optimizer": found, "lr_scheduler": scheduler}

    def _data(self) -> PairDataModule:
        found = getattr(self.trainer, "datamodule", None)
        if not isinstance(found, PairDataModule):
            raise TypeError(
                "PairTraining learns from a PairDataModule: "
                "trainer.fit(module, PairDataModule(pairs, validation))"
            )
        return found

    def _quality(self, h: Tensor, pairs: PairDataset) -> float:
        """Pair AUC, or the correlation with scores."""
        if len(h) != len(pairs.graphs):
            raise ValueError(
                f"{len(h)} of {len(pairs.graphs)} validation graphs were embedded: the quality "
                f"needs all of them in their order, on each device (limit_val_batches=1.0)"
            )
        query, reference = pairs.index.to(h.device).unbind(1)
        similarity = self.model.similarity(h[query], h[reference]).float().cpu()
        known = auc if is_binary(pairs) else _correlation
        return known(similarity, pairs.target)


def _check_learns(optimizer: torch.optim.Optimizer, model: SiameseGNN) -> None:
    """Refuse an optimiser of none of the weights that learn; one of some of them is fine."""
    held = {id(weight) for group in optimizer.param_groups for weight in group["params"]}
    learn = [id(weight) for weight in model.parameters() if weight.requires_grad]
    if learn and held.isdisjoint(learn):
        raise ValueError(
            "`optimizer` makes an optimiser of none of the model's weights that learn: give it the "
            "parameters that it is called with, or some of them, as in lambda parameters, lr, "
            "weight_decay: SGD(parameters, lr)"
        )


def _check_reached(encoder: nn.Module) -> None:
    """Refuse an encoder none of whose weights that learn got a gradient."""
    learn = [weight for weight in encoder.parameters() if weight.requires_grad]
    if learn and all(weight.grad is None for weight in learn):
        raise ValueError(
            f"no gradient reaches the weights of {type(encoder).__name__}, which would not be "
            f"trained: its forward detaches what it returns, or runs under torch.no_grad(); a "
            f"frozen encoder says so, encoder.requires_grad_(False)"
        )


def _correlation(similarity: Tensor, target: Tensor) -> float:
    known = ~target.isnan()
    one, other = similarity[known], target[known]
    if len(one) < 2 or bool((one == one[0]).all()) or bool((other == other[0]).all()):
        return 0.0  # no order at all
    value = spearmanr(as_array(one), as_array(other)).statistic
    return float(value) if value == value else 0.0
