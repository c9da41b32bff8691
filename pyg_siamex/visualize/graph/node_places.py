"""Places of the nodes of two graphs, the same for the nodes they share."""

from collections.abc import Hashable, Sequence

import networkx as nx
import numpy as np

Places = dict[Hashable, np.ndarray]

_MOST_EXACT = 120
"""Nodes of a component beyond which springs place them: Kamada and Kawai (1989) costs O(n^3)."""

_FEWEST_STEPS, _PUSHES = 10, 10**8
"""Fewest steps of springs, and pairs of nodes that push each other off, over all steps."""

_SPACE = 1.0
"""Room between two components, in the distance of two nodes."""


def shared_layout(query: nx.Graph, reference: nx.Graph, shared: bool) -> tuple[Places, Places]:
    """Place the nodes of both graphs in two dimensions.

    Args:
        query: The first graph.
        reference: The second one.
        shared: Whether nodes of the same name are one node, at the same place in both.
    """
    if not shared:
        return graph_layout(query), graph_layout(reference)
    places = graph_layout(nx.compose(query.to_undirected(), reference.to_undirected()))
    return {node: places[node] for node in query}, {node: places[node] for node in reference}


def graph_layout(graph: nx.Graph) -> Places:
    """Place a graph's nodes, its components side by side, the largest first.

    The same graph has the same places every time.
    """
    whole = nx.Graph()
    whole.add_nodes_from(graph)
    whole.add_edges_from((u, v) for u, v in graph.edges if u != v)
    position = {node: k for k, node in enumerate(graph)}
    components = [sorted(part, key=position.__getitem__) for part in nx.connected_components(whole)]
    components.sort(key=lambda nodes: (-len(nodes), position[nodes[0]]))
    return _side_by_side([_component(whole, nodes) for nodes in components])


def _component(whole: nx.Graph, nodes: Sequence[Hashable]) -> Places:
    """Place a component in a box as wide as the root of its number of nodes, less one."""
    part = nx.Graph()
    part.add_nodes_from(nodes)
    part.add_edges_from(whole.subgraph(nodes).edges)
    if len(nodes) <= _MOST_EXACT:
        places = nx.kamada_kawai_layout(part)
    else:
        steps = max(_FEWEST_STEPS, min(100, _PUSHES // len(nodes) ** 2))
        places = nx.spring_layout(part, seed=0, iterations=steps)
    points = np.array([places[node] for node in nodes])
    points -= points.min(axis=0)
    points *= (len(nodes) ** 0.5 - 1) / max(float(points.max()), 1e-9)
    return dict(zip(nodes, points, strict=True))


def _side_by_side(boxes: Sequence[Places]) -> Places:
    """Set boxes in rows, as text is set."""
    area = sum((_extent(box)[0] + _SPACE) * (_extent(box)[1] + _SPACE) for box in boxes)
    width = max([area**0.5, *(_extent(box)[0] + _SPACE for box in boxes)], default=0.0)
    places, x, y, row = {}, 0.0, 0.0, 0.0
    for box in boxes:
        wide, high = (side + _SPACE for side in _extent(box))
        if x + wide > width + 1e-9:
            x, y, row = 0.0, y - row, 0.0
        corner = np.array([x, y - high])
        places.update({node: point + corner for node, point in box.items()})
        x, row = x + wide, max(row, high)
    return places


def _extent(box: Places) -> tuple[float, float]:
    wide, high = np.max(list(box.values()), axis=0)
    return float(wide), float(high)
