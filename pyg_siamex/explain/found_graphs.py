"""Graphs that a search reads must be those that the library embedded, in its order."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.embedding import embed_batch
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.library import Library
from pyg_siamex.nn.similarity import compare

_ALLOWED = 1e-2
"""Largest difference from rounding, relative to an embedding."""


@torch.no_grad()
def check_found(
    library: Library, query: Tensor, graphs: Sequence[Data], positions: Sequence[int]
) -> None:
    """Refuse graphs whose embeddings are not those of the library's entries.

    Args:
        library: The library.
        query: Embedding of the query, ``[D]``.
        graphs: Graphs of some entries.
        positions: Their positions in the library.

    Raises:
        ValueError: Names the first entry, its similarity to the query, and that of the graph.
    """
    if not len(positions):
        return
    h = embed_batch(library.model, graphs, naming=lambda k: f"entry {positions[k]} of graphs")
    known = library.embeddings[torch.tensor(positions)].to(h)
    rounding = max(torch.finfo(one.dtype).eps for one in (h, library.embeddings)) ** 0.5
    gap, size = (h - known).norm(dim=1), torch.maximum(h.norm(dim=1), known.norm(dim=1))
    wrong = (gap > max(_ALLOWED, rounding) * size).nonzero().flatten().tolist()
    if not wrong:
        return
    k = wrong[0]
    now, was = _similarities(library, query, torch.stack([h[k], known[k]]))
    raise ValueError(
        f"entry {positions[k]} of the library has similarity {was:.4g} to the query, and entry "
        f"{positions[k]} of graphs {now:.4g}: graphs must be those that the library embedded, in "
        f"its order"
    )


def _similarities(library: Library, query: Tensor, h: Tensor) -> list[float]:
    head = library.model.similarity
    device = device_of(library.model)
    with evaluating(head):
        found: list[float] = compare(head, query.to(h)[None].to(device), h.to(device)).tolist()
    return found
