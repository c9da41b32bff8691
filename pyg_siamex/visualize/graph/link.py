"""The part of a graph that carries a link, with networkx."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from pyg_siamex._door import checked
from pyg_siamex.explain.link import LinkExplanation
from pyg_siamex.visualize.graph.network import importances, weighted_network
from pyg_siamex.visualize.graph.network_axes import Scales, draw_network
from pyg_siamex.visualize.graph.node_places import graph_layout
from pyg_siamex.visualize.paper.figure import (
    FORMATS,
    LINE,
    MARGIN,
    TITLE,
    WIDTH,
    inch_axes,
    new_figure,
    save_figure,
)
from pyg_siamex.visualize.paper.ink import InkScale
from pyg_siamex.visualize.paper.lettering import head
from pyg_siamex.visualize.paper.pair_frame import caption_room, foot
from pyg_siamex.visualize.paper.picture_file import picture_format
from pyg_siamex.visualize.paper.words import summary

_SIDE = 4.6
"""Height and width of the graph in inches."""


@checked
def draw_link(
    explanation: LinkExplanation,
    path: str | Path | None = None,
    *,
    node_names: Sequence[str] | None = None,
    title: str = "",
    limit: float | None = None,
) -> Figure:
    """Draw the graph around a link with its mask; the two nodes have a ring.

    Colours, widths and sizes are those of :func:`~pyg_siamex.visualize.draw_graphs`.

    Args:
        explanation: What :func:`~pyg_siamex.explain.explain_link` returned.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``.
        node_names: Names of the nodes of ``explanation.graph``. Default: their numbers in the whole
            graph.
        title: A line above the picture.
        limit: Importance of the strongest colour, to compare pictures; by default the largest.

    Returns:
        The figure, 7.2 inches wide.

    Raises:
        ValueError: If there is nothing to draw, or an argument is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    graph = weighted_network(explanation.graph, node_names, None)
    values = importances(graph)
    if not any(values):
        raise ValueError("the explanation has no node_mask and no edge_mask")
    signed = explanation.pair.signed
    nodes, edges = (
        InkScale.of(kind, signed=signed, limit=limit) if kind else None for kind in values
    )
    scales = Scales(nodes, edges)
    words = summary(
        explanation.pair, "ring: the link's nodes \u00b7 larger, darker: more important"
    )
    under = MARGIN + (2.2 + len(scales.known)) * LINE + caption_room(words)
    figure = new_figure(MARGIN + (TITLE if title else 0.0) + _SIDE + under)
    head(figure, title)
    places = graph_layout(graph)
    ax = inch_axes(figure, (WIDTH - _SIDE) / 2, under, _SIDE, _SIDE)
    draw_network(ax, graph, places, places, scales)
    foot(figure, scales.known, words)
    return save_figure(ax, path)
