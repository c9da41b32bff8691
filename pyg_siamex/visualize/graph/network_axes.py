"""One explained graph on matplotlib axes, drawn by networkx."""

from typing import NamedTuple

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from pyg_siamex.visualize.graph.network import roots_of
from pyg_siamex.visualize.graph.node_places import Places
from pyg_siamex.visualize.paper.colour import LEAST_CONTRAST, contrast_ratio
from pyg_siamex.visualize.paper.figure import OUTLINE
from pyg_siamex.visualize.paper.ink import FAINT, INK, InkScale
from pyg_siamex.visualize.paper.lettering import SMALL, inches, lettering

_PLAIN_WIDTH, _THINNEST, _THICKEST = 0.4, 0.8, 4.5
"""Widths in points of edges without importance, and of the least and the most important."""

_FEW = 150
"""Most edges that are drawn at full width."""

_WIDEST, _SHARE, _SMALLEST = 18.0, 0.45, 0.6
"""Diameter of the most important node, in points at most and as a share of the distance between
nodes; diameter of the least important node as a share of it."""

_FULL, _MOST_NAMED = 0.95, 8
"""Share of a disc that its name may take; nodes named where names are wider than that."""

_RING, _RING_WIDTH = 2.2, 1.2
"""Distance of a root's ring from its disc, and width of the ring, in points."""

_MOST_MARKS = 5000
"""Nodes and edges beyond which SVG and PDF files hold them as an image, which a viewer can bear."""

_ARROW = 7.0
"""Size of an arrow's head."""


class Scales(NamedTuple):
    """Colours of nodes and of edges; ``None`` where they have no importance."""

    nodes: InkScale | None
    edges: InkScale | None

    @property
    def known(self) -> dict[str, InkScale]:
        """The scales there are, by what they are of."""
        return {name: s for name, s in (("edge", self.edges), ("node", self.nodes)) if s}


class _Disc(NamedTuple):
    """How a node is drawn: fill, and diameter in points."""

    fill: str
    diameter: float


def draw_network(
    ax: Axes, graph: nx.Graph, places: Places, frame: Places, scales: Scales
) -> dict[str, float]:
    """Draw a graph into axes.

    Args:
        ax: Square axes.
        graph: As :func:`~pyg_siamex.visualize.graph.network.weighted_network` makes it.
        places: Place of each node.
        frame: Places that the axes have to hold.
        scales: Colours.

    Returns:
        Radius of each node in points, with the ring of a root.
    """
    points = np.array([*frame.values()])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    half = max(float(np.abs(points - middle).max()), 0.5) + 0.35
    ax.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half))
    ax.set_axis_off()
    side = 72 * float(ax.bbox.width) / float(ax.figure.dpi)
    largest = min(_WIDEST, _SHARE * side / (2 * half))
    discs = {
        node: _disc(scales.nodes, value, largest) for node, value in graph.nodes(data="importance")
    }
    _draw_edges(ax, graph, places, scales.edges, discs)
    _draw_nodes(ax, graph, places, discs)
    if len(graph) + graph.number_of_edges() > _MOST_MARKS:
        for mark in (*ax.collections, *ax.patches):
            mark.set_rasterized(True)
    _draw_rings(ax, graph, places, discs)
    for node in _named(graph, discs):
        _letter(ax, node, places[node], discs[node])
    rings = dict.fromkeys(roots_of(graph), _RING + _RING_WIDTH / 2)
    return {node: disc.diameter / 2 + rings.get(node, 0.0) for node, disc in discs.items()}


def _disc(scale: InkScale | None, value: float | None, largest: float) -> _Disc:
    """Return fill and diameter; diameters are linear in importance."""
    if scale is None or value is None:
        return _Disc("#ffffff", largest * _SMALLEST)
    share = min(abs(value) / scale.limit, 1.0)
    return _Disc(scale.colour(value), largest * (_SMALLEST + (1 - _SMALLEST) * share))


def _draw_edges(
    ax: Axes, graph: nx.Graph, places: Places, scale: InkScale | None, discs: dict[str, _Disc]
) -> None:
    """Draw lines, or arrows in a directed graph, the strongest on top, equal ones by node."""
    place = {node: k for k, node in enumerate(graph)}
    edges = sorted(
        graph.edges(data="importance"),
        key=lambda edge: (abs(edge[2] or 0.0), place[edge[0]], place[edge[1]]),
    )
    dense = min((_FEW / max(len(edges), 1)) ** 0.5, 1.0)
    lines = [_line(scale, value) for *_, value in edges]
    arrows = {"arrows": True, "arrowsize": _ARROW} if graph.is_directed() else {}
    nx.draw_networkx_edges(
        graph,
        places,
        edgelist=[(u, v) for u, v, _ in edges],
        edge_color=[colour for colour, _ in lines],
        width=[max(width * dense, _PLAIN_WIDTH) for _, width in lines],
        node_size=[disc.diameter**2 for disc in discs.values()],
        ax=ax,
        hide_ticks=False,
        **arrows,
    )


def _line(scale: InkScale | None, value: float | None) -> tuple[str, float]:
    """Return the colour and the width in points."""
    if scale is None or value is None:
        return FAINT, _PLAIN_WIDTH
    share = min(abs(value) / scale.limit, 1.0)
    return scale.colour(value), _THINNEST + (_THICKEST - _THINNEST) * share


def _draw_nodes(ax: Axes, graph: nx.Graph, places: Places, discs: dict[str, _Disc]) -> None:
    nx.draw_networkx_nodes(
        graph,
        places,
        node_size=[disc.diameter**2 for disc in discs.values()],
        node_color=[disc.fill for disc in discs.values()],
        edgecolors=INK,
        linewidths=OUTLINE,
        ax=ax,
        hide_ticks=False,
    )


def _draw_rings(ax: Axes, graph: nx.Graph, places: Places, discs: dict[str, _Disc]) -> None:
    """Draw a ring around each root."""
    roots = roots_of(graph)
    if roots:
        nx.draw_networkx_nodes(
            graph,
            places,
            nodelist=roots,
            node_size=[(discs[root].diameter + 2 * _RING) ** 2 for root in roots],
            node_color="none",
            edgecolors=INK,
            linewidths=_RING_WIDTH,
            ax=ax,
            hide_ticks=False,
        )


def _named(graph: nx.Graph, discs: dict[str, _Disc]) -> list[str]:
    """Choose nodes to name: all if every name fits its disc, else roots and the most important."""
    if all(_fits(node, disc) for node, disc in discs.items()):
        return list(graph)
    strength = {node: abs(value or 0.0) for node, value in graph.nodes(data="importance")}
    if not any(strength.values()):
        strength = {node: abs(value) for node, value in graph.nodes(data="strongest_edge")}
    order = sorted(strength, key=lambda node: -strength[node])
    roots = roots_of(graph)
    return roots + [n for n in order[:_MOST_NAMED] if strength[n] > 0 and n not in roots]


def _fits(name: str, disc: _Disc) -> bool:
    return 72 * inches(name, SMALL) < _FULL * disc.diameter


def _letter(ax: Axes, name: str, place: np.ndarray, disc: _Disc) -> None:
    """Write a name into its disc, black or white, or above the disc if it does not fit."""
    fits = _fits(name, disc)
    dark = fits and contrast_ratio(disc.fill) < LEAST_CONTRAST
    settings = lettering(name, SMALL) | ({"color": "#ffffff"} if dark else {})
    ax.annotate(
        name,
        (float(place[0]), float(place[1])),
        xytext=(0.0, 0.0 if fits else (disc.diameter + SMALL) / 2 + 1.0),
        textcoords="offset points",
        ha="center",
        va="center",
        path_effects=[] if fits else [withStroke(linewidth=2.0, foreground="#ffffff")],
        zorder=5,
        **settings,
    )
