"""Both connectomes of a pair as glass brains."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.brain_legend import (
    COLUMN,
    brain_legend,
    legend_height,
    region_list,
)
from pyg_siamex.visualize.connectome.brain_pair import BrainPair
from pyg_siamex.visualize.connectome.glass_brain import draw_brain
from pyg_siamex.visualize.paper.figure import (
    FORMATS,
    MARGIN,
    NAME,
    TITLE,
    WIDTH,
    new_figure,
    save_figure,
)
from pyg_siamex.visualize.paper.ink import network_marks
from pyg_siamex.visualize.paper.lettering import head, heading
from pyg_siamex.visualize.paper.picture_file import picture_format

_BRAIN = 2.1
"""Height in inches of a glass brain."""


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
) -> Figure:
    """Draw both connectomes as glass brains, seen from the right, from behind and from above.

    The strongest edges of each graph are lines, wider and darker for more; how many of how many
    is said underneath. Signed importances are orange where they push the two apart and purple
    where they pull them together; masks are green. A region's marker has its network's colour,
    grows with the magnitude of its importance (node mask, else its strongest edge), and has an
    outline in the colour of its sign. Colours and sizes are on one scale for both graphs.

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
        ValueError: If a graph has no coordinates, if there is nothing to draw, or if an argument
            is out of its range.
    """
    if path is not None:
        picture_format(path, FORMATS)
    pair = BrainPair.of(explanation, atlas, names, edges, limit)
    title = pair.headline(title)
    places = [side.regions.placed(side.which) for side in pair.sides]
    marks = network_marks(pair.networks)
    height = MARGIN + (TITLE if title else 0.0) + 2 * (NAME + _BRAIN) + legend_height(marks)
    figure = new_figure(height)
    top = head(figure, title)
    for side, place in zip(pair.sides, places, strict=True):
        leading = side.graph.leading(regions)
        heading(figure, MARGIN, top, side.name, WIDTH - 2 * MARGIN)
        box = (0.0, (top - NAME - _BRAIN) / height, COLUMN / WIDTH, _BRAIN / height)
        labels = {node: str(rank) for rank, node in enumerate(leading, start=1)}
        draw_brain(figure, box, place, side.edges, pair.scale, pair.spots(side, leading), labels)
        beside, room = (COLUMN, top - NAME - 0.25), WIDTH - COLUMN - MARGIN - 0.25
        region_list(figure, beside, room, side, leading, marks, columns=1)
        top -= NAME + _BRAIN
    brain_legend(figure, pair, marks)
    return save_figure(figure.axes[0], path)
