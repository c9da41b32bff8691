"""Graph attention whose weights a layer computes with its messages, held constant."""

import torch
from torch import Tensor
from torch_geometric import nn as pyg
from torch_geometric.utils import add_self_loops, remove_self_loops

from pyg_siamex.explain.relevance.lrp.aggregation import with_branch
from pyg_siamex.explain.relevance.lrp.edge_sums import EdgeSums
from pyg_siamex.explain.relevance.lrp.heads import by_head
from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep, Signal, collected, of_constant
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def transformer(
    lrp: Propagation,
    conv: pyg.TransformerConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_attr: Tensor | None = None,
    return_attention_weights: bool | None = None,
) -> Tensor:
    r"""TransformerConv: :math:`\sum_j \alpha^h_{ij} (W_h x_j + b_h + V_h e_{ij}) + W x_i + b`.

    Nodes, edge features and the node itself share one denominator. With ``beta``, the gate between
    neighbours and the node itself is held constant, and the two are steps of their own.
    """
    if not isinstance(x, Tensor) or return_attention_weights is not None:
        raise lrp.running.refusal("a bipartite TransformerConv, or one that returns its attention,")
    sums = EdgeSums(lrp, conv, edge_index, len(x))
    with lrp.unseen(), torch.no_grad():
        edges = None if edge_attr is None else edge_attr.detach()
        _, (_, alpha) = type(conv).forward(
            conv, x.detach(), edge_index, edges, return_attention_weights=True
        )
    lin = conv.lin_value
    step = _attended(lrp, sums, alpha, x, lin.weight, lin.bias, conv.heads)
    if conv.lin_edge is not None and edge_attr is not None:
        with lrp.unseen():
            features = collected(
                Signal(edge_attr), lambda part: sums.of(alpha.unsqueeze(-1) * part.unsqueeze(1))
            )
            own = by_head(lrp, features, conv.lin_edge.weight, conv.heads, step.gamma)
            step = step.plus(own)
    with lrp.unseen():
        step = step.flattened() if conv.concat else step.averaged(1)
    if not conv.root_weight:
        return lrp.emit(step, value)
    root = conv.lin_skip
    if conv.lin_beta is None:
        step = with_branch(lrp, step, lrp.origins.signal(x), root.weight)
        with lrp.unseen():
            return lrp.emit(step.shifted(root.bias), value)
    out, kept = lrp.emit(step), lrp.linear(x, root.weight, root.bias)
    with lrp.unseen(), torch.no_grad():
        beta = conv.lin_beta(torch.cat([out, kept, out - kept], -1)).sigmoid()
    gated: Tensor = beta * kept + (1 - beta) * out
    return gated


def supergat(
    lrp: Propagation,
    conv: pyg.SuperGATConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    neg_edge_index: Tensor | None = None,
    batch: Tensor | None = None,
) -> Tensor:
    r"""SuperGAT: :math:`\sum_j \alpha^h_{ij} W_h x_j + b`."""
    if conv.add_self_loops and isinstance(edge_index, Tensor):
        edge_index, _ = remove_self_loops(edge_index)
        edge_index, _ = add_self_loops(edge_index, num_nodes=len(x))
    sums = EdgeSums(lrp, conv, edge_index, len(x))
    with lrp.unseen(), torch.no_grad():
        heads = conv.lin(x.detach()).view(len(x), conv.heads, -1)
        source, target = heads[sums.source], heads[sums.target]
        alpha = conv.get_attention(sums.target, target, source, num_nodes=len(x))
    step = _attended(lrp, sums, alpha, x, conv.lin.weight, conv.lin.bias, conv.heads)
    with lrp.unseen():
        step = step.flattened() if conv.concat else step.averaged(1)
        return lrp.emit(step.shifted(conv.bias), value)


def _attended(
    lrp: Propagation,
    sums: EdgeSums,
    alpha: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    heads: int,
) -> LinearStep:
    """The map of the nodes that each head attends to, ``[N, H, C]``. Attention is ``[E, H]``."""
    signal, weights = lrp.origins.signal(x), alpha.unsqueeze(-1)

    def collect(part: Tensor) -> Tensor:  # [N, F] -> [N, H, F]
        return sums.of(weights * part[sums.source].unsqueeze(1))

    with lrp.unseen():
        found = collected(signal, collect)
    step = by_head(lrp, found, weight, heads)
    if bias is None:
        return step
    with lrp.unseen():
        values = lrp.placed(bias.expand(len(x), -1)).view(len(x), heads, -1)
        return step.shifted(of_constant(lambda part: sums.of(weights * part[sums.source]), values))
