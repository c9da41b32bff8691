"""Graphs whose edges are differentiable in a matrix."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.data import Data


def graph_of_edges(matrices: Tensor) -> Callable[[Tensor], Data]:
    """From a matrix to a graph with its entries as weights, as models of whole graphs read it.

    Args:
        matrices: All matrices, ``[S, R, R]``; what is a connection of one is an edge of all.

    Example:
        >>> graph_of_edges(torch.ones(2, 3, 3))(torch.ones(3, 3)).edge_weight.shape
        torch.Size([9])
    """
    ends = (matrices != 0).any(0).nonzero().T.contiguous()
    regions = torch.eye(matrices.size(-1))
    return lambda matrix: Data(x=regions, edge_index=ends, edge_weight=matrix[ends[0], ends[1]])
