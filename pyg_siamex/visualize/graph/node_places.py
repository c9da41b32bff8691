"""Places of the nodes of two graphs, the same for the nodes they share."""

from collections.abc import Hashable, Sequence

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import dijkstra

Places = dict[Hashable, np.ndarray]

_MOST_EXACT = 120
"""Nodes of a component beyond which springs place them: Kamada and Kawai (1989) costs O(n^3)."""

_MOST_PUSHED, _STEPS = 1000, 100
"""Nodes of a component beyond which distances to pivots place them, since each step of springs
costs O(n^2); and the steps of springs."""

_PIVOTS, _ASIDE = 50, 0.2
"""Pivots of a large component; how far its nodes are moved aside at random, so that those of equal
distances do not coincide, in the distance of two nodes."""

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
    if len(nodes) > _MOST_PUSHED:
        points = _by_pivots(part)
    else:
        places = (
            nx.kamada_kawai_layout(part)
            if len(nodes) <= _MOST_EXACT
            else nx.spring_layout(part, seed=0, iterations=_STEPS)
        )
        points = np.array([places[node] for node in nodes])
    points -= points.min(axis=0)
    points *= (len(nodes) ** 0.5 - 1) / max(float(points.max()), 1e-9)
    if len(nodes) > _MOST_PUSHED:
        points += np.random.default_rng(0).uniform(-_ASIDE, _ASIDE, points.shape)
        points -= points.min(axis=0)
    return dict(zip(nodes, points, strict=True))


def _by_pivots(part: nx.Graph) -> np.ndarray:
    """Pivot MDS of a connected graph (Brandes and Pich, Graph Drawing 2006), ``[n, 2]``.

    Classical scaling of the distances to a few nodes, each the farthest from those before.
    """
    links = nx.to_scipy_sparse_array(part, weight=None, format="csr")
    # Older SciPy follows links by 32 bit numbers alone.
    links.indices, links.indptr = links.indices.astype(np.int32), links.indptr.astype(np.int32)
    pivot, rows = 0, []
    nearest = np.full(links.shape[0], np.inf)
    for _ in range(_PIVOTS):
        rows.append(dijkstra(links, indices=pivot, unweighted=True))
        nearest = np.minimum(nearest, rows[-1])
        pivot = int(nearest.argmax())
    squares = np.array(rows).T ** 2  # [n, pivots]
    means = squares.mean(0) + squares.mean(1, keepdims=True) - squares.mean()
    centred = (means - squares) / 2
    _, axes = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ axes[:, :-3:-1])


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
