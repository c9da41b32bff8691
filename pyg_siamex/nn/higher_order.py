"""Graph convolutions over walks of several steps."""

from typing import Any, Final

import torch
from torch import Tensor
from torch_geometric.nn import Linear
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.nn.conv.gcn_conv import gcn_norm
from torch_geometric.nn.inits import zeros

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.nn.on_meta import check_weights
from pyg_siamex.nn.own_gnn import OwnGNN


@checked
def co_occurrence(adjacency: Tensor, window: int = 5, walk_length: int = 20) -> Tensor:
    r"""Expected number of times two nodes meet within a window of random walks.

    This is the higher-order proximity of Ma et al. (arXiv 1811.02662). They sample the walks; this
    function computes the mean over all walks, with one walk starting from each node:

    .. math::
        F = C + C^\top, \quad C = \sum_{t=0}^{T-1} \mathrm{diag}(1^\top P^t)
        \sum_{d=1}^{\min(w, T-1-t)} P^d, \quad P = D^{-1} A

    The graph of the higher-order Siamese GCN is
    ``strongest_regions(co_occurrence(mean_connectivity))``, given to
    :class:`~pyg_siamex.nn.PopulationGCN`. Walks end at nodes without neighbours.

    Args:
        adjacency: ``[R, R]``, at least 0.
        window: Largest distance w along the walk of two nodes that meet, at least 1.
        walk_length: Nodes T of a walk, at least 2.

    Returns:
        ``[R, R]``, symmetric, double. The diagonal counts walks that return to a node.

    Raises:
        ValueError: If the matrix is not square, finite and non-negative, or a number is too small.
    """
    why = "walks take that many products of matrices"
    whole("window", window, most=1000, why=why)
    whole("walk_length", walk_length, 2, most=100_000, why=why)
    a = adjacency.double()
    if a.dim() != 2 or a.size(0) != a.size(1) or not bool(((a >= 0) & a.isfinite()).all()):
        raise ValueError(
            "adjacency must be a square matrix of finite numbers of at least 0: random walks know "
            "no negative weights"
        )
    degree = a.sum(1, keepdim=True)
    step = torch.where(degree > 0, a / degree, torch.zeros_like(a))
    powers = [step]
    for _ in range(min(window, walk_length - 1) - 1):
        powers.append(powers[-1] @ step)
    within = torch.stack(powers).cumsum(0)  # sum of P^1 .. P^d
    at = torch.ones(len(a), dtype=a.dtype, device=a.device)  # walks at each node at time t
    total = torch.zeros_like(a)
    for t in range(walk_length - 1):
        total += at[:, None] * within[min(window, walk_length - 1 - t) - 1]
        at = at @ step
    return total + total.T


@checked
class HigherOrderConv(MessagePassing):
    r"""Chebyshev filter on the higher-order proximity of the graph's own edges.

    Follows Ma et al. (arXiv 1811.02662), who filter on the co-occurrence graph of random walks. For
    long walks on an undirected graph :math:`F \propto \sum_{d=1}^{w} D P^d`. Its normalised
    Laplacian does not need a dense matrix:

    .. math::
        L = I - S, \quad S = \frac{1}{w} \sum_{d=1}^{w} \hat A^d, \quad
        \hat A = D^{-1/2} A D^{-1/2}, \quad
        X' = \sum_{k=0}^{K-1} T_k(L - I)\, X\, \Theta_k + b

    All messages run along the subject's edges, so masks can act on them.

    Args:
        in_channels: Number of node features F.
        out_channels: Number of filters.
        K: Number of Chebyshev polynomials, at least 1; with 1 a node sees only itself.
        window: Steps w of a walk, at least 1; 1 is :class:`torch_geometric.nn.ChebConv`.
        bias: Learn one bias for each filter.
        **kwargs: As for :class:`torch_geometric.nn.MessagePassing`.

    Shape:
        - x: ``[N, F]``, edge_index: ``[2, E]`` with both directions, edge_weight: ``[E]``, >= 0
        - output: ``[N, out_channels]``

    Raises:
        ValueError: If ``K`` or ``window`` is below 1; when called, if a weight is negative.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        K: int = 2,
        window: int = 2,
        bias: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("aggr", "add")
        super().__init__(**kwargs)
        whole("K", K, most=1000, why="each is a matrix of weights")
        whole("in_channels", in_channels, -1)
        whole("out_channels", out_channels)
        check_weights(K * max(in_channels, 1) * out_channels)
        whole("window", window, most=1000, why="messages are passed that many times")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.window = window
        self.lins: torch.nn.ModuleList = torch.nn.ModuleList(
            Linear(in_channels, out_channels, bias=False, weight_initializer="glorot")
            for _ in range(K)
        )
        self.bias: torch.nn.Parameter | None = (
            torch.nn.Parameter(torch.zeros(out_channels)) if bias else None
        )

    def reset_parameters(self) -> None:
        """Reset the weights."""
        super().reset_parameters()
        lin: Any
        for lin in self.lins:
            lin.reset_parameters()
        zeros(self.bias)

    def forward(self, x: Tensor, edge_index: Tensor, edge_weight: Tensor | None = None) -> Tensor:
        """New node values, ``[N, out_channels]``."""
        if edge_weight is not None and bool((edge_weight < 0).any()):
            raise ValueError(
                "edge_weight has negative values, and random walks know none: use their magnitude "
                "or WeightedGCN"
            )
        edge_index, norm = gcn_norm(
            edge_index, edge_weight, x.size(0), add_self_loops=False, flow=self.flow, dtype=x.dtype
        )
        before, now = x, x
        out = self.lins[0](x)
        for k, lin in enumerate(self.lins[1:], start=1):
            walked = -self._walk(now, edge_index, norm)
            before, now = now, walked if k == 1 else 2 * walked - before
            out = out + lin(now)
        shifted: Tensor = out if self.bias is None else out + self.bias
        return shifted

    def message(self, x_j: Tensor, edge_weight: Tensor) -> Tensor:
        """Normalised neighbours, ``[E, F]``."""
        return edge_weight.view(-1, 1) * x_j

    def _walk(self, x: Tensor, edge_index: Tensor, norm: Tensor) -> Tensor:
        """S x, ``[N, F]``."""
        total = torch.zeros_like(x)
        for _ in range(self.window):
            x = self.propagate(edge_index, x=x, edge_weight=norm)
            total = total + x
        return total / self.window


class HigherOrderGCN(OwnGNN):
    r"""GCN of :class:`HigherOrderConv` layers, as a PyG basic model.

    Args:
        in_channels: Number of node features F.
        hidden_channels: Width of the layers.
        num_layers: Number of layers.
        **kwargs: As for :class:`torch_geometric.nn.GCN` and :class:`HigherOrderConv`.
    """

    supports_edge_weight: Final[bool] = True
    supports_edge_attr: Final[bool] = False

    def init_conv(self, in_channels: int, out_channels: int, **kwargs: Any) -> MessagePassing:
        """One layer."""
        return HigherOrderConv(in_channels, out_channels, **kwargs)
