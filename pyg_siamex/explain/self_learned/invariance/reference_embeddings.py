"""Embeddings of the references of an invariance."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.nn.siamese import SiameseGNN


@torch.no_grad()
def embed(model: SiameseGNN, graphs: Sequence[Data]) -> Tensor:
    """Embeddings ``[n, D]`` of graphs, in evaluation mode."""
    with untouched(model):
        return embed_alone(model, model.inputs_of(graphs))
