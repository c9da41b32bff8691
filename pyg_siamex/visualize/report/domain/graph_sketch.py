"""Two plain graphs, shared nodes in the same place."""

import networkx as nx
import numpy as np
from torch_geometric.explain import Explanation

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.graph.node_places import Places, shared_layout
from pyg_siamex.visualize.paper.panels import Point
from pyg_siamex.visualize.report.domain.sketch import Sketch

_SIDE, _EDGE = 440.0, 26.0
"""Length of the longer side of a picture and the room around its nodes, in pixels."""

_LARGEST_RADIUS, _SMALLEST_RADIUS = 14.0, 4.0
"""Of nodes, in pixels, where there are few and where there are many."""


def graph_sketches(explanation: PairExplanation, shared: bool) -> tuple[Sketch, Sketch]:
    """Sketch both graphs by forces between their nodes, with the same places every time.

    Args:
        explanation: The pair.
        shared: Whether node k is the same node in both.
    """
    query_graph, reference_graph = _network(explanation.query), _network(explanation.reference)
    places = shared_layout(query_graph, reference_graph, shared)
    frame = [places[0] | places[1]] * 2 if shared else list(places)
    query, reference = (_sketch(own, whole) for own, whole in zip(places, frame, strict=True))
    return query, reference


def _network(graph: Explanation) -> nx.Graph:
    found = nx.Graph()
    found.add_nodes_from(range(int(graph.num_nodes or 0)))
    found.add_edges_from(graph.edge_index.T.tolist())
    return found


def _sketch(places: Places, frame: Places) -> Sketch:
    points = np.array(list(frame.values()))
    low, high = points.min(0), points.max(0)
    span = np.maximum(high - low, 1e-9)
    scale = (_SIDE - 2 * _EDGE) / max(float(span.max()), 1.0)
    width, height = (max(float(scale * size), 60.0) + 2 * _EDGE for size in span)

    def placed(node: int) -> Point:
        x, y = scale * (places[node] - (low + high) / 2)
        return float(width / 2 + x), float(height / 2 - y)

    radius = float(np.clip(0.32 * scale, _SMALLEST_RADIUS, _LARGEST_RADIUS))
    views = [[placed(node) for node in range(len(places))]]
    return Sketch(width, height, views, (0.5 * radius, radius))
