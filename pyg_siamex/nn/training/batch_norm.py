"""Recompute BatchNorm statistics before the model is validated or saved."""

import lightning.pytorch as pl
from torch.nn.modules.batchnorm import _BatchNorm

from pyg_siamex.nn.training.module import PairTraining


class RecomputeBatchNorm(pl.Callback):
    """Replace running statistics by plain averages over the training batches.

    The exponential average lags behind the weights, which can make the model much worse in
    evaluation mode than in training mode. Runs before each validation, so checkpoints hold the
    statistics that were used to measure their quality. Does nothing for models without BatchNorm.
    """

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Average over one pass of the training batches, of all processes."""
        assert isinstance(pl_module, PairTraining)
        layers = [m for m in pl_module.model.modules() if isinstance(m, _BatchNorm)]
        layers = [layer for layer in layers if layer.track_running_stats]
        if trainer.sanity_checking or not layers:
            return
        momenta = [layer.momentum for layer in layers]
        for layer in layers:
            layer.reset_running_stats()
            layer.momentum = None  # cumulative average
            layer.train()
        batches = trainer.train_dataloader
        assert batches is not None
        for batch in batches:
            pl_module.model.embed(batch.graphs.to(pl_module.device))
        for layer, momentum in zip(layers, momenta, strict=True):
            for average in (layer.running_mean, layer.running_var):
                if trainer.world_size > 1 and average is not None:
                    average.copy_(trainer.strategy.reduce(average, reduce_op="mean"))
            layer.momentum = momentum
            layer.eval()
