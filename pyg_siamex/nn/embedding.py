"""Embed many graphs in batches, with the same result as one at a time."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.checked_graph import Naming
from pyg_siamex.data.stored_graphs import read_graphs
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.siamese import SiameseGNN

_AT_ONCE = 256
"""Graphs that are read together."""

_SAME = 1e-3
"""Largest relative difference of two embeddings that count as the same."""


@torch.no_grad()
def embed_batch(
    model: SiameseGNN, graphs: Sequence[Data], first: int = 0, naming: Naming | None = None
) -> Tensor:
    """Embed graphs in evaluation mode, ``[n, D]``, on the CPU.

    If the encoder mixes the graphs of a batch (for example by a norm without ``batch``), they are
    embedded one at a time, in agreement with ``model(query, reference)`` of two graphs.

    Args:
        model: The Siamese model.
        graphs: The graphs, at least one.
        first: Position of the first graph, for messages.
        naming: What graphs are called in messages, by their position. Default: by their number.
    """
    names: Naming = (lambda k: f"graph {k}") if naming is None else naming

    def embed(some: Sequence[Data], start: int = 0) -> Tensor:
        inputs = model.inputs_of(some, lambda k: names(first + start + k))
        return model.encode(inputs).cpu()

    with evaluating(model):
        if len(graphs) == 1:
            return embed(graphs)
        together = embed(graphs)
        alone = embed(graphs[:1])
        gap = (together[:1] - alone).abs().max()
        if not gap > _SAME * alone.abs().max():  # NaN is reported elsewhere
            return together
        return torch.cat([embed([graph], k) for k, graph in enumerate(graphs)])


def check_inputs(model: SiameseGNN, graphs: Sequence[Data], what: str) -> None:
    """Refuse graphs that a model cannot read, before any long work.

    Args:
        model: The model.
        graphs: The graphs.
        what: Name of the list in messages.

    Raises:
        TypeError: If it is not a list of graphs, or one holds something else than tensors of real
            numbers.
        ValueError: Names the first graph that cannot be used, by its position, and why.
    """
    for start in range(0, len(graphs), _AT_ONCE):
        some = read_graphs(graphs, range(start, min(start + _AT_ONCE, len(graphs))))
        model.inputs_of(some, lambda k: f"graph {start + k} of {what}")  # noqa: B023
