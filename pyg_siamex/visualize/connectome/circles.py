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

from pyg_siamex._door import checked
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.brain_legend import brain_legend, legend_height
from pyg_siamex.visualize.connectome.brain_lists import (
    edge_list,
    edges_listed,
    list_height,
    region_list,
)
from pyg_siamex.visualize.connectome.brain_pair import BrainPair, Connectome
from pyg_siamex.visualize.connectome.circle_layout import CircleLayout, circle_layout, moved_apart
from pyg_siamex.visualize.connectome.page_width import width_of
from pyg_siamex.visualize.paper.figure import (
    FORMATS,
    MARGIN,
    NAME,
    OUTLINE,
    TITLE,
    inch_axes,
    new_figure,
    save_figure,
)
from pyg_siamex.visualize.paper.ink import INK, InkScale, Mark, Spot, network_marks
from pyg_siamex.visualize.paper.legend import DASHES
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL, head, heading, lettering
from pyg_siamex.visualize.paper.picture_file import picture_format

_RING, _NUMBERS, _EDGE_OF_PANEL = (1.06, 1.12), 1.21, 1.3
"""Radii of the networks' ring, the regions' numbers and the panel; regions are on radius 1."""

_APART = 0.1
"""Radians between two numbers."""

_THINNEST, _THICKEST = 0.5, 2.2
"""Widths of edges in points."""

_FAINTEST, _CLEAREST = 0.35, 0.9
"""Opacities of the weakest and of the strongest edge."""

_BUNDLED = 0.62
"""How far from the centre, as a share of the radius, the bundles of a network meet."""

_INSIDE = 1.2
"""How much farther from the centre edges inside a network turn."""


@checked
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
    listed: int = 6,
    columns: int = 2,
) -> Figure:
    """Draw both connectomes as circles, regions of a network side by side.

    With coordinates the left hemisphere is on the left. Edges between the same two networks are
    bundled (as in Holten, IEEE TVCG 2006), thin and transparent. Colours, widths and sizes as in
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
        listed: How many edges to name, with importance and, where the graphs have ``edge_weight``,
            the connection itself; at least 0.
        columns: Width of the figure in columns of a journal: 1 (3.5 inches, the circles below each
            other) or 2 (7.2 inches, side by side).

    Returns:
        The figure. PNG files have 300 pixels per inch; letters of SVG and PDF files are text.

    Raises:
        ValueError: If a graph is a molecule or a row of a table, if there is nothing to
            draw, or if an argument is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    width = width_of(columns, listed)
    pair = BrainPair.of(explanation, atlas, names, edges, limit)
    title = pair.headline(title)
    marks = network_marks(pair.networks)
    leading = [side.graph.leading(regions) for side in pair.sides]
    count, circle = edges_listed(pair.sides, listed), width / columns
    rows = ceil(max(map(len, leading)) / 2)
    panel = NAME + circle + list_height(max(rows, 1)) + list_height(count)
    above, below = MARGIN + (TITLE if title else 0.0), legend_height(pair, marks, width)
    figure = new_figure(above + panel * (3 - columns) + below, width)
    top = head(figure, title)
    for k, (side, chosen) in enumerate(zip(pair.sides, leading, strict=True)):
        left, high = (k * circle, top) if columns == 2 else (0.0, top - k * panel)
        heading(figure, left + MARGIN, high, side.name, circle - 2 * MARGIN)
        ax = inch_axes(figure, left, high - NAME - circle, circle, circle)
        _draw_circle(ax, pair, side, chosen, marks)
        left, high = left + MARGIN, high - NAME - circle
        region_list(figure, (left, high), circle / 2 - 0.4, side, chosen, marks, columns=2)
        high -= list_height(max(rows, 1))
        edge_list(figure, (left, high), circle - 2 * MARGIN, side, count, pair.scale)
    brain_legend(figure, pair, marks, width)
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
    _draw_chords(ax, side, points, _bundles(layout, side), pair.scale)
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


def _bundles(layout: CircleLayout, side: Connectome) -> np.ndarray:
    """Where the edges of each region meet those of its network and hemisphere, ``[n, 2]``."""
    if side.regions.networks is None:
        return 0.35 * _on_circle(layout.angles, 1.0)
    out = np.empty((len(layout.angles), 2))
    for arc in layout.arcs:
        low, high = sorted((arc.start, arc.end))
        inside = (layout.angles >= low) & (layout.angles <= high)
        out[inside] = _on_circle((low + high) / 2, _BUNDLED)
    return out


def _draw_chords(
    ax: Axes, side: Connectome, points: np.ndarray, bundles: np.ndarray, scale: InkScale
) -> None:
    """Draw edges as curves through the bundles of their networks, the strongest on top."""
    for edge in reversed(side.edges):
        low, high, value = edge
        share = scale.share(value)
        ways = [bundles[low], bundles[high]]
        if np.allclose(*ways):  # inside a network
            ways = [_INSIDE * way for way in ways]
        curve = [points[low], *ways, points[high]]
        path = Path(curve, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
        patch = PathPatch(
            path,
            fill=False,
            edgecolor=scale.colour(value),
            linewidth=_THINNEST + (_THICKEST - _THINNEST) * share,
            linestyle=(0, DASHES) if side.graph.is_negative(edge) else "-",
            alpha=_FAINTEST + (_CLEAREST - _FAINTEST) * share,
            zorder=2,
        )
        ax.add_patch(patch)


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
