"""Connectivity profiles summed once, so that training a :class:`RoiGCN` passes no messages."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.utils import to_dense_adj

from pyg_siamex.nn.roi_gcn import RoiGCN
from pyg_siamex.nn.siamese import SiameseGNN


class ProfileGCN(nn.Module):
    r"""A :class:`RoiGCN` of one layer on summed profiles, with the same parameters.

    With one-hot regions as ``x`` the sum :math:`\sum_j e_{ji} x_j` does not change in training.
    Here it is the input. Training on full matrices of 160 regions is about ten times faster.

    Args:
        gcn: The encoder; its parameters are shared and not copied.

    Shape:
        - x: ``[N, R]``, the profiles of :func:`profile_graphs`
        - output: ``[N, R]``, what ``gcn`` returns for the whole graphs

    Raises:
        ValueError: If the encoder has more than one layer.

    See Also:
        :func:`trained_on_profiles`
    """

    def __init__(self, gcn: RoiGCN) -> None:
        super().__init__()
        if gcn.num_layers != 1:
            raise ValueError(f"profiles replace one layer (the encoder has {gcn.num_layers})")
        self.gcn = gcn

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Node embeddings; ``edge_index`` is not read."""
        conv = self.gcn.convs[0]
        own = conv.lin_root.weight.T  # of one-hot regions, [R, F]
        rows: Tensor = conv.lin_rel(x) + own.repeat(len(x) // len(own), 1)
        return rows


def profile_graphs(graphs: Sequence[Data]) -> list[Data]:
    r"""Graphs without edges, whose features are the profiles :math:`\sum_j e_{ji} x_j`.

    Args:
        graphs: Graphs whose ``x`` is the identity, ``[R, R]``, with ``edge_weight``.

    Returns:
        ``Data`` with ``x`` ``[R, R]``, an empty ``edge_index`` and, where there is one, ``y``.

    Raises:
        ValueError: If ``x`` is not the identity.
    """
    empty = torch.empty(2, 0, dtype=torch.long)
    out = []
    for data in graphs:
        if not torch.equal(data.x, torch.eye(len(data.x))):
            raise ValueError("profiles need one-hot regions as x: use features='identity'")
        weights = to_dense_adj(data.edge_index, None, data.edge_weight, data.num_nodes)[0]
        label = {} if data.y is None else {"y": data.y}
        out.append(Data(x=weights.T.contiguous(), edge_index=empty, **label))
    return out


def on_profiles(model: SiameseGNN) -> SiameseGNN:
    """The model as it reads :func:`profile_graphs`; training it trains ``model``.

    Args:
        model: A model with a :class:`RoiGCN` of one layer.

    Raises:
        ValueError: If it has another encoder.

    Example:
        >>> from pyg_siamex.nn.roi_profiles import on_profiles, profile_graphs
        >>> twin = on_profiles(SiameseGNN(RoiGCN(40), pool=RoiReadout(40, 40, 8)))
        >>> twin.eval()(*profile_graphs(list(graphs)[:2])).shape
        torch.Size([1])
    """
    if not isinstance(model.encoder, RoiGCN):
        raise ValueError(f"profiles are for a RoiGCN (got {type(model.encoder).__name__})")
    twin = SiameseGNN(ProfileGCN(model.encoder), pool=model.pool, similarity=model.similarity)
    twin.calibration = model.calibration
    return twin
