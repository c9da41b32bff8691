"""GIN with edge features as a PyG basic model."""

from typing import Any, Final

from torch import Tensor
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

    Raises:
        ValueError: As :class:`OwnGNN`; when called, if ``edge_attr`` has no columns.
    """

    supports_edge_weight: Final[bool] = False
    supports_edge_attr: Final[bool] = True

    def init_conv(
        self, in_channels: int | tuple[int, int], out_channels: int, **kwargs: Any
    ) -> MessagePassing:
        """One layer."""
        mlp = MLP([in_channels, out_channels, out_channels], norm=None)
        return GINEConv(mlp, **kwargs)

    def _check_inputs(self, x: Any, edge_attr: Any) -> None:
        """Also for ``edge_attr`` in a row, which layers add as the features of one edge."""
        super()._check_inputs(x, edge_attr)
        if isinstance(edge_attr, Tensor) and edge_attr.dim() < 2:
            raise ValueError(
                f"edge_attr must be [num_edges, edge_dim], and it is {list(edge_attr.shape)}: use "
                f"edge_attr.view(-1, 1) for one number per edge"
            )
