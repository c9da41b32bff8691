"""Both connectomes of a pair as circles grouped by network."""

from collections.abc import Sequence
from math import ceil, degrees
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Wedge
from matplotlib.path import Path

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.brain_legend import brain_legend, legend_height, region_list
from pyg_siamex.visualize.connectome.brain_pair import BrainPair, Connectome
from pyg_siamex.visualize.connectome.circle_layout import CircleLayout, circle_layout, moved_apart
from pyg_siamex.visualize.connectome.drawn_graph import Edge
from pyg_siamex.visualize.paper.figure import (
    FORMATS,
    LINE,
    MARGIN,
    NAME,
    OUTLINE,
    TITLE,
    WIDTH,
    inch_axes,
    new_figure,
    save_figure,
)
from pyg_siamex.visualize.paper.ink import INK, InkScale, Mark, Spot, network_marks
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL, head, heading, lettering
from pyg_siamex.visualize.paper.picture_file import picture_format

_PANEL = WIDTH / 2
"""Width and height in inches of a circle and the numbers around it."""

_RING, _NUMBERS, _EDGE_OF_PANEL = (1.06, 1.12), 1.21, 1.3
"""Radii of the networks' ring, the regions' numbers and the panel; regions are on radius 1."""

_APART = 0.1
"""Radians between two numbers."""

_THINNEST, _THICKEST = 0.8, 3.0
"""Widths of edges in points."""


def draw_circles(
    explanation: PairExplanation,
    path: str | FilePath | None = None,
    *,
    atlas: Any = None,
    edges: int = 60,
    regions: int = 8,
    names: Sequence[str] | None = None,
    title: str = "",
    limit: float | None = None,
) -> Figure:
    """Draw both connectomes as circles, regions of a network side by side.

    With coordinates the left hemisphere is on the left. Colours, widths and sizes as in
    :func:`draw_connectomes`: the strongest edges, regions by importance, one scale for both.

    Args:
        explanation: What an explainer returned.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``.
        atlas: A mapping or an object, such as an :class:`~pyg_siamex.datasets.connectome.Atlas`,
            with any of ``names``, ``coordinates`` (``[n, 3]``, MNI mm) and ``networks`` of the
            regions; the rest is taken from the graphs' ``roi_names``, ``pos`` and ``networks``.
        edges: How many edges to draw of each graph, at least 0.
        regions: How many regions of largest importance to name, at least 0.
        names: Names of query and reference; by default these words, and the graphs' ``name``.
        title: A line above the picture. If the parts of a pair matrix do not account for the
            similarity (other sign, or less than half), it says that instead.
        limit: Edge importance of the strongest colour, to compare pictures; by default the
            largest of the pair.

    Returns:
        The figure, 7.2 inches wide.

    Raises:
        ValueError: If there is nothing to draw, or if an argument is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    pair = BrainPair.of(explanation, atlas, names, edges, limit)
    title = pair.headline(title)
    marks = network_marks(pair.networks)
    leading = [side.graph.leading(regions) for side in pair.sides]
    lists = LINE * (ceil(max(map(len, leading)) / 2) + 1.5)
    above, below = MARGIN + (TITLE if title else 0.0) + NAME, lists + legend_height(marks)
    figure = new_figure(above + _PANEL + below)
    top = head(figure, title)
    for k, (side, chosen) in enumerate(zip(pair.sides, leading, strict=True)):
        left = k * _PANEL
        heading(figure, left + MARGIN, top, side.name, _PANEL - 2 * MARGIN)
        ax = inch_axes(figure, left, below, _PANEL, _PANEL)
        _draw_circle(ax, pair, side, chosen, marks)
        place = left + MARGIN, below
        region_list(figure, place, _PANEL / 2 - 0.4, side, chosen, marks, columns=2)
    brain_legend(figure, pair, marks)
    return save_figure(figure.axes[0], path)


def _draw_circle(
    ax: Axes, pair: BrainPair, side: Connectome, leading: list[int], marks: dict[str, Mark]
) -> None:
    ax.set(xlim=(-_EDGE_OF_PANEL, _EDGE_OF_PANEL), ylim=(-_EDGE_OF_PANEL, _EDGE_OF_PANEL))
    ax.set_aspect("equal")
    ax.set_axis_off()
    layout = circle_layout(side.networks, pair.networks, side.regions.coordinates)
    points = _on_circle(layout.angles, 1.0)
    if side.regions.networks is not None:
        _draw_ring(ax, layout, marks)
    _draw_chords(ax, side.edges, points, pair.scale)
    _draw_spots(ax, pair.spots(side, leading), points)
    _number(ax, layout, leading)
    if side.regions.coordinates is not None:
        for x, text in ((-0.95, "L"), (0.95, "R")):
            ax.text(x, 1.0, text, ha="center", **lettering(text, PLAIN))


def _on_circle(angles: Any, radius: float) -> np.ndarray:
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def _draw_ring(ax: Axes, layout: CircleLayout, marks: dict[str, Mark]) -> None:
    """Draw an arc in the colour of each network."""
    for arc in layout.arcs:
        low, high = sorted((degrees(arc.start), degrees(arc.end)))
        ax.add_patch(
            Wedge(
                (0, 0),
                _RING[1],
                low,
                high,
                width=_RING[1] - _RING[0],
                facecolor=marks[arc.network].colour,
                edgecolor=INK,
                linewidth=OUTLINE / 2,
            )
        )


def _draw_chords(ax: Axes, edges: list[Edge], points: np.ndarray, scale: InkScale) -> None:
    """Draw edges as curves that bend towards the centre, the strongest on top."""
    for low, high, value in reversed(edges):
        start, end = points[low], points[high]
        share = min(abs(value) / scale.limit, 1.0)
        middle = (start + end) / 2
        bend = middle * (0.2 + 0.4 * np.hypot(*middle))  # neighbours bend little
        curve = Path([start, bend, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        width = _THINNEST + (_THICKEST - _THINNEST) * share
        colour = scale.colour(value)
        ax.add_patch(PathPatch(curve, fill=False, edgecolor=colour, linewidth=width, zorder=2))


def _draw_spots(ax: Axes, spots: list[Spot], points: np.ndarray) -> None:
    """Draw markers of the regions, the most important on top."""
    order = sorted(range(len(spots)), key=lambda k: (not spots[k].behind, spots[k].area))
    for k in order:
        spot, (x, y) = spots[k], points[k]
        ax.scatter(
            [x],
            [y],
            s=spot.area,
            c=spot.fill,
            marker=spot.marker,
            edgecolors=spot.outline,
            linewidths=OUTLINE,
            zorder=3,
        )


def _number(ax: Axes, layout: CircleLayout, leading: list[int]) -> None:
    """Write the rank of the leading regions outside the ring, with a line where it moved."""
    angles = [float(layout.angles[node]) for node in leading]
    for rank, (old, new) in enumerate(
        zip(angles, moved_apart(angles, _APART), strict=True), start=1
    ):
        ends = np.stack([_on_circle(old, _RING[1]), _on_circle(new, _NUMBERS - 0.045)])
        ax.plot(*ends.T, color=INK, linewidth=OUTLINE / 2, zorder=1)
        x, y = _on_circle(new, _NUMBERS)
        ax.text(x, y, str(rank), ha="center", va="center", **lettering(str(rank), SMALL))
