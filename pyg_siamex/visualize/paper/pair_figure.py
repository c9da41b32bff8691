"""The frame of a picture of two panels: title, names, axes, colour bars and caption."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import (
    LINE,
    MARGIN,
    NAME,
    TITLE,
    WIDTH,
    inch_axes,
    new_figure,
)
from pyg_siamex.visualize.paper.legend import horizontal_bar
from pyg_siamex.visualize.paper.lettering import cut_to, head, heading, write
from pyg_siamex.visualize.paper.words import pair_names

_WHICH = ("query", "reference")

_BAR = 2.0
"""Length of a colour bar in inches."""


def titles_of(explanation: PairExplanation, names: Sequence[str] | None) -> tuple[str, str]:
    """Return the given names, or "query" and "reference" with the graphs' own ``name``.

    Raises:
        ValueError: If there are not two names.
    """
    if names is not None:
        return pair_names(names)
    own = [graph.get("name") for graph in (explanation.query, explanation.reference)]
    query, reference = (
        f"{which}: {name}" if isinstance(name, str) and name.strip() else which
        for which, name in zip(_WHICH, own, strict=True)
    )
    return query, reference


def panel_width(left: float = 0.0) -> float:
    """Return the width of a panel in inches; ``left`` inches are for the first one's labels."""
    return (WIDTH - left - 3 * MARGIN) / 2


def pair_figure(
    names: Sequence[str],
    title: str,
    height: float,
    bars: int,
    left: float = 0.0,
    below: float = 0.0,
) -> tuple[Figure, list[Axes]]:
    """Make a figure with axes for query and reference.

    Args:
        names: What stands over the two panels.
        title: A line above both; empty for none.
        height: Height of a panel in inches.
        bars: How many colour bars :func:`foot` will draw.
        left: Inches for labels beside the first panel.
        below: Inches for labels under the panels.
    """
    under = MARGIN + (2.2 + bars) * LINE + below
    over = MARGIN + NAME + (TITLE if title else 0.0)
    figure = new_figure(over + height + under)
    top, width = head(figure, title), panel_width(left)
    axes = []
    for k, name in enumerate(names):
        x = MARGIN + left + k * (width + MARGIN)
        heading(figure, x, top, name, width)
        axes.append(inch_axes(figure, x, under, width, height))
    return figure, axes


def foot(figure: Figure, scales: Mapping[str, ColourScale], words: str) -> None:
    """Draw colour bars, named by what they are of, and the caption under them."""
    for row, (what, scale) in enumerate(scales.items()):
        place = MARGIN + (1.6 + row) * LINE
        prefix = f"{what}: " if what else ""
        horizontal_bar(figure, scale, (WIDTH - _BAR) / 2, place, _BAR, prefix)
    write(figure, WIDTH / 2, MARGIN, cut_to(words, WIDTH - 2 * MARGIN), ha="center")
