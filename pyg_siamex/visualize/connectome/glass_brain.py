"""One connectome on nilearn's glass brain."""

from collections.abc import Collection
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from pyg_siamex._extras import needed_for
from pyg_siamex.explain.elements import Edge
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import OUTLINE
from pyg_siamex.visualize.paper.ink import Spot
from pyg_siamex.visualize.paper.legend import DASHES
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL, lettering

_VIEWS = {"x": (1, 2), "y": (0, 2), "z": (0, 1)}
"""The coordinates that each view shows: from the right, from behind, from above."""

_SCHEMATIC = 0.35
"""Opacity of the brain's outline."""

_THINNEST, _THICKEST, _OPACITY = 0.8, 2.4, 0.85
"""Widths of edges in points, and how much of what is behind they hide."""

_MM_PER_POINT = 1.2
"""Scale of a view, about; labels keep their distance by it."""

_COMPASS = np.array(
    [(np.cos(a), np.sin(a)) for a in np.pi * np.array([1, 7, 3, 5, 0, 4, 2, 6]) / 4]
)
"""Eight directions, up to the right first."""

BEHIND, IN_FRONT = 5, 1000
"""Layers of regions; edges are on layers 10 to 20."""

_Box = tuple[float, float, float, float]


def nilearn_plotting() -> Any:
    """``nilearn.plotting``, imported without a trace in matplotlib's settings.

    Where no backend is chosen yet, matplotlib chooses the one that it would for a first figure.
    """
    with rc_context(), needed_for("drawing brains"):
        from nilearn import plotting
    return plotting


def weights(edges: list[Edge], nodes: int, limit: float) -> np.ndarray:
    """Return the edges' importances as a symmetric matrix, ``[nodes, nodes]``, cut at ``limit``."""
    matrix = np.zeros((nodes, nodes))
    for low, high, value in edges:
        matrix[low, high] = matrix[high, low] = np.clip(value, -limit, limit)
    return matrix


def draw_brain(
    figure: Figure,
    box: _Box,
    coordinates: np.ndarray,
    edges: list[Edge],
    scale: ColourScale,
    spots: list[Spot],
    labels: dict[int, str],
    dashed: Collection[tuple[int, int]] = (),
) -> None:
    """Draw a connectome from three sides.

    Args:
        figure: Figure to draw into.
        box: Left, bottom, width and height in shares of the figure.
        coordinates: MNI coordinates of the regions, ``[n, 3]``.
        edges: The edges to draw.
        scale: Colours of the edges.
        spots: Marker of each region.
        labels: Text beside some regions.
        dashed: Ends of the edges that are dashed.
    """
    display = nilearn_plotting().plot_connectome(
        np.zeros((len(coordinates), len(coordinates))),
        coordinates,
        axes=figure.add_axes(box),
        display_mode="ortho",
        node_color="none",
        annotate=False,
        alpha=_SCHEMATIC,
        colorbar=False,
    )
    display.annotate(size=PLAIN)
    places = {view: coordinates[:, columns] for view, columns in _VIEWS.items()}
    for view, flat in places.items():
        _draw_edges(display.axes[view].ax, flat, edges, scale, dashed)
    _add_markers(display, coordinates, spots)
    for view, columns in _VIEWS.items():
        _label(display.axes[view].ax, coordinates[:, columns], spots, labels)


def _draw_edges(
    ax: Any,
    places: np.ndarray,
    edges: list[Edge],
    scale: ColourScale,
    dashed: Collection[tuple[int, int]],
) -> None:
    """Draw edges as straight lines, the strongest on top."""
    for layer, (low, high, value) in enumerate(reversed(edges)):
        share = scale.share(value)
        ax.plot(
            *places[[low, high]].T,
            color=scale.colour(value),
            linewidth=_THINNEST + (_THICKEST - _THINNEST) * share,
            linestyle=(0, DASHES) if (low, high) in dashed else "-",
            alpha=_OPACITY,
            solid_capstyle="round",
            zorder=10 + 10 * layer / max(len(edges), 1),
        )


def _add_markers(display: Any, coordinates: np.ndarray, spots: list[Spot]) -> None:
    """Draw the regions, faded ones behind the edges, of one marker at a time."""
    for marker, behind in dict.fromkeys((spot.marker, spot.behind) for spot in spots):
        order = sorted(range(len(spots)), key=lambda k: spots[k].area)  # the largest on top
        chosen = [k for k in order if (spots[k].marker, spots[k].behind) == (marker, behind)]
        display.add_markers(
            coordinates[chosen],
            marker_color=[spots[k].fill for k in chosen],
            marker_size=[spots[k].area for k in chosen],
            marker=marker,
            edgecolors=[spots[k].outline for k in chosen],
            linewidths=OUTLINE,
            zorder=BEHIND if behind else IN_FRONT,
        )


def _label(ax: Any, places: np.ndarray, spots: list[Spot], labels: dict[int, str]) -> None:
    """Write beside regions, each on the side that is freest of other labels."""
    taken = [places[node] for node in labels]
    for node, text in labels.items():
        reach = 0.5 * spots[node].area ** 0.5 + 0.5 * SMALL
        ends = places[node] + _MM_PER_POINT * reach * _COMPASS
        gaps = [min(np.hypot(*(end - place)) for place in taken) for end in ends]
        best = int(np.argmax(np.round(gaps, 6)))
        taken.append(ends[best])
        ax.annotate(
            text,
            places[node],
            xytext=tuple(reach * _COMPASS[best]),
            textcoords="offset points",
            ha="center",
            va="center",
            path_effects=[withStroke(linewidth=2.0, foreground="#ffffff")],
            zorder=2000,
            **lettering(text, SMALL),
        )
