"""Any two explained graphs side by side, with networkx."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx
from matplotlib.figure import Figure

from pyg_siamex._door import checked
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.graph.network import importances, roots_of, weighted_network
from pyg_siamex.visualize.graph.network_axes import Scales, draw_network
from pyg_siamex.visualize.graph.node_links import chosen_links, describe, draw_links
from pyg_siamex.visualize.graph.node_places import shared_layout
from pyg_siamex.visualize.paper.figure import FORMATS, save_figure
from pyg_siamex.visualize.paper.ink import InkScale
from pyg_siamex.visualize.paper.lettering import PLAIN, lettering
from pyg_siamex.visualize.paper.pair_frame import (
    caption_room,
    foot,
    pair_figure,
    panel_width,
    titles_of,
)
from pyg_siamex.visualize.paper.picture_file import picture_format
from pyg_siamex.visualize.paper.words import headline, summary


@checked
def draw_graphs(
    explanation: PairExplanation,
    path: str | Path | None = None,
    *,
    node_names: tuple[Sequence[str], Sequence[str]] | None = None,
    shared: bool | None = None,
    links: int | None = None,
    names: Sequence[str] | None = None,
    title: str = "",
    limit: float | None = None,
) -> Figure:
    """Draw both graphs of a pair with their importances, shared nodes in the same place.

    The more important an edge, the wider and darker its line; the more important a node, the
    larger and darker its disc. What has importance 0 is light grey, so that a thresholded
    explanation shows what it keeps. Signed importances are orange where they push the two apart
    and purple where they pull them together; masks are green. Nodes without an importance of
    their own are white. Edges without their reverse are arrows. The roots of neighbourhoods
    (:class:`~pyg_siamex.data.NodePairs`) have a ring.

    Args:
        explanation: What an explainer returned.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``.
        node_names: Names of the query's and of the reference's nodes. By default the graphs'
            ``node_names`` or ``roi_names``, else their ``n_id`` or their numbers. Where they do not
            all fit into the discs, roots and the eight most important nodes are named.
        shared: Whether nodes of the same name are one node, drawn at the same place. By default
            they are if both graphs have names or ``n_id``, or the same number of nodes.
        links: Lines between the pairs of nodes with the largest relevance, orange and purple like
            the rest. By default five between neighbourhoods, if there is a pair matrix.
        names: Names of query and reference; by default these words, and the graphs' ``name``.
        title: A line above the picture. If the parts of a pair matrix do not account for the
            similarity (other sign, or less than half), it says that instead.
        limit: Importance of the strongest colour, to compare pictures; by default the largest of
            the pair.

    Returns:
        The figure, 7.2 inches wide.

    Raises:
        ValueError: If there is nothing to draw, or if an argument is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    explanation = explanation.pulls()
    titles, title = titles_of(explanation, names), headline(explanation.carried, title)
    graphs = _networks(explanation, node_names)
    scales = _scales(explanation, graphs, limit)
    between = chosen_links(explanation, links)
    together = _are_shared(explanation, graphs, shared)
    places = shared_layout(*graphs, shared=together)
    words = summary(explanation, _remark(graphs, describe(between)))
    figure, axes = pair_figure(
        titles, title, panel_width(), len(scales.known), below=caption_room(words)
    )
    rims = []
    for ax, graph, own in zip(axes, graphs, places, strict=True):
        frame = places[0] | places[1] if together else own
        rims.append(draw_network(ax, graph, own, frame, scales))
        if not any(importances(graph)):
            ax.set_title("not explained", y=0.0, **lettering("", PLAIN))
    labels = list(graphs[0]), list(graphs[1])
    draw_links(figure, axes, between, labels, places, (rims[0], rims[1]))
    foot(figure, scales.known, words)
    return save_figure(axes[0], path)


def _scales(
    explanation: PairExplanation, graphs: tuple[nx.Graph, nx.Graph], limit: float | None
) -> Scales:
    """Make a scale for the nodes of both graphs and one for their edges."""
    query, reference = map(importances, graphs)
    kinds = [[*one, *other] for one, other in zip(query, reference, strict=True)]
    if not any(kinds):
        raise ValueError("neither graph has a node_mask or an edge_mask, and there is no relevance")
    signed = explanation.signed
    nodes, edges = (
        InkScale.of(values, signed=signed, limit=limit) if values else None for values in kinds
    )
    return Scales(nodes, edges)


def _networks(
    explanation: PairExplanation, names: tuple[Sequence[Any], Sequence[Any]] | None
) -> tuple[nx.Graph, nx.Graph]:
    if names is not None and len(names) != 2:
        raise ValueError(f"node_names must be two lists, of query and reference (got {len(names)})")
    first, second = (None, None) if names is None else names
    matrix = explanation.relevance
    return (
        weighted_network(explanation.query, first, matrix),
        weighted_network(explanation.reference, second, None if matrix is None else matrix.T),
    )


def _remark(graphs: tuple[nx.Graph, nx.Graph], lines: str) -> str:
    rooted = any(roots_of(graph) for graph in graphs)
    words = ["ring: the pair" if rooted else "larger, wider and darker: more important", lines]
    if rooted:
        words.insert(1, "larger, darker: more important")
    return " \u00b7 ".join(filter(None, words))


def _are_shared(
    explanation: PairExplanation, graphs: tuple[nx.Graph, nx.Graph], shared: bool | None
) -> bool:
    """Decide whether nodes are shared; by default by names, else by the number of nodes."""
    if shared is not None:
        return shared
    if all(one.get("n_id") is not None for one in (explanation.query, explanation.reference)):
        return True
    named = [list(graph) != [str(k) for k in range(len(graph))] for graph in graphs]
    return all(named) or (not any(named) and len(graphs[0]) == len(graphs[1]))
