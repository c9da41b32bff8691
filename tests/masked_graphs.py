"""Masked graphs of every shape, drawn by hypothesis, and what their edges and nodes are worth."""

from itertools import pairwise

import torch
from hypothesis import strategies as st
from torch_geometric.explain import Explanation

VALUES = st.sampled_from([-2.0, -1.0, -0.8, 0.0, 0.1, 0.8, 1.0, 3.0])
"""Few, so that ties, opposite signs and zeros are frequent; each is distinct as a float."""

WIDTH = 7
"""Features, as many as a graph has nodes at most."""

Ends = tuple[int, int]


@st.composite
def masked_graphs(draw, both_ways: bool | None = None, loops: bool = True) -> Explanation:
    """A path over some nodes and further columns: reverses, parallels, self loops, isolated nodes.

    Args:
        draw: Set by hypothesis.
        both_ways: Whether each edge has its reverse; either by default.
        loops: Whether there may be self loops.
    """
    joined, isolated = draw(st.integers(2, 5)), draw(st.integers(0, 2))
    node = st.integers(0, joined - 1)
    ends = [*pairwise(range(joined)), *draw(st.lists(st.tuples(node, node), max_size=8))]
    ends = [(u, v) for u, v in ends if loops or u != v]
    if both_ways or (both_ways is None and draw(st.booleans())):
        ends += [(v, u) for u, v in ends if draw(st.booleans()) or (v, u) not in ends]
    ends = draw(st.permutations(ends))
    mask = draw(st.lists(VALUES, min_size=len(ends), max_size=len(ends)))
    return Explanation(
        x=torch.eye(WIDTH)[: joined + isolated],
        edge_index=torch.tensor(ends).T.contiguous(),
        edge_mask=torch.tensor(mask, dtype=torch.double),
    )


def columns_of(graph: Explanation) -> list[tuple[Ends, float]]:
    """Ends and value of each column of ``edge_index``, self loops left out."""
    rows = zip(graph.edge_index.T.tolist(), graph.edge_mask.tolist(), strict=True)
    return [((u, v), value) for (u, v), value in rows if u != v]


def pairs_of(graph: Explanation) -> dict[Ends, float]:
    """The value of each joined pair of nodes, by comparing all columns of the graph."""
    found: dict[Ends, list[float]] = {}
    for (u, v), value in columns_of(graph):
        found.setdefault((min(u, v), max(u, v)), []).append(value)
    return {ends: strongest_of(values) for ends, values in found.items()}


def arrows_of(graph: Explanation) -> dict[Ends, float]:
    """The value of each direction by itself."""
    found: dict[Ends, list[float]] = {}
    for ends, value in columns_of(graph):
        found.setdefault(ends, []).append(value)
    return {ends: strongest_of(values) for ends, values in found.items()}


def strongest_of(values: list[float]) -> float:
    """The value of largest magnitude, the positive one of a tie; 0 of none."""
    return max(values, key=lambda value: (abs(value), value), default=0.0)


def is_undirected(graph: Explanation) -> bool:
    """Whether each column has its reverse."""
    ends = [ends for ends, _ in columns_of(graph)]
    return all((v, u) in ends for u, v in ends)


def renumbered(graph: Explanation, order: list[int], columns: list[int]) -> Explanation:
    """The graph with node k as node ``order[k]``, and its columns in another order."""
    x = torch.empty_like(graph.x)
    x[order] = graph.x
    return Explanation(
        x=x,
        edge_index=torch.tensor(order)[graph.edge_index][:, columns],
        edge_mask=graph.edge_mask[columns],
    )
