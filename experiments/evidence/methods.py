"""What is compared: local explainers, and self-learned masks with other choices."""

from collections.abc import Sequence

from torch_geometric.data import Data

from pyg_siamex import (
    BiLRP,
    IntegratedGradients,
    MaskOptimization,
    NeighbourhoodOcclusion,
    Occlusion,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import Invariance, PairAlgorithm
from pyg_siamex.explain.engine.discrepancy import squared

LOCAL = {
    "occlusion": Occlusion(),
    "neighbourhood occlusion": NeighbourhoodOcclusion(),
    "integrated gradients": IntegratedGradients(16),
    "BiLRP": BiLRP(),
}

COMPARED = (
    "SelfLearned GDA (default)",
    "SelfLearned KL",
    "occlusion",
    "occlusion, magnitude",
    "neighbourhood occlusion, magnitude",
    "integrated gradients, magnitude",
    "BiLRP, magnitude",
    "MaskOptimization",
)
"""Methods for other kinds of pairs and masks."""


def methods(model: SiameseGNN, pool: Sequence[Data]) -> dict[str, tuple[PairAlgorithm, bool]]:
    """Algorithms by name, and whether masks are read by magnitude."""
    invariance = Invariance.learn(model, pool)
    found = {name: (one, False) for name, one in LOCAL.items()}
    found |= {f"{name}, magnitude": (one, True) for name, one in LOCAL.items()}
    found["MaskOptimization"] = (MaskOptimization(), True)
    choices = {
        "SelfLearned GDA (default)": SelfLearned("gda", invariance),
        "SelfLearned KL": SelfLearned("kl", invariance),
        "GDA, the pair alone": SelfLearned("gda", Invariance(invariance.references[:0])),
        "GDA, no own weight": SelfLearned("gda", Invariance.learn(model, pool, own=0.0)),
        "GDA, occlusion alone": SelfLearned(
            "gda", Invariance.learn(model, pool, algorithms=Occlusion())
        ),
        "GDA, integrated gradients": SelfLearned(
            "gda", Invariance.learn(model, pool, algorithms=IntegratedGradients(16))
        ),
        "GDA, squared discrepancy": SelfLearned("gda", invariance, discrepancy=squared),
        "GDA, prior 0": SelfLearned("gda", invariance, prior=0.0),
    }
    return found | {name: (one, True) for name, one in choices.items()}
