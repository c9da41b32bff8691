"""Embed graphs of an unlabelled pool, and what an invariance was learned for."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.nn.siamese import SiameseGNN


@torch.no_grad()
def embed(model: SiameseGNN, graphs: Sequence[Data]) -> Tensor:
    """Embeddings ``[n, D]`` of graphs, in evaluation mode."""
    with untouched(model):
        return embed_alone(model, model.inputs_of(graphs))


def check_kinds(learned: MaskKinds, asked: MaskKinds) -> None:
    """Raise ``ValueError`` if the requested masks differ from the masks of an invariance."""
    known = learned.plain()
    for name, value in asked.plain().items():
        if value != known[name]:
            raise ValueError(
                f"the invariance was learned for {name}={known[name]!r} and is asked for "
                f"{value!r}: learn another one"
            )
