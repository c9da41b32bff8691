"""Training on pairs: losses, batches, the Lightning loop, and the quality of the model."""

from typing import TYPE_CHECKING

from pyg_siamex._lazy import lazy_names

if TYPE_CHECKING:
    from pyg_siamex.nn.training.bootstrap import AucInterval, auc_interval
    from pyg_siamex.nn.training.constrained_variance import ConstrainedVariance
    from pyg_siamex.nn.training.fitting import FitResult, fit
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
    "AucInterval",
    "BinaryCrossEntropy",
    "CollapseWarning",
    "ConstrainedVariance",
    "FitResult",
    "MetricLoss",
    "PairLoss",
    "Regression",
    "auc_interval",
    "embed_all",
    "fit",
    "loss_resolver",
    "pair_auc",
    "pair_similarities",
    "spread",
]

_MODULES = {
    "AucInterval": ".bootstrap",
    "BinaryCrossEntropy": ".loss",
    "CollapseWarning": ".quality",
    "ConstrainedVariance": ".constrained_variance",
    "FitResult": ".fitting",
    "MetricLoss": ".loss",
    "PairLoss": ".loss",
    "Regression": ".loss",
    "auc_interval": ".bootstrap",
    "embed_all": ".quality",
    "fit": ".fitting",
    "loss_resolver": ".loss",
    "pair_auc": ".quality",
    "pair_similarities": ".quality",
    "spread": ".quality",
}

__getattr__, __dir__ = lazy_names(__name__, _MODULES)
