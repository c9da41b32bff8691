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
from pyg_siamex.explain.relevance.lrp.linear_step import of_constant
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
        edge_index, alpha = _attention(conv, x, edge_index, edge_attr)

    def collect(part: Tensor) -> Tensor:  # [N, 1 or H, F] -> [N, H, F]
        out: Tensor = conv.propagate(edge_index, x=(part, part), alpha=alpha)
        return out

    found = aggregated(lrp, conv, x, lambda part: collect(part.unsqueeze(1)))
    step = by_head(lrp, found, weight, conv.heads)
    with lrp.unseen():
        if bias is not None:
            values = lrp.placed(bias.expand(len(x), -1)).view(len(x), conv.heads, -1)
            step = step.shifted(of_constant(collect, values))
        step = step.flattened() if conv.concat else step.averaged(1)
    if conv.res is not None:
        step = with_branch(lrp, step, lrp.origins.signal(x), conv.res.weight)
    with lrp.unseen():
        return lrp.emit(step.shifted(conv.bias), value)


def _attention(
    conv: Any, x: Tensor, edge_index: Tensor, edge_attr: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Edges ``[2, E]`` and their attention ``[E, H]``."""
    edges = None if edge_attr is None else edge_attr.detach()
    _, (edge_index, alpha) = type(conv).forward(
        conv, x.detach(), edge_index, edge_attr=edges, return_attention_weights=True
    )
    return edge_index, alpha.view(len(alpha), conv.heads)
