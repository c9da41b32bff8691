"""Importance of each node from masks of any kind or from the pair matrix."""

import torch
from torch import Tensor

from pyg_siamex.explain.elements import is_masked, node_importance
from pyg_siamex.explain.explanation import PairExplanation


def node_values(explanation: PairExplanation, side: int) -> list[float] | None:
    """Return the importance of each node of one side; ``None`` if it was not explained.

    Node masks count first, then a node's strongest edge, then its row of the pair matrix.

    Args:
        explanation: The pair.
        side: 0 for the query, 1 for the reference.

    Raises:
        ValueError: If an importance is not finite.
    """
    graph, matrix = (explanation.query, explanation.reference)[side], explanation.relevance
    if matrix is None and not is_masked(graph):
        return None
    rows = matrix if matrix is None or side == 0 else matrix.T
    return finite_values(node_importance(graph, rows)).tolist()


def finite_values(values: Tensor) -> Tensor:
    """Return values on the CPU in double precision.

    Args:
        values: Importances.

    Raises:
        ValueError: If one is not finite.
    """
    values = values.detach().cpu().double()
    if not torch.isfinite(values).all():
        raise ValueError("the explanation has values that are not finite (NaN or infinity)")
    return values
