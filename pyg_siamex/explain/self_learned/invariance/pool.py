"""Draw and embed graphs of an unlabelled pool."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.nn.siamese import SiameseGNN

Pool = Sequence[Data] | Dataset


def draw(pool: Pool, count: int, seed: int) -> list[Data]:
    """Draw ``count`` different graphs of the pool, or all if it has fewer.

    Raises:
        ValueError: If the pool is empty or ``count`` is below 1.
    """
    size = len(pool)  # type: ignore[arg-type]
    if size == 0:
        raise ValueError("the pool is empty: give graphs to compare with")
    if count < 1:
        raise ValueError(f"at least 1 graph must be drawn from the pool (got {count})")
    order = torch.randperm(size, generator=torch.Generator().manual_seed(seed))
    return [pool[int(k)] for k in order[:count]]


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
