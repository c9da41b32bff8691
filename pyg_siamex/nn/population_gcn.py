"""Spectral filters on a graph that all subjects share."""

from collections.abc import Sequence
from itertools import pairwise
from math import isclose, nan
from typing import cast

import torch
from torch import Tensor, nn
from torch_geometric.nn import ChebConv

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, whole
from pyg_siamex.nn.on_meta import check_weights
from pyg_siamex.nn.roi import by_roi
from pyg_siamex.nn.width import check_width


@checked
class PopulationGCN(nn.Module):
    r"""GCN of the s-GCN: filter each subject's signal on a population graph.

    Follows Ktena et al., NeuroImage 2018 (arXiv 1703.02161), with the Chebyshev filters of
    Defferrard et al. (arXiv 1606.09375) and a bias for each region and filter, as in the authors'
    code:

    .. math::
        X' = \mathrm{ReLU}\Bigl(\sum_{k=0}^{K-1} T_k(\tilde L)\, X\, \Theta_k + B\Bigr), \quad
        \tilde L = L - I, \quad L = I - D^{-1/2} W D^{-1/2}, \quad B \in R^{R \times F'}

    The subject's connections are the node features: ``x`` is its connectivity matrix, row by row.
    The encoder does not read its edges. Explain it by feature masks
    (``node_mask_type="attributes"``); an edge mask is refused.

    Args:
        in_channels: Node features F, R for connectivity profiles.
        hidden_channels: Filters of each layer.
        num_layers: Layers, at least 1.
        num_rois: Regions R of every graph.
        edge_index: The population graph, ``[2, E]``, a tensor or nested lists; see
            :func:`~pyg_siamex.nn.nearest_regions` and :func:`~pyg_siamex.nn.strongest_regions`.
            Each edge is there once in both directions.
        edge_weight: Its weights, ``[E]``, at least 0, equal in both directions. Default: all 1.
        K: Chebyshev polynomials of each filter: with 1 a region sees only itself, with 2 also its
            neighbours.
        dropout: Dropout after each layer but the last, in [0, 1).

    Shape:
        - x: ``[N, F]``, nodes sorted by graph, node k of each graph is region k
        - output: ``[N, hidden_channels]``

    Raises:
        ValueError: If a size is below 1, ``dropout`` is outside [0, 1) or the population graph does
            not fit; when called, if a graph has another number of nodes, or nodes another number of
            features.

    Example:
        >>> connectivity = torch.rand(12, 68, 68)
        >>> connectivity = (connectivity + connectivity.transpose(1, 2)) / 2
        >>> edge_index, weight = strongest_regions(connectivity, k=10)
        >>> encoder = PopulationGCN(
        ...     68, 64, 1, num_rois=68, edge_index=edge_index, edge_weight=weight
        ... )
        >>> model = SiameseGNN(encoder, RoiConcat(68), RoiSimilarity(68))
    """

    edge_index: Tensor
    edge_weight: Tensor

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int,
        num_layers: int,
        *,
        num_rois: int,
        edge_index: Tensor | Sequence[Sequence[int]],
        edge_weight: Tensor | Sequence[float] | None = None,
        K: int = 3,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        sizes = {"in_channels": in_channels, "hidden_channels": hidden_channels}
        for name, size in (
            sizes | {"num_layers": num_layers, "num_rois": num_rois, "K": K}
        ).items():
            whole(name, size)
        real("dropout", dropout, "[0, 1)")
        filters = K * (in_channels + (num_layers - 1) * hidden_channels)
        check_weights(hidden_channels * (filters + num_layers * num_rois))
        edges, weight = _population(edge_index, edge_weight, num_rois)
        self.register_buffer("edge_index", edges)
        self.register_buffer("edge_weight", weight)
        self.num_rois = num_rois
        self.out_channels = hidden_channels
        widths = [in_channels, *[hidden_channels] * num_layers]
        convs = [ChebConv(before, after, K, bias=False) for before, after in pairwise(widths)]
        for conv in convs:
            conv.explain = False  # its messages run on the population's edges, not the subject's
        self.convs: nn.ModuleList = nn.ModuleList(convs)
        self.biases: nn.ParameterList = nn.ParameterList(
            nn.Parameter(torch.zeros(num_rois, hidden_channels)) for _ in range(num_layers)
        )
        self.dropout: nn.Dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, edge_index: Tensor, batch: Tensor | None = None) -> Tensor:
        """Node embeddings ``[N, hidden_channels]``; ``edge_index`` is not read."""
        check_width(self, cast(ChebConv, self.convs[0]).in_channels, x)
        h = by_roi(x, batch, self.num_rois)  # [B, R, F]
        for position, (conv, bias) in enumerate(zip(self.convs, self.biases, strict=True)):
            h = self.dropout(h) if position else h
            h = conv(h, self.edge_index, self.edge_weight, lambda_max=2.0)
            h = (h + bias).relu()
        return h.flatten(0, 1)


def _population(
    edge_index: Tensor | Sequence[Sequence[int]],
    edge_weight: Tensor | Sequence[float] | None,
    num_rois: int,
) -> tuple[Tensor, Tensor]:
    # Lists are numbers wherever a model is built, also where its weights have no values.
    place = edge_index.device if isinstance(edge_index, Tensor) else "cpu"
    if not isinstance(edge_index, Tensor) and len({len(row) for row in edge_index}) > 1:
        sizes = [len(row) for row in edge_index]
        raise ValueError(f"edge_index must be [2, E], rows of one length (got {sizes!s:.60})")
    given = torch.as_tensor(edge_index, device=place)
    if given.numel() and (given.is_floating_point() or given.dtype == torch.bool):
        raise TypeError(f"edge_index must hold numbers of regions (got {given.dtype})")
    edges = given.long().clone()
    if edges.dim() != 2 or edges.size(0) != 2 or not edges.numel():
        raise ValueError(f"edge_index must be [2, E], E above 0 (got {list(edges.shape)})")
    outside = edges[(edges < 0) | (edges >= num_rois)]
    if len(outside):
        raise ValueError(
            f"edge_index names region {int(outside[0])}, and there are {num_rois}: the population "
            f"graph connects regions, not the nodes of a batch"
        )
    weight = torch.ones(edges.size(1), device=place)
    if edge_weight is not None:
        floats = torch.get_default_dtype()
        weight = torch.as_tensor(edge_weight, dtype=floats, device=place).clone()
    if weight.shape != edges.shape[1:] or not bool(((weight >= 0) & weight.isfinite()).all()):
        raise ValueError(
            f"edge_weight must be one number of at least 0, and finite, for each of "
            f"{edges.size(1)} edges"
        )
    _check_both_ways(edges, weight)
    return edges, weight


def _check_both_ways(edges: Tensor, weight: Tensor) -> None:
    """Refuse edges that are there twice, or in one direction alone: W is symmetric."""
    known: dict[tuple[int, int], float] = {}
    for (u, v), value in zip(edges.t().tolist(), weight.tolist(), strict=True):
        if (u, v) in known:
            raise ValueError(f"edge_index has the edge of regions {u} and {v} twice: leave one out")
        known[u, v] = value
    for (u, v), value in known.items():
        if not isclose(known.get((v, u), nan), value, rel_tol=1e-4, abs_tol=1e-8):
            raise ValueError(
                f"the population graph must be the same in both directions, and the edge of region "
                f"{u} to {v} is not: torch_geometric.utils.to_undirected(edge_index, edge_weight, "
                f"reduce='mean')"
            )
