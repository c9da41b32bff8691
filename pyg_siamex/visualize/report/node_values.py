"""Importance of each node, whatever was explained."""

import torch
from torch import Tensor

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.importance import node_importance


def node_values(explanation: PairExplanation, side: int) -> list[float] | None:
    """Importance of each node of the query (0) or the reference (1); ``None`` if not explained.

    Node masks count first, then a node's strongest edge, then its row of the pair matrix.

    Args:
        explanation: The pair.
        side: 0 for the query, 1 for the reference.

    Raises:
        ValueError: If an importance is not finite.
    """
    graph = (explanation.query, explanation.reference)[side]
    if graph.get("node_mask") is not None or graph.get("edge_mask") is not None:
        return finite(node_importance(graph)).tolist()
    if explanation.relevance is not None:
        return finite(explanation.relevance.sum(1 - side)).tolist()
    return None


def finite(values: Tensor) -> Tensor:
    """Values on the CPU in double precision.

    Args:
        values: Importances.

    Raises:
        ValueError: If one is not finite.
    """
    values = values.detach().cpu().double()
    if not torch.isfinite(values).all():
        raise ValueError("the explanation has values that are not finite (NaN or infinity)")
    return values
