"""Panels of a map of connections: a circle of regions and a matrix of networks."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve

from pyg_siamex.explain.elements import Edge
from pyg_siamex.visualize.connectome.circle_layout import circle_layout
from pyg_siamex.visualize.paper.figure import OUTLINE, inch_axes
from pyg_siamex.visualize.paper.ink import INK, InkScale, network_marks
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL, cut_to, inches, lettering

_NAMES = 0.95
"""Inches of the longest name of a network."""

BAR = 0.42
"""Inches that the colour bar of a matrix takes."""


class Panel(NamedTuple):
    """A panel's name and, in inches, its left edge, width and height."""

    name: str
    x: float
    width: float
    height: float


def draw_map_circle(
    ax: Axes,
    networks: Sequence[str],
    places: np.ndarray | None,
    edges: Sequence[Edge],
    scale: InkScale,
) -> None:
    """Draw connections as chords of a circle of regions.

    Args:
        ax: Axes to draw into.
        networks: Network of each region.
        places: Coordinates of the regions, which part the hemispheres, or ``None``.
        edges: The connections, the strongest first.
        scale: Widths and colours.
    """
    ax.set(xlim=(-1.12, 1.12), ylim=(-1.12, 1.12), aspect="equal")
    ax.axis("off")
    marks = network_marks(networks)
    angles = circle_layout(networks, list(marks), places).angles
    points = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for low, high, value in reversed(edges):
        ends = [points[low], 0.25 * (points[low] + points[high]), points[high]]
        curve = Curve(ends, [Curve.MOVETO, Curve.CURVE3, Curve.CURVE3])
        width, colour = 0.4 + 1.4 * scale.share(value), scale.sign(value)
        ax.add_patch(PathPatch(curve, fill=False, edgecolor=colour, linewidth=width, alpha=0.75))
    for name, mark in marks.items():
        chosen = [k for k, of in enumerate(networks) if of == name]
        ax.scatter(
            points[chosen, 0],
            points[chosen, 1],
            60.0 / sqrt(len(points)),
            mark.colour,
            marker=mark.marker,
            edgecolors=INK,
            linewidths=OUTLINE / 2,
            zorder=3,
        )


def draw_map_matrix(
    figure: Figure,
    box: tuple[float, float, float, float],
    names: Sequence[str],
    values: np.ndarray,
    stars: Sequence[tuple[int, int]],
) -> Axes:
    """Draw a matrix of networks with its colour bar.

    Args:
        figure: Figure to draw into.
        box: Left, bottom, width and height in inches.
        names: Names of the networks.
        values: ``[k, k]``, NaN for empty cells.
        stars: Cells with a star.
    """
    room = min(_NAMES, max(inches(name, SMALL) for name in names) + 0.05)
    x, y, width, height = box
    size = min(width - room - BAR, height - room)
    ax = inch_axes(figure, x + room, y + height - size, size, size)
    known = np.abs(values[np.isfinite(values)])
    limit = float(known.max(initial=0.0)) or 1.0
    image = ax.imshow(values, cmap=InkScale(limit, True).colormap, vmin=-limit, vmax=limit)
    for i, j in stars:
        dark = abs(values[i, j]) > limit / 2
        ink = lettering("*", PLAIN) | {"color": "#ffffff" if dark else INK}
        ax.text(j, i + 0.12, "*", ha="center", va="center", fontweight="bold", **ink)
    short = [cut_to(name, room - 0.05, SMALL) for name in names]
    ax.set_xticks(range(len(names)), short, rotation=90, **lettering("x", SMALL))
    ax.set_yticks(range(len(names)), short, **lettering("x", SMALL))
    ax.tick_params(length=0, pad=2)
    side = inch_axes(figure, x + room + size + 0.06, y + height - size, 0.07, size)
    bar = figure.colorbar(image, cax=side)
    bar.ax.tick_params(length=2, pad=2)
    for text in bar.ax.get_yticklabels():
        text.set(**lettering(text.get_text(), SMALL))
    return ax
