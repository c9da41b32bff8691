"""The explainers that commands offer, by the names that users give."""

from torch_geometric.data import Data

from pyg_siamex.explain import (
    BiLRP,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairAlgorithm,
    PairExplainer,
    PairExplanation,
    Saliency,
    SelfLearned,
)
from pyg_siamex.nn import SiameseGNN

METHODS: dict[str, type[PairAlgorithm]] = {
    "masks": MaskOptimization,
    "self-learned": SelfLearned,
    "occlusion": Occlusion,
    "integrated": IntegratedGradients,
    "gradient": InputXGradient,
    "saliency": Saliency,
    "bilrp": BiLRP,
    "jacobians": IntegratedJacobians,
}
PAIR_METHODS = ("bilrp", "jacobians")


def explained(
    model: SiameseGNN, method: str, algorithm: PairAlgorithm, query: Data, reference: Data
) -> PairExplanation:
    """The pair explained: an importance per edge, or a relevance per pair of nodes."""
    if method in PAIR_METHODS:
        explainer = PairExplainer(model, algorithm, node_mask_type="object")
    else:
        explainer = PairExplainer(model, algorithm, edge_mask_type="object", undirected=True)
    [explanation] = explainer.explain([query], [reference])
    return explanation
