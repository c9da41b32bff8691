"""The frame of a picture of two panels: title, names, axes, colour bars and caption."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, whole
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import (
    COLUMN_WIDTH,
    LINE,
    MARGIN,
    NAME,
    TITLE,
    WIDTH,
    inch_axes,
    new_figure,
)
from pyg_siamex.visualize.paper.legend import horizontal_bar
from pyg_siamex.visualize.paper.lettering import cut_to, head, heading, wrapped, write
from pyg_siamex.visualize.paper.words import pair_names

_WHICH = ("query", "reference")

_BAR, _SHORT_BAR = 2.0, 0.7
"""Lengths of a colour bar in inches, of figures of two columns and of one."""

_LARGEST = 200
"""Most inches of a figure."""

_CAPTION = 3
"""Most lines of a caption."""


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


@checked
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
        below: Inches for labels under the panels, and for more lines of a caption.

    Raises:
        TypeError: If an argument is of another kind.
        ValueError: If there are not two names, or a number is out of range.
    """
    names = pair_names(names)
    real("height", height, f"(0, {_LARGEST}]")
    whole("bars", bars, 0, 100)
    real("left", left, f"[0, {WIDTH - 3 * MARGIN})")
    real("below", below, f"[0, {_LARGEST}]")
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


def stacked_figure(
    names: Sequence[str], title: str, size: float, left: float, below: float
) -> tuple[Figure, list[Axes]]:
    """Make a figure of one column with axes for query and reference, one above the other.

    Args:
        names: What stands over the two panels.
        title: A line above both; empty for none.
        size: Width and height of a panel in inches.
        left: Inches for labels beside the panels.
        below: Inches for labels under each panel.
    """
    under, each = MARGIN + (2.2 + _CAPTION) * LINE, NAME + size + below
    figure = new_figure(MARGIN + (TITLE if title else 0.0) + 2 * each + under, COLUMN_WIDTH)
    top, axes = head(figure, title), []
    for name in names:
        heading(figure, MARGIN, top, name, COLUMN_WIDTH - 2 * MARGIN)
        axes.append(inch_axes(figure, MARGIN + left, top - NAME - size, size, size))
        top -= each
    return figure, axes


def caption_room(words: str) -> float:
    """Return the inches that a caption takes beyond its first line, in a figure of two columns."""
    return LINE * (len(_lines(words, WIDTH)) - 1)


def _lines(words: str, width: float) -> list[str]:
    return wrapped(words, width - 2 * MARGIN)[:_CAPTION]


@checked
def foot(figure: Figure, scales: Mapping[str, ColourScale], words: str) -> None:
    """Draw colour bars, named by what they are of, and the caption under them."""
    width = float(figure.get_size_inches()[0])
    lines = _lines(words, width)
    bar = _BAR if width == WIDTH else _SHORT_BAR
    for row, (what, scale) in enumerate(scales.items()):
        place = MARGIN + (0.6 + len(lines) + row) * LINE
        prefix = f"{what}: " if what else ""
        horizontal_bar(figure, scale, (width - bar) / 2, place, bar, prefix)
    for k, line in enumerate(reversed(lines)):
        text = cut_to(line, width - 2 * MARGIN)
        write(figure, width / 2, MARGIN + k * LINE, text, ha="center")
