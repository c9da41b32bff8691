"""GIN with edge features as a PyG basic model."""

from typing import Any, Final

from torch_geometric.nn import MLP, GINEConv
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.nn.own_gnn import OwnGNN


class GINE(OwnGNN):
    r"""GIN with edge features (Hu et al., arXiv 1905.12265), built like PyG's other basic models.

    .. math::
        x_i' = \mathrm{MLP}\Bigl((1 + \epsilon) x_i
             + \sum_{j \in N(i)} \mathrm{ReLU}(x_j + W e_{ji})\Bigr)

    Args:
        in_channels: Number of node features F.
        hidden_channels: Width of the layers.
        num_layers: Number of layers.
        edge_dim: Number of edge features (keyword).
        **kwargs: As for :class:`torch_geometric.nn.GIN`.
    """

    supports_edge_weight: Final[bool] = False
    supports_edge_attr: Final[bool] = True

    def init_conv(
        self, in_channels: int | tuple[int, int], out_channels: int, **kwargs: Any
    ) -> MessagePassing:
        """One layer."""
        mlp = MLP([in_channels, out_channels, out_channels], norm=None)
        return GINEConv(mlp, **kwargs)
