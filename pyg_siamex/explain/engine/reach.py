"""Whether an encoder reads more of a graph than a neighbourhood has."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.neighbourhood import LEFT_OUT, ROOT
from pyg_siamex.nn.root_readout import RootReadout
from pyg_siamex.nn.siamese import SiameseGNN

_TRIED = 8
"""Neighbourhoods tried; how far an encoder reads hardly depends on the graph."""

_ROUNDING = 1e-5
"""Change of an embedding that counts as none, relative to its largest entry."""

WARNING = (
    "the encoder reads more hops than the neighbourhoods have, so what is explained is the score "
    "of the neighbourhoods and not the score in the whole graph: take "
    "num_hops=find_hops(model, data, pairs)"
)


@torch.no_grad()
def reads_beyond(model: SiameseGNN, graphs: Sequence[Data]) -> bool:
    """Whether roots have other embeddings in the whole graph than in their neighbourhoods.

    Adds a node, with the values of a node of another neighbourhood, and an edge from it to each
    node that lacks some. If an embedding changes, the encoder reads the edges that were left out.

    Args:
        model: The model, in evaluation mode.
        graphs: Neighbourhoods from :class:`~pyg_siamex.data.NodePairs`; other graphs are passed
            over.
    """
    if not isinstance(model.pool, RootReadout):
        return False
    cut = [g for g in graphs if g.get(LEFT_OUT) is not None and bool((g.left_out > 0).any())]
    for graph in cut[:_TRIED]:
        other = next((g for g in graphs if not torch.equal(g.x[-1], graph.x[-1])), None)
        if other is not None and _changed(model, graph, other):
            return True
    return False


def _changed(model: SiameseGNN, graph: Data, other: Data) -> bool:
    more = _with_neighbour(graph, other)
    before, after = (model.encode(model.inputs_of([g])) for g in (graph, more))
    allowed = _ROUNDING * float(before.abs().max().clamp_min(1e-12))
    return not bool(((before - after).abs() <= allowed).all())


def _with_neighbour(graph: Data, other: Data) -> Data:
    """The graph with the last node of another, and edges from it to the nodes that lack some."""
    lacking = (graph[LEFT_OUT] > 0).nonzero().flatten()
    nodes = int(graph.num_nodes or 0)
    out = copy.copy(graph)
    for name, value in graph.to_dict().items():
        if name in ("edge_index", ROOT) or not isinstance(value, Tensor):
            continue
        dim = graph.__cat_dim__(name, value)
        if graph.is_edge_attr(name):
            out[name] = _extended(value, dim, len(lacking))
        elif graph.is_node_attr(name):
            last = other[name].narrow(dim, other[name].size(dim) - 1, 1)
            out[name] = torch.cat([value, last], dim=dim)
    new = torch.stack([torch.full_like(lacking, nodes), lacking])
    out.edge_index = torch.cat([graph.edge_index, new], dim=1)
    out.num_nodes = nodes + 1
    return out


def _extended(value: Tensor, dim: int, count: int) -> Tensor:
    """Rows of edges and ``count`` more, which repeat the last one."""
    size = value.size(dim)
    if not size:
        shape = list(value.shape)
        shape[dim] = count
        return value.new_zeros(shape)
    rows = torch.arange(size + count, device=value.device).clamp_max(size - 1)
    return value.index_select(dim, rows)
