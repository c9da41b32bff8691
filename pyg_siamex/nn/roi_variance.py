"""How much features of regions vary over subjects."""

from collections.abc import Sequence

import torch
from torch_geometric.data import Data

from pyg_siamex.nn.roi import by_roi
from pyg_siamex.nn.siamese import SiameseGNN

_BATCH = 64


@torch.no_grad()
def mean_variance(model: SiameseGNN, graphs: Sequence[Data], num_rois: int) -> float:
    """Mean variance over graphs of those node embeddings that vary, in their squared unit.

    It scales the ``eps`` of :class:`~pyg_siamex.nn.RoiReadout` to matrices of any unit.

    Args:
        model: The model, trained or not.
        graphs: Graphs with the same R regions.
        num_rois: R.

    Example:
        >>> from pyg_siamex.nn.roi_variance import mean_variance
        >>> round(mean_variance(SiameseGNN(RoiGCN(40), pool="add"), list(graphs), 40), 2)
        0.07
    """
    parts = []
    for rows in torch.arange(len(graphs)).split(_BATCH):
        inputs = model.inputs_of([graphs[k] for k in rows.tolist()])
        nodes = model.node_embeddings(inputs)
        parts.append(by_roi(nodes, inputs.batch, num_rois).flatten(1).double())
    variance = torch.cat(parts).var(0, unbiased=False)
    varies = variance > 1e-12 * variance.max()
    return float(variance[varies].mean()) if bool(varies.any()) else 0.0
