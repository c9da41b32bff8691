"""Graphs with a sparse ``adj_t``, which are explained through their edges."""

import torch
from torch_geometric.data import Data

from pyg_siamex.data.union_tensors import changed
from pyg_siamex.nn.siamese import SiameseGNN


@torch.no_grad()
def check_adjacency(model: SiameseGNN, graph: Data) -> None:
    """Refuse an encoder that embeds ``adj_t`` differently from the edges it holds.

    Args:
        model: The Siamese model, in evaluation mode.
        graph: A graph with ``adj_t`` and without ``edge_index``.

    Raises:
        ValueError: If the two embeddings differ by more than rounding.
    """
    inputs = model.inputs(graph)
    by_edges = model.encode(inputs)
    given = {name: joined for name, joined in inputs.extras.items() if name in graph}
    try:
        by_adjacency = model.encode(changed(inputs, edge_index=graph.adj_t, extras=given))
    except (RuntimeError, TypeError, ValueError, AttributeError, NotImplementedError):
        return  # an encoder that reads only edges
    gap = (by_edges - by_adjacency).abs().max()
    if gap > 1e-3 * by_edges.abs().max():
        raise ValueError(
            f"the encoder {type(model.encoder).__name__} computes something else from data.adj_t "
            f"than from its edges: give data.edge_index, and edge_weight if edges have weights"
        )
