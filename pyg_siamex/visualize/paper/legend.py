"""Words, colour bars and legends on a matplotlib figure, readable at print size."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from pyg_siamex.visualize.paper.canvas import drawable
from pyg_siamex.visualize.paper.caption import bar_words, number
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.fonts import font_families
from pyg_siamex.visualize.paper.ink import INK, InkScale, Mark

WIDTH = 7.2
"""Inches: the width of a page's two columns."""

DPI = 150
"""Pixels per inch of a PNG."""

MARGIN, TITLE, NAME, LINE = 0.1, 0.28, 0.22, 0.17
"""Heights in inches: the edge, the title, the name of a graph, a line of a legend."""

SMALL, PLAIN, LARGE = 7.0, 8.0, 9.5
"""Font sizes in points; nothing in a picture is smaller than the first."""

OUTLINE = 0.8
"""Width in points of a marker's outline."""

SAFE = 1.04
"""Widest line in pixels, as a share of its width in outlines."""

ELLIPSIS = "\u2026"


def new_figure(height: float) -> Figure:
    """A white figure as wide as a page, ``height`` inches high."""
    return Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="#ffffff")


def lettering(text: str, size: float = PLAIN) -> dict[str, Any]:
    """Settings of a matplotlib text: no mathematics, and fonts that have its letters."""
    families = list(font_families(text))
    return {
        "fontsize": size,
        "fontfamily": families,
        "color": INK,
        "parse_math": False,
        "usetex": False,
    }


def write(
    figure: Figure, x: float, y: float, text: str, size: float = PLAIN, **settings: Any
) -> None:
    """A line of text at a place in inches from the lower left corner."""
    text = drawable(text)
    width, height = figure.get_size_inches()
    figure.text(x / width, y / height, text, **{**lettering(text, size), **settings})


def inch_axes(figure: Figure, x: float, y: float, width: float, height: float) -> Axes:
    """Axes at a place and of a size in inches."""
    whole, tall = figure.get_size_inches()
    return figure.add_axes((x / whole, y / tall, width / whole, height / tall), facecolor="none")


def horizontal_bar(
    figure: Figure, scale: ColourScale, x: float, y: float, width: float, what: str = ""
) -> None:
    """A colour bar, its lower left corner at a place in inches, with what its ends mean."""
    axes = inch_axes(figure, x, y, width, 0.11)
    low = -scale.limit if scale.signed else 0.0
    colours = ScalarMappable(Normalize(low, scale.limit), scale.colormap)
    bar = figure.colorbar(colours, cax=axes, orientation="horizontal", ticks=[])
    bar.outline.set_linewidth(OUTLINE)
    before, after = bar_words(scale)
    write(figure, x - 0.07, y + 0.005, what + before, ha="right")
    write(figure, x + width + 0.07, y + 0.005, after, ha="left")


def fit(text: str, width: float, size: float = PLAIN, weight: str = "normal") -> str:
    """A line of ``text`` no wider than ``width`` inches, ending in an ellipsis if it was."""
    line = " ".join(drawable(text).split())
    if inches(line, size, weight) <= width:
        return line
    cuts = range(len(line))
    best = bisect_right(cuts, width, key=lambda cut: inches(line[:cut] + ELLIPSIS, size, weight))
    return line[: max(best - 1, 0)].rstrip() + ELLIPSIS


def inches(text: str, size: float = PLAIN, weight: str = "normal") -> float:
    """Width of a line of text, and a little more: pixels push letters apart."""
    font = FontProperties(family=list(font_families(text)), size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return SAFE * float(width) / 72


def heading(figure: Figure, x: float, y: float, text: str, width: float) -> None:
    """A bold line, its upper left corner at a place in inches, cut to ``width``."""
    line = fit(text, width, LARGE, "bold")
    write(figure, x, y, line, LARGE, va="top", fontweight="bold")


def mark_handles(marks: Iterable[tuple[str, Mark]]) -> list[Line2D]:
    """A legend's entries for networks."""
    return [
        Line2D(
            [],
            [],
            color="none",
            marker=mark.marker,
            markersize=6.0,
            label=drawable(name),
            markerfacecolor=mark.colour,
            markeredgecolor=INK,
            markeredgewidth=OUTLINE,
        )
        for name, mark in marks
    ]


def size_handles(areas: Sequence[tuple[float, float]]) -> list[Line2D]:
    """A legend's entries for discs of (value, area in square points)."""
    return [
        Line2D(
            [],
            [],
            color="none",
            marker="o",
            markersize=area**0.5,
            label=number(value),
            markerfacecolor="#ffffff",
            markeredgecolor=INK,
            markeredgewidth=OUTLINE,
        )
        for value, area in areas
    ]


def place_legend(
    figure: Figure, handles: Sequence[Line2D], x: float, y: float, columns: int, title: str = ""
) -> None:
    """A legend without a frame, its upper left corner at a place in inches, if it has entries."""
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
        handletextpad=0.3,
        columnspacing=1.0,
        labelspacing=0.35,
        title=title or None,
        title_fontsize=PLAIN,
        alignment="left",
    )
    for text in (*legend.get_texts(), legend.get_title()):
        text.set(**{**lettering(text.get_text())})


def sign_handles(scale: InkScale) -> list[Line2D]:
    """A legend's entries for outlines by sign; none for a one-sided scale."""
    if not scale.signed:
        return []
    words = {1: "pulls together", -1: "pushes apart"}
    return [
        Line2D(
            [],
            [],
            color="none",
            marker="o",
            markersize=6.0,
            label=word,
            markerfacecolor="#ffffff",
            markeredgewidth=2 * OUTLINE,
            markeredgecolor=scale.sign(sign),
        )
        for sign, word in words.items()
    ]


def head(figure: Figure, title: str) -> float:
    """Write the title; where the picture under it begins, in inches."""
    top = float(figure.get_size_inches()[1]) - MARGIN
    if not title:
        return top
    line = fit(title, WIDTH - 2 * MARGIN, LARGE, "bold")
    write(figure, WIDTH / 2, top, line, LARGE, ha="center", va="top", fontweight="bold")
    return top - TITLE
