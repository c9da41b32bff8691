"""The Lightning module: one embedding per graph and step, one loss over all pairs."""

import copy
from typing import Any

import lightning.pytorch as pl
import torch
from scipy.stats import spearmanr
from torch import Tensor
from torch_geometric.data import Batch

from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.training.batches import GraphBatch
from pyg_siamex.nn.training.loss import PairLoss
from pyg_siamex.nn.training.quality import auc, spread

MONITOR = "validation_quality"
# The epoch to keep has the best quality; of equally good epochs it is the last. With few held-out
# graphs the quality is soon perfect, before the model has learned much.
SELECTION, _LATER = "selection", 1e-6


class PairTraining(pl.LightningModule):
    """Train a Siamese model on batches of graphs and watch its quality on unseen graphs.

    Args:
        model: The model, trained in place.
        loss: Loss over all pairs of a batch.
        validation: Pairs of unseen graphs.
        lr: Learning rate of Adam.
        weight_decay: Decoupled weight decay (AdamW).
    """

    def __init__(
        self,
        model: SiameseGNN,
        loss: PairLoss,
        validation: PairDataset,
        lr: float,
        weight_decay: float,
    ) -> None:
        super().__init__()
        self.model, self.loss = model, loss
        self.lr, self.weight_decay = lr, weight_decay
        self.validation = validation
        self.binary = is_binary(validation)
        self.history: list[dict[str, float]] = []
        self._losses: list[Tensor] = []
        self._embeddings: list[Tensor] = []

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

    def on_validation_epoch_start(self) -> None:
        """Clear the embeddings."""
        self._embeddings = []

    def validation_step(self, batch: Batch, _: int) -> None:
        """Embed one batch of validation graphs."""
        self._embeddings.append(self.model.embed(batch))

    def on_validation_epoch_end(self) -> None:
        """Log the pair AUC (binary targets) or Spearman's correlation (scores), and the spread."""
        h = torch.cat(self._embeddings)
        query, reference = self.validation.index.to(h.device).unbind(1)
        similarity = self.model.similarity(h[query], h[reference]).float().cpu()
        target = self.validation.target
        quality = auc(similarity, target) if self.binary else _correlation(similarity, target)
        self.log(MONITOR, quality, prog_bar=True)
        self.log(SELECTION, quality + _LATER * self.current_epoch)
        if self.trainer.sanity_checking:
            return
        record = {"epoch": self.current_epoch, MONITOR: quality, "spread": spread(h.cpu())}
        if self._losses:
            record["loss"] = float(torch.stack(self._losses).mean())
            self.log("loss", record["loss"], prog_bar=True)
        self._losses = []
        self.history.append(record)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Save the history with the weights."""
        checkpoint["history"] = copy.deepcopy(self.history)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Load the history."""
        self.history = checkpoint.get("history", [])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """AdamW over all parameters."""
        return torch.optim.AdamW(self.parameters(), lr=self.lr, weight_decay=self.weight_decay)


def is_binary(pairs: PairDataset) -> bool:
    """Whether all known targets are 0 or 1."""
    known = pairs.target[~pairs.target.isnan()]
    return bool(((known == 0) | (known == 1)).all())


def _correlation(similarity: Tensor, target: Tensor) -> float:
    known = ~target.isnan()
    one, other = similarity[known], target[known]
    if len(one) < 2 or bool((one == one[0]).all()) or bool((other == other[0]).all()):
        return 0.0  # no order at all
    value = spearmanr(one.numpy(), other.numpy()).statistic
    return float(value) if value == value else 0.0
