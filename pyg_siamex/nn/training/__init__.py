"""Training on pairs: losses, batches, the Lightning loop, and the quality of the model."""

from pyg_siamex.nn.training.constrained_variance import ConstrainedVariance
from pyg_siamex.nn.training.fit import FitResult, fit
from pyg_siamex.nn.training.loss import (
    BinaryCrossEntropy,
    MetricLoss,
    PairLoss,
    Regression,
    loss_resolver,
)
from pyg_siamex.nn.training.quality import (
    CollapseWarning,
    embed_all,
    pair_auc,
    pair_similarities,
    spread,
)

__all__ = [
    "BinaryCrossEntropy",
    "CollapseWarning",
    "ConstrainedVariance",
    "FitResult",
    "MetricLoss",
    "PairLoss",
    "Regression",
    "embed_all",
    "fit",
    "loss_resolver",
    "pair_auc",
    "pair_similarities",
    "spread",
]
