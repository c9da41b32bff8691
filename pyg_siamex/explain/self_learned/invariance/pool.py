"""Graphs of an unlabelled pool, made ready to be explained."""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data

from pyg_siamex.data.content import bytes_of
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.nn.siamese import SiameseGNN

Pool = Sequence[Data] | Dataset


def draw(pool: Pool, count: int, seed: int) -> list[Data]:
    """``count`` different graphs of the pool, or all where it has fewer.

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


def digest(model: SiameseGNN) -> str:
    """Digest of every weight that a similarity depends on."""
    content = hashlib.blake2b(digest_size=16)
    for name, value in model.state_dict().items():
        if not name.startswith("calibration."):
            content.update(name.encode())
            content.update(bytes_of(value))
    return content.hexdigest()


def check_kinds(learned: MaskKinds, asked: MaskKinds) -> None:
    """Raise ``ValueError`` if other masks are asked for than an invariance was learned for."""
    known = learned.plain()
    for name, value in asked.plain().items():
        if value != known[name]:
            raise ValueError(
                f"the invariance was learned for {name}={known[name]!r} and is asked for "
                f"{value!r}: learn another one"
            )
