"""Training on pairs: losses, batches, the Lightning loop, and the quality of the model."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyg_siamex._lazy import lazy_names

if TYPE_CHECKING:
    from pyg_siamex.nn.training.batch_norm import RecomputeBatchNorm
    from pyg_siamex.nn.training.bootstrap import AucInterval, auc_interval
    from pyg_siamex.nn.training.constrained_variance import ConstrainedVariance
    from pyg_siamex.nn.training.data_module import PairDataModule
    from pyg_siamex.nn.training.estimator import SiameseEmbedder
    from pyg_siamex.nn.training.finished import finish
    from pyg_siamex.nn.training.fitting import FitResult, fit
    from pyg_siamex.nn.training.loss import (
        BinaryCrossEntropy,
        MetricLoss,
        PairLoss,
        Regression,
        loss_resolver,
    )
    from pyg_siamex.nn.training.module import PairTraining
    from pyg_siamex.nn.training.quality import (
        CollapseWarning,
        embed_all,
        pair_auc,
        pair_similarities,
        spread,
    )
    from pyg_siamex.nn.training.stream_module import StreamDataModule

__all__ = [
    "AucInterval",
    "BinaryCrossEntropy",
    "CollapseWarning",
    "ConstrainedVariance",
    "FitResult",
    "MetricLoss",
    "PairDataModule",
    "PairLoss",
    "PairTraining",
    "RecomputeBatchNorm",
    "Regression",
    "SiameseEmbedder",
    "StreamDataModule",
    "auc_interval",
    "embed_all",
    "finish",
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
    "PairDataModule": ".data_module",
    "PairLoss": ".loss",
    "PairTraining": ".module",
    "RecomputeBatchNorm": ".batch_norm",
    "Regression": ".loss",
    "SiameseEmbedder": ".estimator",
    "StreamDataModule": ".stream_module",
    "auc_interval": ".bootstrap",
    "embed_all": ".quality",
    "finish": ".finished",
    "fit": ".fitting",
    "loss_resolver": ".loss",
    "pair_auc": ".quality",
    "pair_similarities": ".quality",
    "spread": ".quality",
}

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
