"""The marks of a drawing as SVG: discs, bars of rows, and letters."""

from collections.abc import Sequence

from markupsafe import Markup

from pyg_siamex.visualize.paper.panels import Point
from pyg_siamex.visualize.paper.words import clipped, drawable
from pyg_siamex.visualize.report.domain.sketch import Sketch

_LETTERS = 24
"""Letters of a node's name."""


def disc(centre: Point, radius: float) -> Markup:
    """Draw a node."""
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>').format(*centre, radius)


def row(sketch: Sketch, start: Point, length: float) -> Markup:
    """Draw a bar of ``length`` pixels, and an area that the pointer finds along its line."""
    x, y = start
    return Markup(
        '<rect class="hit" x="1" y="{0:.1f}" width="{1:.1f}" height="22" rx="3"/>'
        '<rect class="length" x="{2:.1f}" y="{3:.1f}" width="{4:.1f}" height="16"/>'
    ).format(y - 11, sketch.width - 2, x, y - 8, length)


def letter(x: float, y: float, text: str, anchor: str, mark: str = "letter") -> Markup:
    """A line of text; ``anchor`` is start, middle or end."""
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        mark, x, y, anchor, drawable(text)
    )


def names_beside(named: Sequence[tuple[str, Point]], middle: float, radius: float) -> list[Markup]:
    """Write names outwards of their nodes; a name that would cover an earlier one is left out."""
    found: list[Markup] = []
    taken: list[tuple[float, float, float]] = []
    for label, (x, y) in named:
        text = clipped(label, _LETTERS)
        width = 7.0 * len(text)
        right = x >= middle or x - radius - width < 0
        left = x + radius + 2 if right else x - radius - 2 - width
        if any(
            abs(y - top) < 13 and left < end and start < left + width for top, start, end in taken
        ):
            continue
        taken.append((y, left, left + width))
        found.append(
            letter(
                left if right else left + width, y + 4, text, "start" if right else "end", "name"
            )
        )
    return found


def coordinates(point: Point) -> str:
    """Write a point as SVG paths do."""
    return f"{point[0]:.1f},{point[1]:.1f}"
