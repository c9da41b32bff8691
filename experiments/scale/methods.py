"""Explainers at the same amount of work, of many pairs and one by one."""

from collections.abc import Callable, Sequence

from peers.methods import MODEL
from torch_geometric.data import Data
from torch_geometric.explain import CaptumExplainer, Explainer, ExplainerAlgorithm, GNNExplainer

from pyg_siamex import (
    BiLRP,
    IntegratedGradients,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    Saliency,
    SiameseGNN,
)

STEPS, POINTS = 5, 4
"""Gradient steps of masks, and points of integrated gradients."""

OURS = {
    "saliency": Saliency,
    "integrated gradients": lambda: IntegratedGradients(POINTS),
    "masks": lambda: MaskOptimization(epochs=STEPS),
    "BiLRP": BiLRP,
    "occlusion": Occlusion,
}
STOCK: dict[str, Callable[[], ExplainerAlgorithm]] = {
    "Captum's saliency": lambda: CaptumExplainer("Saliency"),
    "GNNExplainer": lambda: GNNExplainer(epochs=STEPS),
}

Explain = Callable[[Sequence[Data], Sequence[Data]], None]


def explain_by(subject: str, model: SiameseGNN) -> Explain:
    """Explain the edges of all pairs by a method and keep nothing."""
    if subject in STOCK:
        return lambda queries, references: _one_by_one(STOCK[subject], model, queries, references)
    explainer = PairExplainer(model, OURS[subject](), edge_mask_type="object")

    def explain(queries: Sequence[Data], references: Sequence[Data]) -> None:
        for _ in explainer.stream(zip(queries, references, strict=True)):
            pass

    return explain


def _one_by_one(
    make: Callable[[], ExplainerAlgorithm],
    model: SiameseGNN,
    queries: Sequence[Data],
    references: Sequence[Data],
) -> None:
    """PyG's Explainer on the query, then on the reference, of each pair."""
    for pair in zip(queries, references, strict=True):
        for graph, other in (pair, pair[::-1]):
            explainer = Explainer(
                model.against(other),
                algorithm=make(),
                explanation_type="model",
                edge_mask_type="object",
                model_config=MODEL,
            )
            explainer(graph.x, graph.edge_index)
