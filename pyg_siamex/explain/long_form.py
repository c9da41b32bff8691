"""Explanations as tables with a row for each element of a mask."""

from typing import TYPE_CHECKING, NamedTuple

from torch_geometric.explain import Explanation

from pyg_siamex.explain.elements import (
    edge_importance,
    feature_count,
    feature_importance,
    goes_both_ways,
    node_importance,
    undirected_edges,
)

if TYPE_CHECKING:
    import pandas as pd

LONG_COLUMNS = ("graph", "kind", "first", "second", "importance")
"""Columns of :func:`long_frame`."""


class Element(NamedTuple):
    """An element of a mask and its importance.

    Attributes:
        kind: ``"edge"``, ``"node"`` or ``"feature"``.
        first: Node at the beginning of the edge, the lower one of an undirected graph; else the
            node or the feature.
        second: Node at the other end of the edge; -1 for nodes and features.
        importance: Its importance.
    """

    kind: str
    first: int
    second: int
    importance: float


def mask_elements(graph: Explanation) -> list[Element]:
    """The elements of an explained graph, in a fixed order.

    These are the edges of an edge mask by ascending nodes (both directions are one edge if every
    edge has its reverse, parallel edges are one, and self loops are left out), the features of a
    mask of features of a single node or common to all, else the nodes.

    Args:
        graph: A graph with a mask; without any mask there are no elements.

    Example:
        >>> mask_elements(explanation.query)[0].kind
        'edge'
    """
    if graph.get("edge_mask") is not None:
        return _edges(graph)
    return [] if graph.get("node_mask") is None else _nodes(graph)


def all_elements(graph: Explanation) -> list[Element]:
    """The elements of both masks of an explained graph, those of the edge mask first.

    Args:
        graph: A graph with masks or without.

    Example:
        >>> {element.kind for element in all_elements(explanation.query)}
        {'edge'}
    """
    found = mask_elements(graph)
    both = all(graph.get(name) is not None for name in ("edge_mask", "node_mask"))
    return [*found, *_nodes(graph)] if both else found


def long_frame(query: Explanation, reference: Explanation) -> "pd.DataFrame":
    """A row for each element of both graphs, the query's first, and of both masks.

    Args:
        query: The query with its masks.
        reference: The reference with its masks.

    Returns:
        Columns ``graph`` (``"query"`` or ``"reference"``), ``kind``, ``first``, ``second`` and
        ``importance``, see :class:`Element`.

    Example:
        >>> list(long_frame(explanation.query, explanation.reference).columns)
        ['graph', 'kind', 'first', 'second', 'importance']
    """
    import pandas as pd

    rows = [
        (side, *element)
        for side, graph in (("query", query), ("reference", reference))
        for element in all_elements(graph)
    ]
    return pd.DataFrame(rows, columns=list(LONG_COLUMNS))


def _edges(graph: Explanation) -> list[Element]:
    if goes_both_ways(graph.edge_index):
        return [Element("edge", *edge) for edge in undirected_edges(graph)]
    ends, values = map(tuple, graph.edge_index.T.tolist()), edge_importance(graph).tolist()
    rows = {edge: value for edge, value in zip(ends, values, strict=True) if edge[0] != edge[1]}
    return [Element("edge", first, second, rows[first, second]) for first, second in sorted(rows)]


def _nodes(graph: Explanation) -> list[Element]:
    nodes = graph.node_mask
    common = nodes.size(0) == 1 and nodes.size(1) == feature_count(graph)
    if common and (nodes.size(1) > 1 or graph.num_nodes != 1):
        return _singles("feature", feature_importance(graph).tolist())
    return _singles("node", node_importance(graph).tolist())


def _singles(kind: str, values: list[float]) -> list[Element]:
    return [Element(kind, k, -1, value) for k, value in enumerate(values)]
