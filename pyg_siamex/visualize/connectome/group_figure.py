"""Connections that tell two groups apart: a glass brain, a circle and a matrix of networks."""

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve

from pyg_siamex.visualize.connectome.circle_layout import circle_layout
from pyg_siamex.visualize.connectome.drawn_graph import Edge
from pyg_siamex.visualize.connectome.glass_brain import nilearn_plotting, weights
from pyg_siamex.visualize.paper.figure import MARGIN, OUTLINE, WIDTH, inch_axes, new_figure
from pyg_siamex.visualize.paper.figure import save_figure as save
from pyg_siamex.visualize.paper.ink import INK, InkScale, Spot, network_marks
from pyg_siamex.visualize.paper.lettering import PLAIN, SMALL, cut_to, head, lettering, write

if TYPE_CHECKING:
    import pandas as pd

_PANEL, _FOOT = 2.0, 0.95
"""Inches: height of the panels, and of the lines below them."""

_LEAST = 20
"""Connections that are shown where none is significant."""

_MOST = 40
"""Connections that are shown."""

_LEVEL = 0.05


def draw_group(
    tables: "dict[str, pd.DataFrame]",
    atlas: Any,
    names: tuple[str, str],
    path: str | Path | None = None,
    *,
    title: str = "",
) -> Figure:
    """Draw the connections with a family-wise p of at most 0.05, or in such a cluster.

    Where there is none, the 20 of the highest z are drawn, and the caption says so. Purple
    connections are stronger in the first class, orange ones in the second; thicker ones have a
    higher z. The matrix has z of the evidence below its diagonal and z of the raw connections above
    it; a star marks a family-wise p of at most 0.05.

    Args:
        tables: ``"connections"`` and, where they are known, ``"networks"``, as
            :class:`~pyg_siamex.recipe.GroupFound` has them.
        atlas: The regions: ``names``, and where known ``coordinates`` and ``networks``.
        names: Names of the class and of what it is compared with.
        path: Where to write, ``.svg``, ``.png`` or ``.pdf``, or ``None``.
        title: Written above.

    Raises:
        ValueError: If the suffix is unknown.

    Example:
        >>> figure = draw_group(found.tables, found.atlas, found.names, "group.svg")
    """
    shown, strict = shown_connections(tables["connections"])
    figure = new_figure(_PANEL + _FOOT + 0.5 + (0.3 if title else 0.0))
    top = head(figure, title)
    edges = _edges(shown, list(atlas.names), names)
    scale = InkScale.of([value for *_, value in edges], signed=True)
    panels = ["circle"]
    panels += ["matrix"] if "networks" in tables else []
    panels = ["brain", *panels] if atlas.coordinates is not None else panels
    widths = _widths(panels)
    x, last = MARGIN, None
    for panel, width in zip(panels, widths, strict=True):
        panel_title = (
            "connections" if panel == "circle" and atlas.networks is None else _HEADS[panel]
        )
        write(figure, x, top - 0.02, panel_title, PLAIN, va="top", fontweight="bold")
        box = (x, top - 0.2 - _PANEL, width - 0.1, _PANEL)
        last = _DRAW[panel](figure, box, atlas, edges, scale, tables) or last
        x += width
    _legend(figure, _networks(atlas))
    said = _words(shown, strict, names, tables["connections"])
    for line, text in enumerate([*said, _OF_MATRIX] if "matrix" in panels else said):
        text = cut_to(text, WIDTH - 2 * MARGIN, PLAIN)
        write(figure, MARGIN, _FOOT - 0.28 - 0.16 * (line + 1), text, PLAIN)
    assert last is not None
    save(last, path)
    return figure


def shown_connections(table: "pd.DataFrame") -> "tuple[pd.DataFrame, bool]":
    """The connections of a picture, and whether they are significant.

    Args:
        table: A row per connection, the highest z first.
    """
    strict = table[(table["p_fwe"] <= _LEVEL) | (table["p_cluster"] <= _LEVEL)]
    return (strict.head(_MOST), True) if len(strict) else (table.head(_LEAST), False)


def _edges(
    shown: "pd.DataFrame", regions: list[str], names: tuple[str, str]
) -> list[tuple[int, int, float]]:
    place = {name: k for k, name in enumerate(regions)}
    return [
        (place[one], place[other], z if where == names[0] else -z)
        for one, other, z, where in shown[["region", "other", "z", "stronger_in"]].itertuples(
            index=False
        )
    ]


def _words(
    shown: "pd.DataFrame", strict: bool, names: tuple[str, str], table: "pd.DataFrame"
) -> list[str]:
    first = (
        f"the {len(shown)} of highest z with family-wise p \u2264 .05"
        if strict
        else f"no connection has a family-wise p \u2264 .05: the {len(shown)} of highest z"
    )
    alone, clustered = (int((table[p] <= _LEVEL).sum()) for p in ("p_fwe", "p_cluster"))
    raw_alone, raw_clustered = (
        int((table[p] <= _LEVEL).sum()) for p in ("raw_p_fwe", "raw_p_cluster")
    )
    return [
        f"{first}; purple: stronger in {names[0]}, orange: in {names[1]}",
        f"p \u2264 .05 alone: {alone}, in clusters: {clustered} connections; raw connections: "
        f"{raw_alone}, {raw_clustered}.",
    ]


def _legend(figure: Figure, networks: Sequence[str]) -> None:
    marks = network_marks(networks)
    if len(marks) < 2:
        return
    ax = inch_axes(figure, MARGIN, _FOOT - 0.22, WIDTH - 2 * MARGIN, 0.2)
    ax.axis("off")
    width = (WIDTH - 2 * MARGIN) / len(marks)
    ax.set(xlim=(0, WIDTH - 2 * MARGIN), ylim=(0, 1))
    for k, (name, mark) in enumerate(marks.items()):
        x = k * width + 0.06
        ax.scatter(
            [x], [0.5], 18.0, mark.colour, marker=mark.marker, edgecolors=INK, linewidths=0.6
        )
        text = cut_to(name, width - 0.2, SMALL)
        ax.text(x + 0.1, 0.5, text, va="center", **lettering(text, SMALL))


def _widths(panels: Sequence[str]) -> list[float]:
    shares = {"brain": 1.3, "circle": 0.75, "matrix": 1.15}
    total = sum(shares[panel] for panel in panels)
    return [(WIDTH - 2 * MARGIN) * shares[panel] / total for panel in panels]


def _brain(
    figure: Figure, box: Any, atlas: Any, edges: Any, scale: InkScale, tables: Any
) -> Axes | None:
    marks = network_marks(_networks(atlas))
    touched = {k for low, high, _ in edges for k in (low, high)}
    spots = [
        Spot(marks[name].colour, marks[name].marker, 14.0 if k in touched else 1.5, INK, False)
        for k, name in enumerate(_networks(atlas))
    ]
    whole, tall = figure.get_size_inches()
    shares = (box[0] / whole, box[1] / tall, box[2] / whole, box[3] / tall)
    places = np.asarray(atlas.coordinates)
    matrix = weights([Edge(*edge) for edge in edges], len(places), scale.limit)
    display = nilearn_plotting().plot_connectome(
        matrix,
        places,
        axes=figure.add_axes(shares),
        display_mode="ortho",
        node_color=[spot.fill for spot in spots],
        node_size=[spot.area for spot in spots],
        node_kwargs={"edgecolors": INK, "linewidths": OUTLINE / 2},
        edge_cmap=scale.colormap,
        edge_vmin=-scale.limit,
        edge_vmax=scale.limit,
        edge_kwargs={"linewidth": 0.9},
        annotate=False,
        alpha=0.35,
        colorbar=False,
    )
    display.annotate(size=PLAIN)
    return None


def _circle(figure: Figure, box: Any, atlas: Any, edges: Any, scale: InkScale, tables: Any) -> Axes:
    ax = inch_axes(figure, *box)
    ax.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25), aspect="equal")
    ax.axis("off")
    networks = _networks(atlas)
    marks = network_marks(networks)
    coordinates = None if atlas.coordinates is None else np.asarray(atlas.coordinates)
    angles = circle_layout(networks, list(marks), coordinates).angles
    points = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for low, high, value in sorted(edges, key=lambda edge: abs(edge[2])):
        ends = [points[low], 0.25 * (points[low] + points[high]), points[high]]
        curve = Curve(ends, [Curve.MOVETO, Curve.CURVE3, Curve.CURVE3])
        width = 0.5 + 1.5 * abs(value) / scale.limit
        ax.add_patch(
            PathPatch(curve, fill=False, edgecolor=scale.sign(value), linewidth=width, alpha=0.8)
        )
    size = 60.0 / sqrt(len(points))
    for name, mark in marks.items():
        chosen = [k for k, of in enumerate(networks) if of == name]
        ax.scatter(
            points[chosen, 0],
            points[chosen, 1],
            size,
            mark.colour,
            marker=mark.marker,
            edgecolors=INK,
            linewidths=OUTLINE / 2,
            zorder=3,
        )
    return ax


def _matrix(figure: Figure, box: Any, atlas: Any, edges: Any, scale: InkScale, tables: Any) -> Axes:
    table = tables["networks"]
    names = list(dict.fromkeys([*atlas.network_names]))
    place = {name: k for k, name in enumerate(names)}
    values = np.full((len(names), len(names)), np.nan)
    stars: list[tuple[int, int]] = []
    for row in table.itertuples():
        low, high = sorted((place[row.network], place[row.other]))
        values[high, low] = row.z
        if row.p_fwe <= _LEVEL:
            stars.append((high, low))
        if low != high:
            values[low, high] = row.raw_z
            if row.raw_p_fwe <= _LEVEL:
                stars.append((low, high))
    left = 0.75
    ax = inch_axes(figure, box[0] + left, box[1] + 0.45, box[2] - left - 0.45, box[3] - 0.45)
    limit = max(3.0, float(np.nanmax(np.abs(values))))
    colours = InkScale(limit, True)
    image = ax.imshow(values, cmap=colours.colormap, vmin=-limit, vmax=limit)
    for i, j in stars:
        dark = abs(values[i, j]) > limit / 2
        ink = lettering("*", PLAIN) | {"color": "#ffffff" if dark else INK}
        ax.text(j, i + 0.15, "*", ha="center", va="center", fontweight="bold", **ink)
    short = [cut_to(name, left - 0.1, SMALL) for name in names]
    ax.set_xticks(range(len(names)), short, rotation=60, ha="right", **lettering("x", SMALL))
    ax.set_yticks(range(len(names)), short, **lettering("x", SMALL))
    ax.tick_params(length=0, pad=2)
    bar = figure.colorbar(image, ax=ax, fraction=0.05, pad=0.04)
    bar.ax.tick_params(labelsize=SMALL, length=2)
    bar.set_label("z", **lettering("z", SMALL))
    return ax


def _networks(atlas: Any) -> list[str]:
    return [""] * len(atlas.names) if atlas.networks is None else list(atlas.networks)


_OF_MATRIX = (
    "matrix: z of evidence on and below the diagonal, of raw connections above; * family-wise "
    "p \u2264 .05."
)
_HEADS = {"brain": "in the brain", "circle": "by network", "matrix": "networks: z"}
_DRAW: dict[str, Any] = {"brain": _brain, "circle": _circle, "matrix": _matrix}
