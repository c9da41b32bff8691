"""Colour bars, and legends of marks, sizes and signs, on a matplotlib figure."""

from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.figure import LINE, OUTLINE, inch_axes
from pyg_siamex.visualize.paper.ink import INK, InkScale, Mark
from pyg_siamex.visualize.paper.lettering import PLAIN, lettering, write
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import bar_words, drawable

DASHES = (2.2, 1.2)
"""Dash and gap of the line of a negative connection, in widths of the line."""

_ENTRY = 6.0
"""Diameter in points of an entry's marker where it has no size of its own."""


def horizontal_bar(
    figure: Figure,
    scale: ColourScale,
    x: float,
    y: float,
    width: float,
    what: str = "",
    *,
    above: bool = False,
) -> None:
    """Draw a colour bar and what its ends mean, its lower left corner at a place in inches.

    The words stand beside the bar, or ``above`` it.
    """
    axes = inch_axes(figure, x, y, width, 0.11)
    low = -scale.limit if scale.signed else 0.0
    colours = ScalarMappable(Normalize(low, scale.limit), scale.colormap)
    bar = figure.colorbar(colours, cax=axes, orientation="horizontal", ticks=[])
    bar.outline.set_linewidth(OUTLINE)
    before, after = bar_words(scale)
    if above:
        write(figure, x, y + LINE, what + before, ha="left")
        write(figure, x + width, y + LINE, after, ha="right")
        return
    write(figure, x - 0.07, y + 0.005, what + before, ha="right")
    write(figure, x + width + 0.07, y + 0.005, after, ha="left")


def mark_handles(marks: Iterable[tuple[str, Mark]]) -> list[Line2D]:
    """Make a legend's entries for networks."""
    return [
        _handle(drawable(name), _ENTRY, marker=mark.marker, markerfacecolor=mark.colour)
        for name, mark in marks
    ]


def size_handles(areas: Sequence[tuple[float, float]]) -> list[Line2D]:
    """Make a legend's entries for discs of (value, area in square points)."""
    return [_handle(number(value), area**0.5) for value, area in areas]


def sign_handles(scale: InkScale) -> list[Line2D]:
    """Make a legend's entries for outlines by sign; a one-sided scale has none."""
    if not scale.signed:
        return []
    return [
        _handle(word, _ENTRY, markeredgewidth=2 * OUTLINE, markeredgecolor=scale.sign(sign))
        for sign, word in ((1, "pulls together"), (-1, "pushes apart"))
    ]


def place_legend(
    figure: Figure,
    handles: Sequence[Line2D],
    x: float,
    y: float,
    columns: int,
    title: str = "",
    *,
    gap: float = 0.3,
) -> None:
    """Draw a legend's entries, if any, its upper left corner at a place in inches.

    ``gap`` is between marks and words, in letters.
    """
    if not handles:
        return
    width, height = figure.get_size_inches()
    legend = figure.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(x / width, y / height),
        ncols=columns,
        frameon=False,
        fontsize=PLAIN,
        borderpad=0,
        borderaxespad=0,
        handletextpad=gap,
        columnspacing=1.0,
        labelspacing=0.35,
        title=title or None,
        title_fontsize=PLAIN,
        alignment="left",
    )
    for text in (*legend.get_texts(), legend.get_title()):
        text.set(**{**lettering(text.get_text())})


def line_handle(label: str, colour: str, dashed: bool = False, width: float = 2.0) -> Line2D:
    """Make a legend's entry for an edge."""
    return Line2D(
        [], [], color=colour, linewidth=width, linestyle=(0, DASHES) if dashed else "-", label=label
    )


def _handle(label: str, size: float, **settings: Any) -> Line2D:
    """Make a marker without a line: by default a white disc with a thin outline."""
    plain = {
        "marker": "o",
        "markerfacecolor": "#ffffff",
        "markeredgecolor": INK,
        "markeredgewidth": OUTLINE,
    }
    return Line2D([], [], color="none", markersize=size, label=label, **{**plain, **settings})
