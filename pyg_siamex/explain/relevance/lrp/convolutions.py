"""Graph convolutions whose aggregation and linear map are one relevance step."""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric import nn as pyg
from torch_geometric.nn.conv.gcn_conv import gcn_norm

from pyg_siamex.explain.relevance.lrp.aggregation import (
    LINEAR_AGGREGATIONS,
    aggregated,
    with_branch,
)
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def gcn(
    lrp: Propagation,
    conv: pyg.GCNConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_weight: Tensor | None = None,
) -> Tensor:
    r"""GCN: :math:`z = W \sum_j \hat a_{ij} x_j + b`, aggregated before the linear map."""
    if conv.aggr not in LINEAR_AGGREGATIONS:
        raise lrp.running.refusal(
            f"a GCNConv with aggr='{conv.aggr}', which selects after the linear map,"
        )
    if conv.normalize:
        edge_index, edge_weight = gcn_norm(
            edge_index,
            edge_weight,
            x.size(0),
            conv.improved,
            conv.add_self_loops,
            conv.flow,
            x.dtype,
        )
    send = partial(conv.propagate, edge_index, edge_weight=edge_weight)
    signal = aggregated(lrp, conv, x, lambda part: send(x=part), edge_weight)
    return lrp.emit(lrp.step(signal, conv.lin.weight, conv.bias), value)


def sage(
    lrp: Propagation,
    conv: pyg.SAGEConv,
    value: Tensor,
    x: Tensor | tuple[Tensor, Tensor | None],
    edge_index: Tensor,
    size: Any = None,
) -> Tensor:
    r"""GraphSAGE: :math:`W_l\,\mathrm{aggr}_j x_j + W_r x_i + b` with one denominator."""
    source, target = (x, x) if isinstance(x, Tensor) else x
    if conv.project:
        lin = conv.lin
        source = lrp.emit(lrp.step(lrp.origins.signal(source), lin.weight, lin.bias)).relu()
    send = partial(conv.propagate, edge_index, size=size or _sizes(source, target))
    collected = aggregated(lrp, conv, source, lambda part: send(x=_sent(part, target)))
    step = lrp.step(collected, conv.lin_l.weight, conv.lin_l.bias)
    if conv.root_weight and target is not None:
        step = with_branch(lrp, step, lrp.origins.signal(target), conv.lin_r.weight)
    if not conv.normalize:
        return lrp.emit(step, value)
    return functional.normalize(lrp.emit(step), dim=-1)


def graph_conv(
    lrp: Propagation,
    conv: pyg.GraphConv,
    value: Tensor,
    x: Tensor | tuple[Tensor, Tensor | None],
    edge_index: Tensor,
    edge_weight: Tensor | None = None,
    size: Any = None,
) -> Tensor:
    r"""GraphConv: :math:`W_1 \sum_j e_{ji} x_j + W_2 x_i + b` with one denominator."""
    source, target = (x, x) if isinstance(x, Tensor) else x
    size = size or _sizes(source, target)
    send = partial(conv.propagate, edge_index, edge_weight=edge_weight, size=size)
    collected = aggregated(lrp, conv, source, lambda part: send(x=_sent(part, target)), edge_weight)
    step = lrp.step(collected, conv.lin_rel.weight, conv.lin_rel.bias)
    if target is not None:
        step = with_branch(lrp, step, lrp.origins.signal(target), conv.lin_root.weight)
    return lrp.emit(step, value)


def gin(
    lrp: Propagation,
    conv: pyg.GINConv,
    value: Tensor,
    x: Tensor | tuple[Tensor, Tensor | None],
    edge_index: Tensor,
    size: Any = None,
) -> Tensor:
    r"""GIN: the first linear map of its network meets :math:`\sum_j x_j + (1 + \epsilon) x_i`."""
    source, target = (x, x) if isinstance(x, Tensor) else x
    keep = 1 + conv.eps
    send = partial(conv.propagate, edge_index, size=size or _sizes(source, target))
    if target is not source:
        out = send(x=_sent(source, target))
        mapped: Tensor = conv.nn(out if target is None else out + keep * target)
        return mapped
    own = torch.as_tensor(keep)
    signal = aggregated(lrp, conv, source, lambda part: send(x=(part, part)) + keep * part, own)
    out = signal.data
    with lrp.unseen():
        if signal.constant is not None:
            out = out + signal.constant
        if signal.constant is not None or _starts_linear(conv.nn):
            lrp.origins.remember(out, signal)
    mapped = conv.nn(out)
    return mapped


def _sizes(source: Tensor, target: Tensor | None) -> tuple[int, int] | None:
    """Numbers of nodes on both sides of a bipartite layer."""
    return None if target is None or target is source else (len(source), len(target))


def _sent(part: Tensor, target: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """What a layer is given as x to collect ``part``; bipartite if the target has other nodes."""
    return (part, part if target is not None and len(part) == len(target) else None)


def _starts_linear(network: nn.Module) -> bool:
    """Whether the first module with weights of its own is a linear map."""
    first = next((m for m in network.modules() if not [*m.children()]), None)
    return isinstance(first, nn.Linear | pyg.Linear)


def arma(
    lrp: Propagation,
    conv: pyg.ARMAConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_weight: Tensor | None = None,
) -> Tensor:
    r"""ARMA: :math:`W_t \sum_j \hat a_{ij} x_j + V_t x^{(0)}_i + b_t` in each stack and layer."""
    if conv.aggr not in LINEAR_AGGREGATIONS:
        raise lrp.running.refusal(f"an ARMAConv with aggr='{conv.aggr}'")
    edge_index, edge_weight = gcn_norm(
        edge_index, edge_weight, len(x), add_self_loops=False, flow=conv.flow, dtype=x.dtype
    )
    send = partial(conv.propagate, edge_index, edge_weight=edge_weight)
    root, stacks = lrp.origins.signal(x), []
    for stack in range(conv.num_stacks):
        out = x
        for layer in range(conv.num_layers):
            own = 0 if conv.shared_weights else layer
            before = 0 if conv.shared_weights else layer - 1
            weight = conv.init_weight if layer == 0 else conv.weight[before]
            signal = aggregated(lrp, conv, out, lambda part: send(x=part), edge_weight)
            step = lrp.step(signal, weight[stack].T, None)
            step = with_branch(lrp, step, root, conv.root_weight[own][stack].T)
            if conv.bias is not None:
                with lrp.unseen():
                    step = step.shifted(conv.bias[own][stack].view(-1))
            out = lrp.emit(step)
            out = out if conv.act is None else conv.act(out)
        stacks.append(out)
    return torch.stack(stacks).mean(0)
