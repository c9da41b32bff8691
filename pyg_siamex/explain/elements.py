r"""The value of each edge, node and feature of an explanation, by one rule for all readers.

Measures, pictures, pages, tables and exports use this module, so an edge has the same value
everywhere.

* An undirected edge takes the value of largest magnitude, with its sign, among its entries in both
  directions and parallel entries. Of :math:`+v` and :math:`-v` it takes :math:`+v`. An edge of a
  directed graph takes it among the parallel entries of its own direction.
* A self loop is not an element. It has the value 0, does not count for any node and is left out of
  lists of edges. Most layers replace self loops by their own, and explainers give them 0.
* Without an edge mask, an edge takes the mean of its two ends.
* A node takes its row of the node mask, summed over features. A mask of common features,
  ``[1, F]``, is multiplied by the node's features first. Without a node mask, a node takes the
  value of largest magnitude among its edges, or 0 without edges. Pictures of connectomes show the
  sum over its edges instead, and say so.
* A feature takes its column of the node mask, summed over nodes.
* The strongest elements have the largest magnitude. Ties go to the lower node numbers, so the order
  of the columns of ``edge_index`` does not matter.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex.explain.explained_graph import check_explained, check_values


class Edge(NamedTuple):
    """An undirected edge, with its lower node first, and its importance."""

    low: int
    high: int
    value: float


class _NodePairs(NamedTuple):
    """The pairs of nodes that are joined by an edge.

    Attributes:
        ends: The two nodes of each pair, ``[2, M]``, in ascending order.
        number: Pair of each column of ``edge_index``, ``[E]``; -1 for a self loop.
    """

    ends: Tensor
    number: Tensor


def is_masked(explanation: Explanation) -> bool:
    """Whether the graph has a node mask or an edge mask."""
    return explanation.get("node_mask") is not None or explanation.get("edge_mask") is not None


def nodes_speak(explanation: Explanation) -> bool:
    """Whether nodes have their own values instead of values from their edges."""
    return explanation.get("node_mask") is not None or explanation.get("edge_mask") is None


@checked
def node_importance(explanation: Explanation, relevance: Tensor | None = None) -> Tensor:
    """Importance of each node, ``[n]``, signed if the masks are signed.

    A node mask is summed over the features that the node has. Without a node mask, a node takes the
    value of largest magnitude among its edges except self loops, or 0 without edges.

    Args:
        explanation: The graph with its masks.
        relevance: The pair matrix with a row for each node of this graph. Without any mask, a node
            takes the sum of its row.

    Raises:
        TypeError: If a mask is not a tensor of real numbers.
        ValueError: If the explanation has neither a mask nor a pair matrix, or a mask does not fit
            the graph, or is not finite, or the pair matrix that is read does not.
    """
    check_explained(explanation.to_dict(), "the explanation")
    mask = explanation.get("node_mask")
    if mask is not None:
        rows, x = int(explanation.num_nodes or 0), explanation.x
        own = mask if mask.size(0) == rows else mask * x.reshape(rows, -1)
        summed: Tensor = own.sum(-1)
        return summed
    if explanation.get("edge_mask") is None and relevance is not None:
        wide = relevance.shape[1:]
        counts = [int(explanation.num_nodes or 0), feature_count(explanation)]  # of rows of tables
        check_values(relevance, "`relevance`", [[count, *wide] for count in counts])
        return relevance.sum(1)
    return strongest_edge_of_nodes(explanation)


def strongest_edge_of_nodes(explanation: Explanation) -> Tensor:
    """The value of largest magnitude among each node's edges, ``[n]``; 0 for an isolated node.

    Raises:
        ValueError: If the edge mask is missing.
    """
    if explanation.get("edge_mask") is None:
        raise ValueError("the explanation has neither a node_mask nor an edge_mask")
    values = entry_importance(explanation).repeat(2)
    return largest(values, explanation.edge_index.flatten(), int(explanation.num_nodes or 0))


@checked
def edge_importance(explanation: Explanation) -> Tensor:
    """Importance of each edge, ``[E]``, signed if the masks are signed.

    All columns of ``edge_index`` that belong to one edge have the same value: an edge and its
    reverse in a graph :func:`that goes both ways <goes_both_ways>`, and parallel edges. Self loops
    have 0. Without an edge mask, an edge takes the mean of its two ends.

    Raises:
        TypeError: If the mask is not a tensor of real numbers.
        ValueError: If the explanation has no mask, or the mask does not fit the graph, or is not
            finite.
    """
    check_explained(explanation.to_dict(), "the explanation")
    ends = explanation.edge_index
    if goes_both_ways(ends):
        ends = ends.sort(dim=0).values
    _, number = _distinct(ends)
    return largest(entry_importance(explanation), number, len(number))[number]


def entry_importance(explanation: Explanation) -> Tensor:
    """Importance of each single column of ``edge_index``, ``[E]``; 0 for self loops.

    Without an edge mask, it is the mean of the two ends. It is for measures that remove one
    direction of an edge; otherwise use :func:`edge_importance` or :func:`undirected_edges`.

    Raises:
        ValueError: If the explanation has no mask.
    """
    row, col = explanation.edge_index
    values = explanation.get("edge_mask")
    if values is None:
        nodes = node_importance(explanation)
        values = (nodes[row] + nodes[col]) / 2
    return torch.where(row == col, 0.0, floating(values))


def floating(values: Tensor) -> Tensor:
    """Values as floating numbers; whole numbers and truths are converted."""
    return values if values.is_floating_point() else values.float()


def feature_count(explanation: Explanation) -> int:
    """Number of features in each row of ``x``; 0 without rows of features."""
    x = explanation.x
    return int(x.size(1)) if isinstance(x, Tensor) and x.dim() == 2 else 0


def feature_importance(explanation: Explanation) -> Tensor:
    """Importance of each feature, ``[F]`` in double: the node mask summed over nodes.

    Raises:
        ValueError: If the explanation has no mask of features.
    """
    mask = explanation.get("node_mask")
    if mask is None or mask.size(1) != feature_count(explanation):
        raise ValueError(
            "the explanation has no mask of features: ask for node_mask_type='attributes' or "
            "'common_attributes'"
        )
    summed: Tensor = mask.double().sum(0)
    return summed


def undirected_edges(explanation: Explanation) -> list[Edge]:
    """Each joined pair of nodes once, by ascending node numbers, with its importance.

    Both directions are one edge, also in a directed graph. Self loops are left out.

    Raises:
        ValueError: If the explanation has no mask.
    """
    ends, number = unordered_pairs(explanation.edge_index)
    values = largest(entry_importance(explanation), number, ends.size(1))
    rows = zip(ends.T.tolist(), values.tolist(), strict=True)
    return [Edge(low, high, value) for (low, high), value in rows]


def strongest_edges(edges: Sequence[Edge], k: int) -> list[Edge]:
    """The ``k`` edges with the largest magnitude above 0, strongest first.

    Of equally strong edges the one with the lower nodes comes first.
    """
    known = [edge for edge in edges if edge.value != 0]
    return sorted(known, key=lambda edge: (-abs(edge.value), edge.low, edge.high))[:k]


def connection_weights(explanation: Explanation) -> dict[tuple[int, int], float]:
    """The graph's own ``edge_weight`` by the two nodes of an edge, the lower one first.

    Where strengths and signs are kept apart (``edge_type`` 1 of weights that are not negative), the
    weight has its sign again. Empty without ``edge_weight``.

    Args:
        explanation: The graph.
    """
    weight, kind = explanation.get("edge_weight"), explanation.get("edge_type")
    if weight is None or weight.numel() != explanation.edge_index.size(1):
        return {}
    values = weight.detach().cpu().double().flatten()
    if kind is not None and bool((values >= 0).all()) and bool((kind <= 1).all()):
        values = torch.where(kind.cpu() == 1, -values, values)
    ends = explanation.edge_index.sort(dim=0).values.T.tolist()
    return {(low, high): value for (low, high), value in zip(ends, values.tolist(), strict=True)}


def strongest(values: Tensor, k: int | None = None) -> list[int]:
    """Positions of the ``k`` values with the largest magnitude, or of all, strongest first.

    Of equally strong values the one at the lower position comes first.
    """
    return values.abs().argsort(descending=True, stable=True)[:k].tolist()


def goes_both_ways(edge_index: Tensor) -> bool:
    """Whether every edge has its reverse, as in undirected graphs."""
    both = (_distinct(ends)[0] for ends in (edge_index, edge_index.flip(0)))
    return torch.equal(*both)


def unordered_pairs(edge_index: Tensor) -> _NodePairs:
    """The joined pairs of different nodes; an edge, its reverse and its parallels are one pair."""
    row, col = edge_index
    proper = row != col
    ends, inverse = _distinct(edge_index[:, proper].sort(dim=0).values)
    number = torch.full_like(row, -1).masked_scatter(proper, inverse)
    return _NodePairs(ends, number)


def largest(values: Tensor, number: Tensor, size: int) -> Tensor:
    """The value of largest magnitude of each element, with its sign, ``[size]``.

    Of two values with the same magnitude it is the positive one. An element without values has 0.

    Args:
        values: ``[E]``.
        number: Element of each value, ``[E]``; values with negative numbers are ignored.
        size: Number of elements.
    """
    inside = number >= 0
    values, number = values[inside], number[inside]
    high = values.new_zeros(size).scatter_reduce(0, number, values, "amax")
    low = values.new_zeros(size).scatter_reduce(0, number, values, "amin")
    return torch.where(-low > high, low, high)


def _distinct(ends: Tensor) -> tuple[Tensor, Tensor]:
    """The distinct columns of ``ends``, ``[2, M]``, in ascending order, and the index of each."""
    nodes = int(ends.max()) + 1 if ends.numel() else 1
    key, inverse = (ends[0] * nodes + ends[1]).unique(return_inverse=True)
    return torch.stack([key // nodes, key % nodes]), inverse
