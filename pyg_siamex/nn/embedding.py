"""Embed many graphs in batches, with the same result as one at a time."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data

from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.restored import evaluating
from pyg_siamex.nn.siamese import SiameseGNN

_SAME = 1e-3
"""Largest relative difference of two embeddings that count as the same."""


@torch.no_grad()
def embed_batch(model: SiameseGNN, graphs: Sequence[Data]) -> Tensor:
    """Embed graphs in evaluation mode, ``[n, D]``, on the CPU.

    If the encoder mixes the graphs of a batch (for example by a norm without ``batch``), they are
    embedded one at a time, in agreement with ``model(query, reference)`` of two graphs.

    Args:
        model: The Siamese model.
        graphs: The graphs, at least one.
    """
    device = device_of(model)

    def embed(some: Sequence[Data]) -> Tensor:
        return model.embed(Batch.from_data_list(list(some)).to(device)).cpu()

    with evaluating(model):
        alone = embed(graphs[:1])
        if len(graphs) == 1:
            return alone
        together = embed(graphs)
        gap = (together[:1] - alone).abs().max()
        if not gap > _SAME * alone.abs().max():  # NaN is reported elsewhere
            return together
        return torch.cat([embed([graph]) for graph in graphs])
