"""What is compared."""

from collections.abc import Callable

from stability.trial import Trial
from torch_geometric.explain import GNNExplainer, PGExplainer

from pyg_siamex import (
    BiLRP,
    InputXGradient,
    IntegratedJacobians,
    MaskOptimization,
    NeighbourhoodOcclusion,
    Occlusion,
    PairDataset,
    PairExplainer,
    Saliency,
)
from pyg_siamex.explain import (
    FromPyG,
    GradCAM,
    IntegratedGradients,
    Invariance,
    PairAlgorithm,
    SelfLearned,
    ShapleySampling,
    SharedInvariance,
)
from pyg_siamex.metric import GroupMap

# Within 0.025 of the best AUROC of the search in experiments/settings, on each of its sets.
TUNED = {"edge_size": 0.05, "edge_reduction": "mean", "edge_ent": 0.01, "node_feat_ent": 0.01}
Explainers = dict[str, PairExplainer | Callable[[int], PairExplainer]]


def invariance(trial: Trial) -> Invariance:
    """Learned from the training graphs, without their labels."""
    if trial.shared:
        return SharedInvariance.learn(trial.model, trial.pool, **trial.masks)
    return Invariance.learn(trial.model, trial.pool)


def batched(trial: Trial, learned: Invariance) -> Explainers:
    """Methods that explain all pairs at once."""
    edges = "edge_mask_type" in trial.masks
    algorithms: dict[str, PairAlgorithm] = {
        "SelfLearned GDA": SelfLearned("gda", learned),
        "SelfLearned KL": SelfLearned("kl", learned),
        "MaskOptimization": MaskOptimization(),
        "occlusion": Occlusion(),
        "integrated gradients": IntegratedGradients(),
        "input x gradient": InputXGradient(),
        "saliency": Saliency(),
        "integrated Jacobians": IntegratedJacobians(path="edges" if edges else "features"),
    }
    if not edges:
        algorithms["Grad-CAM"] = GradCAM()
    if trial.masks.get("node_mask_type") == "object":
        algorithms["neighbourhood occlusion"] = NeighbourhoodOcclusion()
    if trial.effects:
        algorithms["SelfLearned GDA, signed"] = SelfLearned("gda", learned, signed=True)
    if trial.shared:  # the labels of the training graphs, and no model
        algorithms["group t"] = GroupMap.of_t_values(trial.pool)
        algorithms["ridge weights"] = GroupMap.of_ridge_weights(trial.pool)
    algorithms["BiLRP"] = BiLRP()
    return {name: _explainer(trial, algorithm) for name, algorithm in algorithms.items()}


def sampled(trial: Trial, learned: Invariance, epochs: int) -> Explainers:
    """Methods that take pairs one by one, and two of the others to stand beside them."""
    methods: Explainers = {
        "SelfLearned GDA": _explainer(trial, SelfLearned("gda", learned)),
        "integrated gradients": _explainer(trial, IntegratedGradients()),
        "GNNExplainer, default": lambda seed: _stock(trial, seed, epochs, lr=0.01),
        "GNNExplainer, tuned": lambda seed: _stock(trial, seed, epochs, lr=0.05, **TUNED),
    }
    if trial.pairs.queries[0].num_edges < 200:
        methods["Shapley sampling"] = lambda seed: _explainer(trial, ShapleySampling(5, seed))
    if "edge_mask_type" in trial.masks:
        parametric = FromPyG(PGExplainer(epochs=5, lr=0.003))
        parametric.fit(trial.model, PairDataset.unlabelled(list(trial.pool)[:30]))
        methods["PGExplainer"] = _explainer(trial, parametric)
    return methods


def _stock(trial: Trial, seed: int, epochs: int, **settings: float) -> PairExplainer:
    return _explainer(trial, FromPyG(GNNExplainer(epochs=epochs, **settings), seed=seed))


def _explainer(trial: Trial, algorithm: PairAlgorithm) -> PairExplainer:
    return PairExplainer(trial.model, algorithm, side="query", **trial.masks)
