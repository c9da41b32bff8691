"""The advised encoder for connectomes: a weighted GCN that starts from connectivity profiles."""

from typing import Any

from torch import nn

from pyg_siamex.nn.weighted_gcn import WeightedGCN


class RoiGCN(WeightedGCN):
    r"""Weighted GCN that starts from connectivity profiles.

    Graphs share their regions, and ``x`` is the one-hot number of the region, so the first layer's
    sum :math:`\sum_j e_{ji} x_j` is row i of the connectivity matrix, made of messages that an edge
    mask can take away. Its weights start there,

    .. math:: W_1 = 0, \quad W_2 = I, \quad b = 0,

    and are learned from there. With one layer and :class:`~pyg_siamex.nn.RoiReadout` the model
    weighs every connection: the advised model for binary connectomes of some hundred subjects (for
    weights of another scale, scale the readout's ``eps`` by its square).

    Args:
        num_rois: Regions R of every graph.
        num_layers: Layers, all of width R.
        **kwargs: As for :class:`WeightedGCN`.

    Example:
        >>> model = SiameseGNN(RoiGCN(68), pool=RoiReadout(68, 68, 64))
    """

    def __init__(self, num_rois: int, num_layers: int = 1, **kwargs: Any) -> None:
        super().__init__(num_rois, num_rois, num_layers, **kwargs)
        self._start_at_profiles()

    def reset_parameters(self) -> None:
        """Draw the weights of later layers anew; the first layer's go back to their start."""
        super().reset_parameters()
        self._start_at_profiles()

    def _start_at_profiles(self) -> None:
        first = self.convs[0]
        nn.init.eye_(first.lin_rel.weight)
        nn.init.zeros_(first.lin_root.weight)
        if first.lin_rel.bias is not None:
            nn.init.zeros_(first.lin_rel.bias)
