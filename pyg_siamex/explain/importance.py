"""One number per node and per edge from whatever masks an explanation carries."""

import torch
from torch import Tensor
from torch_geometric.explain import Explanation


def node_importance(explanation: Explanation) -> Tensor:
    """Importance of each node, ``[n]``, signed where the masks are.

    A node mask is summed over the features that the node has; without one a node takes the value
    of largest magnitude among its edges (0 for an isolated node).
    """
    nodes = int(explanation.num_nodes or 0)
    mask = explanation.get("node_mask")
    if mask is None:
        return _strongest_edge(explanation, nodes)
    if mask.size(0) == nodes:
        return mask.sum(-1)
    return (mask * explanation.x).sum(-1)


def edge_importance(explanation: Explanation) -> Tensor:
    """Importance of each edge, ``[E]``, signed where the masks are.

    Without an edge mask, the mean of the two ends.
    """
    mask = explanation.get("edge_mask")
    if mask is not None:
        return mask
    nodes = node_importance(explanation)
    row, col = explanation.edge_index
    return (nodes[row] + nodes[col]) / 2


def _strongest_edge(explanation: Explanation, nodes: int) -> Tensor:
    mask = explanation.get("edge_mask")
    if mask is None:
        raise ValueError("the explanation has neither a node_mask nor an edge_mask")
    ends = explanation.edge_index.flatten()
    values = mask.repeat(2)
    high = values.new_zeros(nodes).scatter_reduce(0, ends, values, "amax", include_self=True)
    low = values.new_zeros(nodes).scatter_reduce(0, ends, values, "amin", include_self=True)
    return torch.where(-low > high, low, high)
