"""A GNN that sums over weighted neighbours without dividing by degree."""

from typing import Any, Final

from torch_geometric.nn import GraphConv
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.nn.own_gnn import OwnGNN


class WeightedGCN(OwnGNN):
    r"""Sums over weighted neighbours (Morris et al., AAAI 2019), as a PyG basic model.

    .. math:: x_i' = W_1 x_i + W_2 \sum_{j \in N(i)} e_{ji} x_j + b

    Unlike :class:`torch_geometric.nn.GCN` it does not divide by degrees. Weights may therefore be
    negative (correlations), and a strongly connected region stays distinct.

    Args:
        in_channels: Number of node features F.
        hidden_channels: Width of the layers.
        num_layers: Number of layers.
        **kwargs: As for :class:`torch_geometric.nn.GCN` and :class:`torch_geometric.nn.GraphConv`.
    """

    supports_edge_weight: Final[bool] = True
    supports_edge_attr: Final[bool] = False

    def init_conv(
        self, in_channels: int | tuple[int, int], out_channels: int, **kwargs: Any
    ) -> MessagePassing:
        """One layer."""
        return GraphConv(in_channels, out_channels, **kwargs)
