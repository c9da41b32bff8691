"""The explainers by the names that users give."""

from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex.explain import (
    BiLRP,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairAlgorithm,
    PairExplainer,
    Saliency,
    SelfLearned,
    SharedInvariance,
)
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.recipe.choices import check_method

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
"""Explainers by name."""

PAIR_METHODS = ("bilrp", "jacobians")
"""Methods that give a relevance for each pair of nodes; the others give one for each edge."""


@checked
def explainer_of(
    model: SiameseGNN, method: str, subjects: list[Data] | None = None
) -> PairExplainer:
    """The explainer of a name, for a relevance per pair of nodes or an importance per edge.

    Args:
        model: The model.
        method: A key of :data:`METHODS`.
        subjects: Graphs with the same nodes, from which self-learned masks learn what explanations
            share if the model keeps no invariance. Without them each graph is explained by itself.

    Raises:
        ValueError: If there is no such method.

    Example:
        >>> [explanation] = explainer_of(model, "bilrp").explain([query], [reference])
    """
    check_method(method)
    algorithm = METHODS[method]()
    if method in PAIR_METHODS:
        return PairExplainer(model, algorithm, node_mask_type="object")
    if method == "self-learned" and subjects is not None and model.invariance is None:
        invariance = SharedInvariance.learn(
            model, subjects, edge_mask_type="object", undirected=True
        )
        algorithm = SelfLearned(solver="gda", invariance=invariance)
    return PairExplainer(model, algorithm, edge_mask_type="object", undirected=True)
