"""GIN with edge weights."""

from typing import Any, Final

from torch import Tensor
from torch_geometric.nn import MLP, GINConv
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.typing import OptTensor

from pyg_siamex.nn.own_gnn import OwnGNN


class WeightedGINConv(GINConv):
    r"""GIN layer with edge weights.

    .. math:: x_i' = \mathrm{MLP}\Bigl((1 + \epsilon) x_i + \sum_{j \in N(i)} e_{ji} x_j\Bigr)

    For weights of 1 this is equation 4.1 of Xu et al. (arXiv 1810.00826).

    Args:
        nn: The MLP.
        **kwargs: As for :class:`torch_geometric.nn.GINConv`.
    """

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None = None,
        size: Any = None,
    ) -> Tensor:
        """New node values, ``[N, F']``; ``edge_weight`` is ``[E]`` or ``None`` for all 1."""
        # propagate_type: (x: Tensor, edge_weight: OptTensor)
        out = self.propagate(edge_index, x=x, edge_weight=edge_weight, size=size)
        mapped: Tensor = self.nn(out + (1 + self.eps) * x)
        return mapped

    def message(self, x_j: Tensor, edge_weight: OptTensor) -> Tensor:
        """Weighted neighbours, ``[E, F]``."""
        return x_j if edge_weight is None else edge_weight.view(-1, 1) * x_j


class WeightedGIN(OwnGNN):
    r"""GIN of :class:`WeightedGINConv` layers, as a PyG basic model.

    Args:
        in_channels: Number of node features F.
        hidden_channels: Width of the layers.
        num_layers: Number of layers.
        **kwargs: As for :class:`torch_geometric.nn.GIN`.
    """

    supports_edge_weight: Final[bool] = True
    supports_edge_attr: Final[bool] = False

    def init_conv(
        self, in_channels: int | tuple[int, int], out_channels: int, **kwargs: Any
    ) -> MessagePassing:
        """One layer, with the two-layer MLP of PyG's GIN."""
        mlp = MLP(
            [in_channels, out_channels, out_channels],
            act=self.act,
            act_first=self.act_first,
            norm=self.norm,
            norm_kwargs=self.norm_kwargs,
        )
        return WeightedGINConv(mlp, **kwargs)
