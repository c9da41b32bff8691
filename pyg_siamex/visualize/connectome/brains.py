"""Both connectomes of a pair as glass brains."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

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
from pyg_siamex.visualize.connectome.glass_brain import draw_brain
from pyg_siamex.visualize.connectome.page_width import width_of
from pyg_siamex.visualize.paper.figure import (
    FORMATS,
    MARGIN,
    NAME,
    TITLE,
    new_figure,
    save_figure,
)
from pyg_siamex.visualize.paper.ink import Mark, network_marks
from pyg_siamex.visualize.paper.lettering import head, heading
from pyg_siamex.visualize.paper.picture_file import picture_format

_BRAIN = 2.1 / 5.55
"""Height of a glass brain as a share of its width."""

_BESIDE = 5.55
"""Inches from the left on a wide figure where the names of regions stand beside a brain."""


@checked
def draw_connectomes(
    explanation: PairExplanation,
    path: str | Path | None = None,
    *,
    atlas: Any = None,
    edges: int = 40,
    regions: int = 5,
    names: Sequence[str] | None = None,
    title: str = "",
    limit: float | None = None,
    listed: int = 6,
    columns: int = 2,
) -> Figure:
    """Draw both connectomes as glass brains, seen from the right, from behind and from above.

    The strongest edges of each graph are lines, wider and darker for more, and dashed where the
    connection itself is negative; how many of how many is said underneath, and the very strongest
    are named. Signed importances are orange where they push the two apart and purple where they
    pull them together; masks are green. Where many drawn masks are nearly equal, as saturated ones
    are, colours and widths go by their rank among all that is drawn, unless ``limit`` is given. A
    region's marker has its network's colour, grows with the magnitude of
    its importance (node mask, else the sum over its edges), and has an outline in the colour of its
    sign. Colours and sizes are on one scale for both graphs.

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
        columns: Width of the figure in columns of a journal, 1 (3.5 inches) or 2 (7.2 inches).

    Returns:
        The figure. PNG files have 300 pixels per inch; letters of SVG and PDF files are text.

    Raises:
        ValueError: If a graph is a molecule or a row of a table, or has no coordinates, if there is
            nothing to draw, or if an argument is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    width = width_of(columns, listed)
    pair = BrainPair.of(explanation, atlas, names, edges, limit)
    title = pair.headline(title)
    places = [side.regions.placed(side.which) for side in pair.sides]
    marks = network_marks(pair.networks)
    leading = [side.graph.leading(regions) for side in pair.sides]
    count = edges_listed(pair.sides, listed)
    brain = (_BESIDE if columns == 2 else width) * _BRAIN
    panel = NAME + brain + _lists(leading, count, columns)
    height = MARGIN + (TITLE if title else 0.0) + 2 * panel + legend_height(pair, marks, width)
    figure = new_figure(height, width)
    top = head(figure, title)
    for side, place, chosen in zip(pair.sides, places, leading, strict=True):
        heading(figure, MARGIN, top, side.name, width - 2 * MARGIN)
        box = (0.0, (top - NAME - brain) / height, brain / _BRAIN / width, brain / height)
        labels = {node: str(rank) for rank, node in enumerate(chosen, start=1)}
        dashed = {edge[:2] for edge in side.edges if side.graph.is_negative(edge)}
        spots = pair.spots(side, chosen)
        draw_brain(figure, box, place, side.edges, pair.scale, spots, labels, dashed)
        _name(figure, top - NAME, pair, side, chosen, marks, count)
        top -= panel
    brain_legend(figure, pair, marks, width)
    return save_figure(figure.axes[0], path)


def _lists(leading: Sequence[Sequence[int]], edges: int, columns: int) -> float:
    """Height of the lists under a brain; on a wide figure regions stand beside it."""
    if columns == 2:
        return list_height((edges + 1) // 2)
    return list_height((max(map(len, leading)) + 1) // 2) + list_height(edges)


def _name(
    figure: Figure,
    top: float,
    pair: BrainPair,
    side: Connectome,
    leading: list[int],
    marks: dict[str, Mark],
    edges: int,
) -> None:
    """Write the lists of a side, whose brain begins at ``top``."""
    width = float(figure.get_size_inches()[0])
    if width > _BESIDE:
        room = width - _BESIDE - MARGIN - 0.25
        region_list(figure, (_BESIDE, top - 0.25), room, side, leading, marks, columns=1)
        under = (MARGIN, top - _BESIDE * _BRAIN)
        edge_list(figure, under, (width - 2 * MARGIN) / 2, side, edges, pair.scale, columns=2)
        return
    high, room = top - width * _BRAIN, (width - 2 * MARGIN) / 2 - 0.3
    region_list(figure, (MARGIN, high), room, side, leading, marks, columns=2)
    high -= list_height((len(leading) + 1) // 2)
    edge_list(figure, (MARGIN, high), width - 2 * MARGIN, side, edges, pair.scale)
