"""Lines of text on a matplotlib figure, readable at print size and as wide as there is room."""

from bisect import bisect_right
from typing import Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from pyg_siamex.visualize.paper.figure import MARGIN, TITLE
from pyg_siamex.visualize.paper.fonts import font_families
from pyg_siamex.visualize.paper.ink import INK
from pyg_siamex.visualize.paper.words import drawable

SMALL, PLAIN, _LARGE = 7.0, 8.0, 9.5
"""Font sizes in points; nothing in a picture is smaller than the first."""

_SAFE = 1.04
"""Widest line in pixels, as a share of its width in outlines."""

_ELLIPSIS = "\u2026"


def lettering(text: str, size: float = PLAIN) -> dict[str, Any]:
    """Return settings of a matplotlib text: no mathematics, and fonts that have its letters."""
    families = [*font_families(text), "sans-serif"]  # where an SVG is opened without these fonts
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
    """Write a line of text at a place in inches from the lower left corner."""
    text = drawable(text)
    width, height = figure.get_size_inches()
    figure.text(x / width, y / height, text, **{**lettering(text, size), **settings})


def cut_to(text: str, width: float, size: float = PLAIN, weight: str = "normal") -> str:
    """Cut ``text`` to one line of at most ``width`` inches; an ellipsis ends a cut line."""
    line = " ".join(drawable(text).split())
    if inches(line, size, weight) <= width:
        return line
    cuts = range(len(line))
    best = bisect_right(cuts, width, key=lambda cut: inches(line[:cut] + _ELLIPSIS, size, weight))
    return line[: max(best - 1, 0)].rstrip() + _ELLIPSIS


def wrapped(text: str, width: float, size: float = PLAIN, mark: str = " \u00b7 ") -> list[str]:
    """Break ``text`` at ``mark``, and longer parts at blanks, into lines of ``width`` inches."""
    lines: list[str] = []
    for part in text.split(mark):
        pieces = [part] if inches(part, size) <= width else part.split()
        for k, piece in enumerate(pieces):
            longer = f"{lines[-1]}{' ' if k else mark}{piece}" if lines else piece
            if lines and inches(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(cut_to(piece, width, size))
    return lines


def inches(text: str, size: float = PLAIN, weight: str = "normal") -> float:
    """Measure a line of text, and add a little: pixels push letters apart."""
    font = FontProperties(family=list(font_families(text)), size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return _SAFE * float(width) / 72


def heading(figure: Figure, x: float, y: float, text: str, width: float) -> None:
    """Write a bold line cut to ``width``, its upper left corner at a place in inches."""
    line = cut_to(text, width, _LARGE, "bold")
    write(figure, x, y, line, _LARGE, va="top", fontweight="bold")


def head(figure: Figure, title: str) -> float:
    """Write the title and return where the picture under it begins, in inches."""
    width, height = map(float, figure.get_size_inches())
    top = height - MARGIN
    if not title:
        return top
    line = cut_to(title, width - 2 * MARGIN, _LARGE, "bold")
    write(figure, width / 2, top, line, _LARGE, ha="center", va="top", fontweight="bold")
    return top - TITLE
