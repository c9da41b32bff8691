"""The recommended encoder for connectomes: a weighted GCN on connectivity profiles."""

from typing import Any

from torch import nn

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.nn.weighted_gcn import WeightedGCN


@checked
class RoiGCN(WeightedGCN):
    r"""Weighted GCN that starts from connectivity profiles.

    Graphs share their regions, and ``x`` is the one-hot number of the region. The first layer's sum
    :math:`\sum_j e_{ji} x_j` is then row i of the connectivity matrix, made of messages that an
    edge mask can remove. Its weights start as

    .. math:: W_1 = 0, \quad W_2 = I, \quad b = 0,

    and are then learned. With one layer and :class:`~pyg_siamex.nn.RoiReadout` the model weighs
    every connection. This is the recommended model for binary connectomes of some hundred subjects.
    For weights of another scale, scale the readout's ``eps`` by the square of that scale.

    Args:
        num_rois: Regions R of every graph.
        num_layers: Layers, all of width R.
        **kwargs: As for :class:`WeightedGCN`.

    Example:
        >>> model = SiameseGNN(RoiGCN(68), pool=RoiReadout(68, 68, 64))
    """

    def __init__(self, num_rois: int, num_layers: int = 1, **kwargs: Any) -> None:
        whole("num_rois", num_rois)
        super().__init__(num_rois, num_rois, num_layers, **kwargs)
        self._start_at_profiles()

    def reset_parameters(self) -> None:
        """Reset the weights; the first layer's go back to their start."""
        super().reset_parameters()
        self._start_at_profiles()

    def _start_at_profiles(self) -> None:
        first = self.convs[0]
        nn.init.eye_(first.lin_rel.weight)
        nn.init.zeros_(first.lin_root.weight)
        if first.lin_rel.bias is not None:
            nn.init.zeros_(first.lin_rel.bias)
