"""Two small graphs that differ, to try an encoder on."""

from dataclasses import replace

import torch

from pyg_siamex.data.inputs import GraphInputs


def two_small_graphs(inputs: GraphInputs) -> tuple[GraphInputs, GraphInputs]:
    """The two smallest graphs with edges of a union, or one and a part of it.

    Identical graphs would not show that an encoder mixes them: of a pair of copies the second loses
    half of its edges, and its features change places.
    """
    nodes, edges = inputs.node_counts, _proper_edges(inputs)
    cost = nodes + edges + torch.where(edges > 0, 0, int((nodes + edges).sum()) + 1)
    order = cost.argsort(stable=True).tolist()
    first = _graph(inputs, order[0])
    for position in order[1:]:
        second = _graph(inputs, position)
        if not _same(first, second):
            return first, second
    return first, _varied(first)


def _proper_edges(inputs: GraphInputs) -> torch.Tensor:
    row, col = inputs.edge_index
    return inputs.edge_graph[row != col].bincount(minlength=inputs.num_graphs).cpu()


def _graph(inputs: GraphInputs, position: int) -> GraphInputs:
    if inputs.num_graphs == 1:
        return inputs
    return inputs.select_graphs(torch.tensor([position], device=inputs.batch.device))


def _same(one: GraphInputs, other: GraphInputs) -> bool:
    return torch.equal(one.x, other.x) and torch.equal(one.edge_index, other.edge_index)


def _varied(graph: GraphInputs) -> GraphInputs:
    """The same nodes in another order of features, with every second undirected edge."""
    row, col = graph.edge_index
    keep = (torch.minimum(row, col) + torch.maximum(row, col)) % 2 == 0
    return replace(graph.select_edges(keep), x=graph.x.flip(0))
