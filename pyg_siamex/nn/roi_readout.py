"""Readouts that keep the regions apart, for graphs that share their regions as nodes."""

import torch
from torch import Tensor, nn
from torch_geometric.nn import Aggregation

from pyg_siamex._door import checked
from pyg_siamex._numbers import POSITIVE, real, whole
from pyg_siamex.nn.on_meta import check_weights
from pyg_siamex.nn.roi import by_roi
from pyg_siamex.nn.width import check_width


@checked
class RoiConcat(Aggregation):
    r"""Concatenate the node embeddings of a graph, :math:`h = [h_1, \dots, h_R]`.

    :class:`~pyg_siamex.nn.RoiSimilarity` compares this embedding (Ktena et al., NeuroImage 2018).

    Args:
        num_rois: Regions R of every graph.

    Shape:
        - x: ``[N, F]``, nodes sorted by graph, node k of each graph is region k
        - output: ``[B, R F]``, region by region

    Raises:
        ValueError: If ``num_rois`` is below 1, or, when called, a graph has another number of
            nodes.
    """

    def __init__(self, num_rois: int) -> None:
        super().__init__()
        self.num_rois: int = whole("num_rois", num_rois)

    def forward(
        self,
        x: Tensor,
        index: Tensor | None = None,
        ptr: Tensor | None = None,
        dim_size: int | None = None,
        dim: int = -2,
        max_num_elements: int | None = None,
    ) -> Tensor:
        """Concatenate ``x``, ``[N, F]``, by the graph ``index``, ``[N]``, of each node."""
        return by_roi(x, index, self.num_rois, dim_size).flatten(1)


class RoiNorm(nn.BatchNorm1d):
    """BatchNorm of node embeddings side by side, ``[B, R F]``: each region has its own channels."""


@checked
class RoiReadout(Aggregation):
    r"""Weigh every feature of every region instead of averaging over regions.

    .. math:: h = W\, \mathrm{dropout}\bigl(([h_1, \dots, h_R] - \mu) / \sqrt{\sigma^2 +
              \epsilon}\bigr) + b

    with mean and variance over subjects (a BatchNorm of each region's features). A mean over
    regions would keep what all regions share and lose most local differences between subjects.

    Args:
        num_rois: Regions R of every graph.
        in_channels: Features F of each node embedding.
        out_channels: Size D of the graph embedding.
        dropout: Share of the R F values that are left out in training, in [0, 1).
        eps: Added to the variance, in squared units of the node embeddings. A connection present
            in one subject of a hundred has a variance of 0.01; a much smaller ``eps`` amplifies it.

    Shape:
        - x: ``[N, F]``, nodes sorted by graph, node k of each graph is region k
        - output: ``[B, D]``

    Raises:
        ValueError: If a size is below 1, ``dropout`` is outside [0, 1) or ``eps`` is not above 0;
            when called, if a graph has another number of nodes, or nodes of features.

    Example:
        >>> from torch_geometric.nn import GCN
        >>> model = SiameseGNN(GCN(68, 32, 2), pool=RoiReadout(68, 32, 64))
    """

    def __init__(
        self,
        num_rois: int,
        in_channels: int,
        out_channels: int,
        dropout: float = 0.5,
        eps: float = 0.05,
    ) -> None:
        super().__init__()
        sizes = {"num_rois": num_rois, "in_channels": in_channels, "out_channels": out_channels}
        for name, size in sizes.items():
            whole(name, size)
        real("dropout", dropout, "[0, 1)")
        real("eps", eps, POSITIVE)
        check_weights(num_rois * in_channels * (out_channels + 2))
        self.concat: RoiConcat = RoiConcat(num_rois)
        self.norm: RoiNorm = RoiNorm(num_rois * in_channels, eps=eps, affine=False)
        self.dropout: nn.Dropout = nn.Dropout(dropout)
        self.lin: nn.Linear = nn.Linear(num_rois * in_channels, out_channels)

    @property
    def out_channels(self) -> int:
        """Size D of the graph embedding."""
        return self.lin.out_features

    def reset_parameters(self) -> None:
        """Reset the weights and the statistics."""
        self.norm.reset_running_stats()
        self.lin.reset_parameters()

    def forward(
        self,
        x: Tensor,
        index: Tensor | None = None,
        ptr: Tensor | None = None,
        dim_size: int | None = None,
        dim: int = -2,
        max_num_elements: int | None = None,
    ) -> Tensor:
        """Embed graphs from ``x``, ``[N, F]``, by the graph ``index``, ``[N]``, of each node."""
        check_width(self, self.norm.num_features // self.concat.num_rois, x)
        z = self.concat(x, index, dim_size=dim_size)  # [B, R F]
        h: Tensor = self.lin(self.dropout(self.norm(z)))
        return h

    def roi_weights(self) -> Tensor:
        """Norm of each region's weights, ``[R]``, per standard deviation of its features."""
        per_roi = self.lin.weight.detach().view(len(self.lin.weight), self.concat.num_rois, -1)
        norms: Tensor = torch.linalg.vector_norm(per_roi, dim=(0, 2))
        return norms
