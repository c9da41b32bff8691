"""Lines from nodes of the query to nodes of the reference: which of them go together."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch

from pyg_siamex._numbers import whole
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.graph.node_places import Places
from pyg_siamex.visualize.paper.ink import InkScale
from pyg_siamex.visualize.paper.numbers import number

Link = tuple[int, int, float]
"""A query node, a reference node and their relevance."""

_WIDEST, _THINNEST = 2.8, 0.8
"""Widths in points of the most and the least relevant line."""

_BEND, _GAP = -0.12, 1.0
"""Bend of a line as a share of its length, and points that it ends before the rim of a node."""

_BY_DEFAULT = 5
"""Lines between the neighbourhoods of two nodes."""


def chosen_links(explanation: PairExplanation, count: int | None) -> list[Link]:
    """The pairs of nodes with the largest relevance.

    Args:
        explanation: What an explainer returned.
        count: How many. Default: five between the neighbourhoods of two nodes if there is a pair
            matrix, otherwise none.

    Raises:
        ValueError: If ``count`` is negative, or above 0 without a pair matrix.
    """
    if count is None:
        rooted = explanation.query.get("root_index") is not None
        count = _BY_DEFAULT if rooted and explanation.gives_pairs else 0
    whole("links", count, 0)
    return [link for link in explanation.top_pairs(count) if link[2] != 0] if count else []


def describe(links: Sequence[Link]) -> str:
    """The lines of a picture in words; empty without lines."""
    if not links:
        return ""
    return f"lines: {len(links)} node pairs, widest {number(links[0][2], '+')}"


def draw_links(
    figure: Figure,
    axes: Sequence[Axes],
    links: Sequence[Link],
    labels: tuple[Sequence[str], Sequence[str]],
    places: tuple[Places, Places],
    rims: tuple[Mapping[str, float], Mapping[str, float]],
) -> None:
    """Draw lines from panel to panel, the strongest on top.

    Args:
        figure: The figure.
        axes: Axes of query and reference.
        links: The lines, strongest first.
        labels: Names of the nodes of both graphs.
        places: Place of each name in both panels.
        rims: Radius of each name's disc in points.
    """
    largest = max((abs(value) for *_, value in links), default=0.0)
    scale = InkScale.of([largest], signed=True)
    for position, (i, j, value) in enumerate(reversed(links)):
        query, reference = labels[0][i], labels[1][j]
        line = ConnectionPatch(
            xyA=tuple(places[0][query]),
            xyB=tuple(places[1][reference]),
            coordsA=axes[0].transData,
            coordsB=axes[1].transData,
            arrowstyle="-",
            connectionstyle=f"arc3,rad={_BEND}",
            shrinkA=rims[0][query] + _GAP,
            shrinkB=rims[1][reference] + _GAP,
            linewidth=_THINNEST + (_WIDEST - _THINNEST) * abs(value) / largest,
            color=scale.sign(value),
            alpha=0.85,
            zorder=10 + position,
            gid=f"link {query} {reference}",
        )
        figure.add_artist(line)
