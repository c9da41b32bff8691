"""Graph convolutions whose aggregation and linear map are one relevance step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric import nn as pyg
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.nn.conv.gcn_conv import gcn_norm

from pyg_siamex.explain.relevance.rules import LinearStep, Signal

if TYPE_CHECKING:
    from pyg_siamex.explain.relevance.surrogate import Surrogate

LayerRule = Callable[..., Tensor]

LINEAR_AGGREGATIONS = ("add", "sum", "mean")


def layer_rule(path: str, module: nn.Module) -> LayerRule | None:
    """The rule of a module, or ``None`` where its operations speak for themselves.

    Raises:
        ValueError: If it is a graph convolution that is not known, or a module that hides its
            operations.
    """
    if isinstance(module, torch.jit.ScriptModule) or hasattr(module, "_orig_mod"):
        raise ValueError(
            f"'{path}' ({type(module).__name__}) is scripted or compiled, which hides its "
            f"operations: give BiLRP the eager module"
        )
    if not isinstance(module, MessagePassing):
        return None
    if isinstance(module, pyg.EdgeConv) and module.aggr != "max":
        raise ValueError(
            f"layer '{path}' (EdgeConv) with aggr='{module.aggr}' has no relevance rule, only "
            f"aggr='max' has: use IntegratedJacobians"
        )
    for kind, rule in CONVOLUTIONS.items():
        if isinstance(module, kind) and _same_computation(type(module), kind):
            return rule
    names = ", ".join(sorted(kind.__name__ for kind in CONVOLUTIONS))
    raise ValueError(
        f"layer '{path}' ({type(module).__name__}) has no relevance rule: BiLRP knows {names}. "
        f"IntegratedJacobians explains any differentiable encoder"
    )


def _same_computation(kind: type, known: type) -> bool:
    names = ("forward", "message", "aggregate", "update", "edge_update", "propagate")
    return all(getattr(kind, name, None) is getattr(known, name, None) for name in names)


def _gcn(
    mode: Surrogate,
    conv: pyg.GCNConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_weight: Tensor | None = None,
) -> Tensor:
    r"""GCN: :math:`z = W \sum_j \hat a_{ij} x_j + b`, in this order (see the module's rules)."""
    if conv.aggr not in LINEAR_AGGREGATIONS:
        raise mode.refuse(f"a GCNConv with aggr='{conv.aggr}', which selects after the linear map,")
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
    signal = _collect(mode, conv, x, lambda part: send(x=part))
    return mode.emit(mode.step(signal, conv.lin.weight, conv.bias), value)


def _sage(
    mode: Surrogate,
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
        source = mode.emit(mode.step(mode.signal(source), lin.weight, lin.bias)).relu()
    send = partial(conv.propagate, edge_index, size=size)
    collected = _collect(mode, conv, source, lambda part: send(x=(part, part)))
    step = mode.step(collected, conv.lin_l.weight, conv.lin_l.bias)
    if conv.root_weight and target is not None:
        step = _with_branch(mode, step, mode.signal(target), conv.lin_r.weight)
    if not conv.normalize:
        return mode.emit(step, value)
    return functional.normalize(mode.emit(step), dim=-1)


def _graph_conv(
    mode: Surrogate,
    conv: pyg.GraphConv,
    value: Tensor,
    x: Tensor | tuple[Tensor, Tensor | None],
    edge_index: Tensor,
    edge_weight: Tensor | None = None,
    size: Any = None,
) -> Tensor:
    r"""GraphConv: :math:`W_1 \sum_j e_{ji} x_j + W_2 x_i + b` with one denominator."""
    source, target = (x, x) if isinstance(x, Tensor) else x
    send = partial(conv.propagate, edge_index, edge_weight=edge_weight, size=size)
    collected = _collect(mode, conv, source, lambda part: send(x=(part, part)))
    step = mode.step(collected, conv.lin_rel.weight, conv.lin_rel.bias)
    if target is not None:
        step = _with_branch(mode, step, mode.signal(target), conv.lin_root.weight)
    return mode.emit(step, value)


def _gin(
    mode: Surrogate,
    conv: pyg.GINConv,
    value: Tensor,
    x: Tensor | tuple[Tensor, Tensor | None],
    edge_index: Tensor,
    size: Any = None,
) -> Tensor:
    r"""GIN: the first linear map of its network meets :math:`\sum_j x_j + (1 + \epsilon) x_i`."""
    source, target = (x, x) if isinstance(x, Tensor) else x
    keep = 1 + conv.eps
    send = partial(conv.propagate, edge_index, size=size)
    if target is not source:
        out = send(x=(source, source))
        return conv.nn(out if target is None else out + keep * target)
    signal = _collect(mode, conv, source, lambda part: send(x=(part, part)) + keep * part)
    out = signal.data
    if signal.constant is not None:
        with mode.unseen():
            out = mode.tag(out + signal.constant, signal)
    return conv.nn(out)


def _gat(
    mode: Surrogate,
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
        raise mode.refuse("a bipartite GATConv, or one that returns its attention,")
    return _attend(mode, conv, value, x, edge_index, edge_attr, conv.lin.weight, None)


def _gatv2(
    mode: Surrogate,
    conv: pyg.GATv2Conv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_attr: Tensor | None = None,
    return_attention_weights: bool | None = None,
) -> Tensor:
    r"""GATv2: as GAT, with the bias of its source map arriving by :math:`\sum_j \alpha_{ij}`."""
    if not isinstance(x, Tensor) or return_attention_weights is not None:
        raise mode.refuse("a bipartite GATv2Conv, or one that returns its attention,")
    lin = conv.lin_l
    return _attend(mode, conv, value, x, edge_index, edge_attr, lin.weight, lin.bias)


def _attend(
    mode: Surrogate,
    conv: Any,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_attr: Tensor | None,
    weight: Tensor,
    bias: Tensor | None,
) -> Tensor:
    if conv.aggr not in LINEAR_AGGREGATIONS:
        raise mode.refuse(f"a {type(conv).__name__} with aggr='{conv.aggr}'")
    with mode.unseen(), torch.no_grad():
        edges = None if edge_attr is None else edge_attr.detach()
        _, (edge_index, alpha) = type(conv).forward(
            conv, x.detach(), edge_index, edge_attr=edges, return_attention_weights=True
        )
        alpha = alpha.view(len(alpha), conv.heads)
        ones = x.new_ones(len(x), 1, 1)
        reach = conv.propagate(edge_index, x=(ones, ones), alpha=alpha)  # [N, H, 1]

    def send(part: Tensor) -> Tensor:  # [N, F] -> [N, H, F]
        part = part.unsqueeze(1)
        return conv.propagate(edge_index, x=(part, part), alpha=alpha)

    step = _by_head(mode, _collect(mode, conv, x, send), weight, conv.heads, conv.out_channels)
    with mode.unseen():
        if bias is not None:
            step = step.shifted(reach * bias.view(1, conv.heads, -1))
        step = step.flattened() if conv.concat else step.averaged(1)
    if conv.res is not None:
        step = _with_branch(mode, step, mode.signal(x), conv.res.weight)
    with mode.unseen():
        return mode.emit(step.shifted(conv.bias), value)


def _by_head(
    mode: Surrogate, signal: Signal, weight: Tensor, heads: int, channels: int
) -> LinearStep:
    """Apply each head's rows of ``weight``, ``[H * C, F]``, to that head's signal ``[N, H, F]``."""
    blocks = weight.view(heads, channels, -1)
    first = mode.step(_head(signal, 0), blocks[0], None)
    steps = [first] + [
        mode.branch(_head(signal, k), blocks[k], None, first.gamma) for k in range(1, heads)
    ]
    with mode.unseen():
        return LinearStep(
            torch.stack([step.linear for step in steps], dim=1),
            _stacked([step.positive for step in steps]),
            _stacked([step.bias for step in steps]),
            first.gamma,
            first.kind,
        )


def _stacked(parts: list[Tensor | None]) -> Tensor | None:
    present = [part for part in parts if part is not None]
    return torch.stack(present, dim=1) if present else None


def _head(signal: Signal, head: int) -> Signal:
    constant = None if signal.constant is None else signal.constant[:, head]
    return Signal(signal.data[:, head], constant)


def _with_branch(mode: Surrogate, step: LinearStep, signal: Signal, weight: Tensor) -> LinearStep:
    with mode.unseen():
        return step.plus(mode.branch(signal, weight, None, step.gamma))


def _collect(
    mode: Surrogate, conv: MessagePassing, x: Tensor, aggregate: Callable[[Tensor], Tensor]
) -> Signal:
    """Aggregate; the shift of a BatchNorm right before goes apart, where aggregation is linear."""
    signal = mode.signal(x)
    if signal.constant is None or conv.aggr not in LINEAR_AGGREGATIONS:
        return Signal(aggregate(x))
    data = aggregate(signal.data)
    with mode.unseen(), torch.no_grad():
        return Signal(data, aggregate(signal.constant))


CONVOLUTIONS: dict[type[MessagePassing], LayerRule | None] = {
    pyg.GCNConv: _gcn,
    pyg.SAGEConv: _sage,
    pyg.GraphConv: _graph_conv,
    pyg.GINConv: _gin,
    pyg.GINEConv: None,
    pyg.GATConv: _gat,
    pyg.GATv2Conv: _gatv2,
    pyg.EdgeConv: None,
    pyg.SimpleConv: None,
}
