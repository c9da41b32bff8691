"""An independent reference: LRP by explicit dense matrices, one division at a time, no autograd."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch_geometric.utils import to_dense_adj


@dataclass
class Layer:
    """``relu(W [M_1 a, M_2 a, ...] + b)`` for node features a, ``[n, I]``."""

    mixing: list[Tensor]
    weight: Tensor
    bias: Tensor
    relu: bool


def modified(p: Tensor, weight: Tensor, bias: Tensor, z: Tensor, gamma: float, kind: str):
    """Modified contributions ``[n, K, I]`` and biases ``[n, K]``."""
    if kind == "source":
        p = torch.where(weight > 0, p * (1 + gamma), p)
        return p, (bias + gamma * bias.clamp(min=0)).expand_as(z)
    up = (z > 0).unsqueeze(2)
    boosted = torch.where(up, p + gamma * p.clamp(min=0), p + gamma * p.clamp(max=0))
    b = bias.expand_as(z)
    return boosted, torch.where(z > 0, b + gamma * b.clamp(min=0), b + gamma * b.clamp(max=0))


def divide(top: Tensor, bottom: Tensor) -> Tensor:
    return torch.where(bottom == 0, torch.zeros_like(top), top / bottom)


def linear_back(a: Tensor, layer: Layer, R: Tensor, gamma: float, epsilon: float, kind: str):
    """Relevance ``[n, I']`` of the aggregated inputs from that of the outputs ``[n, K]``."""
    p = a.unsqueeze(1) * layer.weight  # [n, K, I']
    z = p.sum(2) + layer.bias
    p, b = modified(p, layer.weight, layer.bias, z, gamma, kind)
    total = p.sum(2) + b
    total = total + torch.where(total < 0, -epsilon, epsilon)
    share = torch.where((z == 0).unsqueeze(2), torch.zeros_like(p), p / total.unsqueeze(2))
    return (share * R.unsqueeze(2)).sum(1)


def mixing_back(a: Tensor, M: Tensor, R: Tensor) -> Tensor:
    """Split the relevance of ``M a`` among the rows of a."""
    collected = M @ a
    out = torch.zeros_like(a)
    for n in range(len(M)):
        for j in range(len(a)):
            out[j] += divide(M[n, j] * a[j] * R[n], collected[n])
    return out


def dense_factor(
    x: Tensor, layers: list[Layer], pool: Tensor, gamma: float, epsilon: float, kind: str
) -> tuple[Tensor, Tensor]:
    """Factor ``[D, n]`` and embedding ``[D]``; ``pool`` is ``[n]``."""
    inputs, a = [], x
    for layer in layers:
        inputs.append(a)
        mixed = torch.cat([M @ a for M in layer.mixing], dim=1)
        a = mixed @ layer.weight.T + layer.bias
        a = a.relu() if layer.relu else a
    h = pool @ a
    rows = []
    for k in range(len(h)):
        R = torch.zeros_like(a)
        R[:, k] = divide(pool * a[:, k] * h[k], h[k])
        for value, layer in zip(reversed(inputs), reversed(layers), strict=True):
            mixed = [M @ value for M in layer.mixing]
            R = linear_back(torch.cat(mixed, dim=1), layer, R, gamma, epsilon, kind)
            parts = R.split(value.size(1), dim=1)
            R = sum(mixing_back(value, M, p) for M, p in zip(layer.mixing, parts, strict=True))
        rows.append(R.sum(1))
    return torch.stack(rows), h


def composed_step(
    a: Tensor, M: Tensor, weight: Tensor, bias: Tensor, R: Tensor, gamma: float, kind: str
) -> Tensor:
    """One LRP step on the whole dense map from all (node, feature) to all (node, channel)."""
    T = torch.kron(M.contiguous(), weight.contiguous())  # [n K, n I]
    p = T * a.flatten()
    b = bias.repeat(len(M))
    z = p.sum(1) + b
    p, b = modified(p.unsqueeze(0), T, b, z.unsqueeze(0), gamma, kind)
    total = p[0].sum(1) + b[0]
    return ((p[0] / total.unsqueeze(1)) * R.reshape(-1).unsqueeze(1)).sum(0).reshape(a.shape)


def full_step(
    T: Tensor, a: Tensor, bias: Tensor, R: Tensor, gamma: float, epsilon: float, kind: str
) -> Tensor:
    """One step on the whole map ``T``, ``[n, K, n, I]``, with bias ``[n, K]``."""
    n, width, _, inputs = T.shape
    flat = Layer([], T.reshape(n * width, n * inputs), bias.reshape(-1), False)
    args = (a.reshape(1, -1), flat, R.reshape(1, -1), gamma, epsilon, kind)
    return linear_back(*args).reshape(n, inputs)


def adjacency(edge_index: Tensor, n: int) -> Tensor:
    """``[target, source]``, parallel edges counted."""
    if not edge_index.numel():
        return torch.zeros(n, n, dtype=torch.float64)
    return to_dense_adj(edge_index, max_num_nodes=n)[0].T.double()


def gcn_layers(encoder, edge_index: Tensor, n: int) -> list[Layer]:
    A = adjacency(edge_index, n)
    A.fill_diagonal_(0)
    A = A + torch.eye(n, dtype=torch.float64)
    d = A.sum(1).rsqrt()
    M = d.unsqueeze(1) * A * d
    return _stack(encoder, lambda c: [Layer([M], c.lin.weight, _bias(c.bias, c.lin.weight), False)])


def normalised(A: Tensor, dim: int = 1) -> Tensor:
    """``D^-1/2 A D^-1/2`` by in-degree (1) or out-degree (0), 0 for nodes without neighbours."""
    degree = A.sum(dim)
    d = torch.where(degree > 0, degree, torch.ones_like(degree)).rsqrt() * (degree > 0)
    return d.unsqueeze(1) * A * d


def with_loops(A: Tensor) -> Tensor:
    """The adjacency with one loop at each node."""
    return A - A.diag().diag() + torch.eye(len(A), dtype=A.dtype)


def hops(conv, edge_index: Tensor, n: int) -> Layer:
    """SGConv, SSGConv, TAGConv, ChebConv, ClusterGCNConv or LEConv as one map of what it mixes."""
    A, eye, name = adjacency(edge_index, n), torch.eye(n, dtype=torch.float64), type(conv).__name__
    if name in ("SGConv", "SSGConv"):
        powers = [torch.linalg.matrix_power(normalised(with_loops(A)), k) for k in range(9)]
        M = powers[conv.K]
        if name == "SSGConv":
            M = conv.alpha * eye + (1 - conv.alpha) / conv.K * sum(powers[1 : conv.K + 1])
        return Layer([M], conv.lin.weight, conv.lin.bias, False)
    if name == "TAGConv":
        mixing = [torch.linalg.matrix_power(normalised(A), k) for k in range(conv.K + 1)]
        return Layer(mixing, torch.cat([lin.weight for lin in conv.lins], 1), conv.bias, False)
    if name == "ChebConv":
        L = -normalised(A - A.diag().diag(), 0)
        mixing = [eye, L]
        for _ in conv.lins[2:]:
            mixing.append(2 * L @ mixing[-1] - mixing[-2])
        return Layer(mixing, torch.cat([lin.weight for lin in conv.lins], 1), conv.bias, False)
    if name == "ClusterGCNConv":
        inverse = 1 / with_loops(A).sum(1).float()  # PyG counts degrees in single precision
        own = inverse + conv.diag_lambda * inverse
        M = inverse.double().unsqueeze(1) * (A - A.diag().diag()) + own.double().diag()
        weight = torch.cat([conv.lin_out.weight, conv.lin_root.weight], 1)
        return Layer([M, eye], weight, conv.lin_out.bias, False)
    weight = torch.cat([lin.weight for lin in (conv.lin1, conv.lin2, conv.lin3)], 1)
    bias = A.sum(1, keepdim=True) * conv.lin1.bias + conv.lin3.bias
    return Layer([A, -A.sum(1).diag(), eye], weight, bias, False)


def transformer_layer(conv, a: Tensor, edge_index: Tensor, n: int) -> Layer:
    """TransformerConv by hand from its weights and inputs."""
    heads, width, A = conv.heads, conv.out_channels, adjacency(edge_index, n)
    mixing, blocks = [], torch.zeros(heads * width, heads * a.size(1), dtype=torch.float64)
    bias = torch.zeros(n, heads * width, dtype=torch.float64)
    for k in range(heads):
        own = slice(k * width, (k + 1) * width)
        query, key = (
            a @ lin.weight[own].T + lin.bias[own] for lin in (conv.lin_query, conv.lin_key)
        )
        score = (query @ key.T / width**0.5).exp() * A
        mixing.append(divide(score, score.sum(1, keepdim=True)))
        blocks[own, k * a.size(1) : (k + 1) * a.size(1)] = conv.lin_value.weight[own]
        bias[:, own] = mixing[k].sum(1, keepdim=True) * conv.lin_value.bias[own]
    if not conv.concat:
        blocks, bias = blocks.view(heads, width, -1).mean(0), bias.view(n, heads, width).mean(1)
    if conv.root_weight:
        mixing.append(torch.eye(n, dtype=torch.float64))
        blocks, bias = torch.cat([blocks, conv.lin_skip.weight], 1), bias + conv.lin_skip.bias
    return Layer(mixing, blocks, bias, False)


def gin_layers(encoder, edge_index: Tensor, n: int) -> list[Layer]:
    eye = torch.eye(n, dtype=torch.float64)

    def one(conv):
        M = adjacency(edge_index, n) + (1 + float(conv.eps)) * eye
        first, second = conv.nn.lins
        return [
            Layer([M], first.weight, _bias(first.bias, first.weight), True),
            Layer([eye], second.weight, _bias(second.bias, second.weight), False),
        ]

    return _stack(encoder, one)


def sage_layers(encoder, edge_index: Tensor, n: int) -> list[Layer]:
    A = adjacency(edge_index, n)
    M = A / A.sum(1, keepdim=True).clamp(min=1)
    eye = torch.eye(n, dtype=torch.float64)

    def one(conv):
        weight = torch.cat([conv.lin_l.weight, conv.lin_r.weight], dim=1)
        return [Layer([M, eye], weight, _bias(conv.lin_l.bias, weight), False)]

    return _stack(encoder, one)


def gat_layers(encoder, x: Tensor, edge_index: Tensor, n: int) -> list[Layer]:
    """Attention by hand from this encoder's weights (concatenated heads, added self loops)."""
    layers, a = [], x
    A = adjacency(edge_index, n)
    A.fill_diagonal_(0)
    A = A + torch.eye(n, dtype=torch.float64)
    for position, conv in enumerate(encoder.convs):
        heads, width = conv.heads, conv.out_channels
        weight = conv.lin.weight.view(heads, width, -1)
        mixing, blocks = [], torch.zeros(heads * width, heads * a.size(1), dtype=torch.float64)
        for k in range(heads):
            value = a @ weight[k].T
            source, target = value @ conv.att_src[0, k], value @ conv.att_dst[0, k]
            score = torch.nn.functional.leaky_relu(target.unsqueeze(1) + source, 0.2)
            attention = torch.where(A > 0, A * score.exp(), torch.zeros_like(A))
            mixing.append(attention / attention.sum(1, keepdim=True))
            blocks[k * width : (k + 1) * width, k * a.size(1) : (k + 1) * a.size(1)] = weight[k]
        last = position == len(encoder.convs) - 1
        if not conv.concat:
            blocks = blocks.view(heads, width, -1).mean(0)
        layers.append(Layer(mixing, blocks, _bias(conv.bias, blocks), not last))
        a = torch.cat([M @ a for M in mixing], dim=1) @ blocks.T + layers[-1].bias
        a = a if last else a.relu()
    return layers


def _bias(bias, weight: Tensor) -> Tensor:
    return weight.new_zeros(len(weight)) if bias is None else bias


def _stack(encoder, one) -> list[Layer]:
    layers = []
    for position, conv in enumerate(encoder.convs):
        layers += one(conv)
        layers[-1].relu = position < len(encoder.convs) - 1
    return layers
