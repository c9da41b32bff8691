"""Smooth encoders, and how much of an embedding their factors miss."""

import torch
from explain.relevance.models import Residual
from torch_geometric.nn import GAT, GCN, GIN, GCNConv, GraphSAGE

SMOOTH = {
    "gcn": lambda: GCN(5, 8, 3, act="tanh"),
    "gin": lambda: GIN(5, 8, 3, act="gelu"),
    "sage": lambda: GraphSAGE(5, 8, 3, act="silu"),
    "gat": lambda: GAT(5, 8, 2, heads=2, act="elu"),
    "batch_norm": lambda: GCN(5, 8, 3, act="gelu", norm="batch_norm", jk="cat"),
    "residual": lambda: Residual(lambda w: GCNConv(w, w), activation=torch.sigmoid),
}


def gap(factors):
    total = factors.sums()
    if factors.edge is not None:
        total = total + torch.stack([factors.edges(k).sum(1) for k in range(len(factors))])
    change = factors.embedding - factors.parts["start"]
    return float((total - change).abs().max() / change.abs().max())
