"""Whether an encoder reads more of a graph than a neighbourhood has."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.neighbourhood import LEFT_OUT
from pyg_siamex.data.union_tensors import changed
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

    Adds an edge from a node of another neighbourhood to each node that lacks some. If the root's
    embedding changes, the encoder reads the edges that were left out.

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
    """Whether edges from the last node of another graph change the embedding of the first."""
    union = model.inputs_of([graph, other])
    lacking = (graph[LEFT_OUT] > 0).nonzero().flatten().to(union.x.device)
    more = _with_edges(union, lacking)
    if more is None:
        return False
    before, after = (model.encode(inputs)[0] for inputs in (union, more))
    allowed = _ROUNDING * float(before.abs().max().clamp_min(1e-12))
    return not bool(((before - after).abs() <= allowed).all())


def _with_edges(union: GraphInputs, targets: Tensor) -> GraphInputs | None:
    """The union with edges from nodes of its last graph to the targets, or ``None`` without any."""
    types = [name for name in union.node_extras if not union.extras[name].value.is_floating_point()]
    if not union.edge_index.numel():
        if types or union.edge_extras:
            return None
        source = torch.full_like(targets, len(union.x) - 1)
        return changed(union, edge_index=torch.stack([source, targets]))
    edges, reached = _templates(union, targets, types)
    if not len(edges):
        return None
    added = torch.stack([union.edge_index[0, edges], reached])
    rows = torch.cat([torch.arange(union.edge_index.size(1), device=edges.device), edges])
    edge_index = torch.cat([union.edge_index, added], dim=1)
    return changed(union.select_edges(rows), edge_index=edge_index)


def _templates(union: GraphInputs, targets: Tensor, types: Sequence[str]) -> tuple[Tensor, Tensor]:
    """For each target the last edge that leads to a node of its type, and the targets with one."""
    ends, nodes = union.edge_index[1], len(union.x)
    kind = torch.zeros(nodes, dtype=torch.long, device=ends.device)
    for name in types:
        value = union.extras[name].value.reshape(nodes, -1).long()
        together = torch.cat([kind[:, None], value], dim=1)
        kind = together.unique(dim=0, return_inverse=True)[1]
    last = torch.full((nodes,), -1, device=ends.device)
    numbers = torch.arange(len(ends), device=ends.device)
    last = last.scatter_reduce(0, kind[ends], numbers, reduce="amax")
    edges = last[kind[targets]]
    return edges[edges >= 0], targets[edges >= 0]
