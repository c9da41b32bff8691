"""Graph convolutions with weights of their own for every edge, held constant.

The contributions of all neighbours are one step: each neighbour's own contribution has its sign.
"""

import torch
from torch import Tensor
from torch_geometric import nn as pyg
from torch_geometric.nn.models.schnet import CFConv

from pyg_siamex.explain.relevance.lrp.aggregation import with_branch
from pyg_siamex.explain.relevance.lrp.edge_sums import EdgeSums
from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep, Signal
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def res_gated(
    lrp: Propagation,
    conv: pyg.ResGatedGraphConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_attr: Tensor | None = None,
) -> Tensor:
    r"""ResGatedGraphConv: :math:`\sum_j \eta_{ij} \odot (W x_j + b) + W_s x_i + b_s`."""
    if not isinstance(x, Tensor):
        raise lrp.running.refusal("a bipartite ResGatedGraphConv")
    sums = EdgeSums(lrp, conv, edge_index, len(x))
    signal = _sent(lrp, sums, x, edge_attr if conv.edge_dim is not None else None)
    with lrp.unseen(), torch.no_grad():
        ends = [x.detach()[sums.target], x.detach()[sums.source]]
        if conv.edge_dim is not None and edge_attr is not None:
            ends = [torch.cat([end, edge_attr.detach()], -1) for end in ends]
        gate = conv.act(conv.lin_key(ends[0]) + conv.lin_query(ends[1]))  # [E, K]
    lin = conv.lin_value
    step = lrp.step(signal, lin.weight, None)
    with lrp.unseen():
        if lin.bias is not None:
            if conv.edge_dim is None:  # mapped at nodes, and then sent
                bias = lrp.placed(lin.bias.expand(len(x), -1))[sums.source]
            else:
                bias = lin.bias.expand_as(step.linear)
            step = step.shifted(bias)
        step = _summed(sums, step.scaled(gate))
    if conv.root_weight:
        step = with_branch(lrp, step, lrp.origins.signal(x), conv.lin_skip.weight)
    with lrp.unseen():
        return lrp.emit(step.shifted(conv.bias), value)


def nn_conv(
    lrp: Propagation,
    conv: pyg.NNConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_attr: Tensor | None = None,
    size: tuple[int, int] | None = None,
) -> Tensor:
    r"""NNConv: :math:`\sum_j W(e_{ij}) x_j + W x_i + b`, with the edges' matrices held constant."""
    if not isinstance(x, Tensor):
        raise lrp.running.refusal("a bipartite NNConv")
    sums = EdgeSums(lrp, conv, edge_index, len(x))
    with lrp.unseen(), torch.no_grad():
        weight = conv.nn(None if edge_attr is None else edge_attr.detach())
        weight = weight.view(-1, conv.in_channels_l, conv.out_channels).mT  # [E, K, F]
    sent = _sent(lrp, sums, x, None)
    constant = None if sent.constant is None else sent.constant.unsqueeze(1)
    rows = Signal(sent.data.unsqueeze(1), constant, turned=sent.turned)
    step = lrp.step(rows, weight, None)
    with lrp.unseen():
        step = _summed(sums, step.each(lambda part: part.squeeze(1)))
    if conv.root_weight:
        step = with_branch(lrp, step, lrp.origins.signal(x), conv.lin.weight)
    with lrp.unseen():
        return lrp.emit(step.shifted(conv.bias), value)


def cf_conv(
    lrp: Propagation,
    conv: CFConv,
    value: Tensor,
    x: Tensor,
    edge_index: Tensor,
    edge_weight: Tensor,
    edge_attr: Tensor,
) -> Tensor:
    r"""SchNet's CFConv: :math:`U \sum_j w(d_{ij}) \odot W x_j + b`, filters held constant."""
    sums = EdgeSums(lrp, conv, edge_index, len(x))
    with lrp.unseen(), torch.no_grad():
        cutoff = 0.5 * ((edge_weight.detach() * torch.pi / conv.cutoff).cos() + 1.0)
        filters = conv.nn(edge_attr.detach()) * cutoff.view(-1, 1)
    step = lrp.step(_sent(lrp, sums, x, None), conv.lin1.weight, None)
    with lrp.unseen():
        step = _summed(sums, step.scaled(filters))
    return lrp.linear(lrp.emit(step), conv.lin2.weight, conv.lin2.bias, value)


def _sent(lrp: Propagation, sums: EdgeSums, x: Tensor, edge_attr: Tensor | None) -> Signal:
    """What each edge sends, ``[E, F]``: its source's features, and its own."""
    signal = lrp.origins.signal(x)
    with lrp.unseen():
        data = signal.data[sums.source]
        constant = None if signal.constant is None else signal.constant[sums.source]
        if edge_attr is None:
            return Signal(data, constant, turned=signal.turned)
        if constant is not None:
            constant = torch.cat([constant, torch.zeros_like(edge_attr.detach())], -1)
        turned = signal.turned
        if turned is not None:
            turned = torch.cat([turned, turned.new_zeros(edge_attr.size(-1))])
        return Signal(torch.cat([data, edge_attr], -1), constant, turned=turned)


def _summed(sums: EdgeSums, step: LinearStep) -> LinearStep:
    """The sum of a map's outputs on edges, ``[E, K]`` to ``[N, K]``."""
    bias = None if step.bias is None else sums.of(step.bias).detach()
    return LinearStep(
        sums.of(step.linear),
        None if step.positive is None else sums.of(step.positive),
        bias,
        step.gamma,
        step.kind,
        step.layer,
        None if step.placed is None else sums.of(step.placed),
    )
