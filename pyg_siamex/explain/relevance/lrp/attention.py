"""Graph attention, with the attention weights held constant."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric import nn as pyg

from pyg_siamex.explain.relevance.lrp.aggregation import (
    LINEAR_AGGREGATIONS,
    aggregated,
    with_branch,
)
from pyg_siamex.explain.relevance.lrp.heads import by_head
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def gat(
    lrp: Propagation,
    conv: pyg.GATConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_attr: Tensor | None = None,
    size: Any = None,
    return_attention_weights: bool | None = None,
) -> Tensor:
    r"""GAT: :math:`z_h = W_h \sum_j \alpha^h_{ij} x_j`, attention held constant."""
    if not isinstance(x, Tensor) or conv.lin is None or return_attention_weights is not None:
        raise lrp.running.refusal("a bipartite GATConv, or one that returns its attention,")
    return _attend(lrp, conv, value, x, edge_index, edge_attr, conv.lin.weight, None)


def gatv2(
    lrp: Propagation,
    conv: pyg.GATv2Conv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_attr: Tensor | None = None,
    return_attention_weights: bool | None = None,
) -> Tensor:
    r"""GATv2: as GAT, with the bias of its source map arriving by :math:`\sum_j \alpha_{ij}`."""
    if not isinstance(x, Tensor) or return_attention_weights is not None:
        raise lrp.running.refusal("a bipartite GATv2Conv, or one that returns its attention,")
    lin = conv.lin_l
    return _attend(lrp, conv, value, x, edge_index, edge_attr, lin.weight, lin.bias)


def _attend(
    lrp: Propagation,
    conv: Any,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_attr: Tensor | None,
    weight: Tensor,
    bias: Tensor | None,
) -> Tensor:
    """The step of a layer whose value vectors are ``weight x + bias``."""
    if conv.aggr not in LINEAR_AGGREGATIONS:
        raise lrp.running.refusal(f"a {type(conv).__name__} with aggr='{conv.aggr}'")
    with lrp.unseen(), torch.no_grad():
        edge_index, alpha, reach = _attention(conv, x, edge_index, edge_attr)

    def send(part: Tensor) -> Tensor:  # [N, F] -> [N, H, F]
        part = part.unsqueeze(1)
        out: Tensor = conv.propagate(edge_index, x=(part, part), alpha=alpha)
        return out

    step = by_head(lrp, aggregated(lrp, conv, x, send), weight, conv.heads)
    with lrp.unseen():
        if bias is not None:
            step = step.shifted(reach * bias.view(1, conv.heads, -1))
        step = step.flattened() if conv.concat else step.averaged(1)
    if conv.res is not None:
        step = with_branch(lrp, step, lrp.origins.signal(x), conv.res.weight)
    with lrp.unseen():
        return lrp.emit(step.shifted(conv.bias), value)


def _attention(
    conv: Any, x: Tensor, edge_index: Tensor, edge_attr: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Edges ``[2, E]``, their attention ``[E, H]``, and its sum at each node, ``[N, H, 1]``."""
    edges = None if edge_attr is None else edge_attr.detach()
    _, (edge_index, alpha) = type(conv).forward(
        conv, x.detach(), edge_index, edge_attr=edges, return_attention_weights=True
    )
    alpha = alpha.view(len(alpha), conv.heads)
    ones = x.new_ones(len(x), 1, 1)
    return edge_index, alpha, conv.propagate(edge_index, x=(ones, ones), alpha=alpha)
