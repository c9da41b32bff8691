"""Two small, different graphs to test an encoder on."""

from collections.abc import Iterator
from contextlib import suppress

import torch

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed


def small_graph(inputs: GraphInputs) -> GraphInputs:
    """The smallest graph with edges of a union, or with nodes where none has edges."""
    return _graph(inputs, _by_size(inputs)[0])


def companions(inputs: GraphInputs, first: GraphInputs) -> Iterator[GraphInputs]:
    """Graphs to batch with ``first``, the most informative one first.

    Graphs of one size or copies would not show that an encoder mixes graphs by padding. The first
    companion therefore has another number of nodes: a graph of the union, or ``first`` without its
    last node and half of its edges. The last one has the same nodes, for encoders that accept only
    this number.
    """
    order = _by_size(inputs)
    sizes = inputs.node_counts[order]
    other = (sizes != len(first.x)).nonzero().flatten().tolist()
    if other:
        yield _graph(inputs, order[other[0]])
    row, col = first.edge_index
    keep = (torch.minimum(row, col) + torch.maximum(row, col)) % 2 == 0
    fewer = torch.arange(len(first.x), device=first.x.device) < max(len(first.x) - 1, 1)
    turned = changed(first, x=first.x.flip(0))
    with suppress(ValueError):  # indices into nodes or edges cannot be cut
        part = first.select_edges(keep)
        turned = changed(part, x=part.x.flip(0))
        part = part.select_nodes(fewer)
        yield changed(part, x=part.x.flip(0))
    yield turned


def _by_size(inputs: GraphInputs) -> list[int]:
    nodes, edges = inputs.node_counts, _proper_edges(inputs)
    more = int((nodes + edges).sum()) + 1  # than the largest graph costs
    less_telling = torch.where(edges > 0, 0, torch.where(nodes > 0, more, 2 * more))
    return (nodes + edges + less_telling).argsort(stable=True).tolist()


def _proper_edges(inputs: GraphInputs) -> torch.Tensor:
    return inputs.edge_graph[~inputs.loops].bincount(minlength=inputs.num_graphs).cpu()


def _graph(inputs: GraphInputs, position: int) -> GraphInputs:
    if inputs.num_graphs == 1:
        return inputs
    return inputs.select_graphs(torch.tensor([position], device=inputs.batch.device))
