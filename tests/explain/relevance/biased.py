"""Biased encoders from dense matrices, with a copy of every bias at every node."""

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn import GIN
from torch_geometric.utils import to_dense_adj


def dense_gin(gin: GIN, graph: Data, x: Tensor, scale: Tensor) -> Tensor:
    """Sum over nodes of a GIN's embeddings, ``[D]``.

    Args:
        gin: Without dropout and jumping knowledge; norms are BatchNorm.
        graph: The graph.
        x: Node features, ``[n, F]``.
        scale: Multiplies all constants at a node, ``[n]``.
    """
    here = scale.view(-1, 1)
    a = to_dense_adj(graph.edge_index, max_num_nodes=len(x))[0].T.to(x)
    for k, conv in enumerate(gin.convs):
        x = a @ x + (1 + conv.eps) * x
        for position, lin in enumerate(conv.nn.lins):
            x = x @ lin.weight.T + here * lin.bias
            if position == 0:
                norm = conv.nn.norms[0]
                x = _normalised(norm, x, here)
                x = gin.act(x)
        if k + 1 < len(gin.convs):
            x = x if gin.norms is None else _normalised(gin.norms[k], x, here)
            x = gin.act(x)
    return x.sum(0)


def _normalised(norm: torch.nn.Module, x: Tensor, here: Tensor) -> Tensor:
    inner = getattr(norm, "module", norm)
    if not isinstance(inner, torch.nn.BatchNorm1d):
        return x
    factor = inner.weight / (inner.running_var + inner.eps).sqrt()
    return factor * (x - here * inner.running_mean) + here * inner.bias
