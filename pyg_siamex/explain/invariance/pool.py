"""Graphs of an unlabelled pool, made ready to be explained."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Data
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.content import bytes_of
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.problem import MaskMode, PairProblem
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


def as_queries(
    model: SiameseGNN,
    graphs: Sequence[Data],
    *,
    node_mask_type: MaskType | str | None = None,
    edge_mask_type: MaskType | str | None = None,
    undirected: bool = False,
    mask_mode: MaskMode = "message",
) -> PairProblem:
    """Graphs as queries without references, an edge mask on them where no mask is asked for."""
    if node_mask_type is None and edge_mask_type is None:
        edge_mask_type = MaskType.object
    inputs = model.inputs_of(graphs)
    return alone(
        PairProblem(
            model,
            inputs,
            inputs,
            None if node_mask_type is None else MaskType(node_mask_type),
            None if edge_mask_type is None else MaskType(edge_mask_type),
            undirected=undirected,
            mask_mode=mask_mode,
        )
    )


def alone(problem: PairProblem) -> PairProblem:
    """The queries of ``problem`` without references: only their masks and embeddings matter."""
    zeros = problem.query.x.new_zeros(problem.query.num_graphs, 0)
    return replace(problem, reference=problem.query, side="query", reference_embedding=zeros)


def mask_kinds(problem: PairProblem) -> dict[str, Any]:
    """Which masks a problem asks for, in plain values."""
    kind = problem.node_mask_type
    return {
        "node_mask_type": None if kind is None else kind.value,
        "edge_mask_type": None if problem.edge_mask_type is None else problem.edge_mask_type.value,
        "undirected": problem.undirected,
        "mask_mode": problem.mask_mode,
    }


def check_kinds(learned: dict[str, Any], problem: PairProblem) -> None:
    """Raise ``ValueError`` if other masks are asked for than an invariance was learned for."""
    for name, asked in mask_kinds(problem).items():
        if asked != learned[name]:
            raise ValueError(
                f"the invariance was learned for {name}={learned[name]!r} and is asked for "
                f"{asked!r}: learn another one"
            )
